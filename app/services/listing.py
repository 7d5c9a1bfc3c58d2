"""Giving people their place in a year: a dossier, pinned to the criteria of the day."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from app.domain.dossiers import State
from app.domain.ids import new_id
from app.domain.scoring import BLANK, DraftScores
from app.persistence.database import db
from app.persistence.models import Dossier, Person
from app.persistence.models.criteria import RULE_COLUMNS
from app.persistence.ownership import TenantRow
from app.persistence.queries.cycles import find_cycle
from app.persistence.queries.dossiers import dossiers_of, load_dossier_to_change
from app.persistence.queries.rules import criteria_reference, load_rule
from app.persistence.tenancy import tenant_in_scope
from app.services.results import mark_out_of_date


# The first key of the advisory lock; the second is made from the agency.
_LOCK_FAMILY = 8
_SCALE = ("scale_min", "scale_max", "step")


def lock_roster() -> None:
    """Let changes of the agency's roster follow each other until the transaction ends.

    No constraint can tell a namesake from a person entered twice, so two officers who enter the
    same list at once must not pass each other by.
    """
    tenant = tenant_in_scope().tenant_id
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK_FAMILY, func.hashtext(str(tenant)))))


class Pins:
    """The rule that each group's dossiers of a year are pinned to, looked up once."""

    def __init__(self, year: int) -> None:
        self.year = year
        self._known: dict[int, dict[str, Any]] = {}

    def of(self, group_number: int) -> dict[str, Any]:
        """Return the columns that a dossier copies; ``RefusedError`` for an unknown group."""
        if group_number not in self._known:
            rule = load_rule(criteria_reference(group_number, self.year), group_number)
            self._known[group_number] = {name: getattr(rule, name) for name in RULE_COLUMNS}
        return self._known[group_number]


def list_people(people: Iterable[Person], *, year: int) -> list[Dossier]:
    """Give each of ``people`` their place in ``year``, and return their dossiers."""
    pins = Pins(year)
    # The people go first, for nothing tells the session that a dossier hangs on a person.
    db.session.flush()
    dossiers = [Dossier(**_place_of(person, pins)) for person in people]
    db.session.add_all(dossiers)
    db.session.flush()
    mark_out_of_date(year)
    return dossiers


def list_crowd(
    people: Iterable[Person],
    *,
    year: int,
    scores: Mapping[UUID, DraftScores] = MappingProxyType({}),
) -> None:
    """Do the same for a whole village at once, and return nothing.

    ``scores`` are those that somebody read off a list, by person: a draft on behalf.
    """
    pins = Pins(year)
    db.session.flush()
    insert_rows(
        Dossier,
        [
            _place_of(person, pins)
            | {
                "self_scores": list(scores.get(person.id, BLANK)),
                "is_on_behalf": person.id in scores,
            }
            for person in people
        ],
    )
    mark_out_of_date(year)


def _place_of(person: Person, pins: Pins) -> dict[str, Any]:
    return {
        "id": new_id(),
        "year": pins.year,
        "person_id": person.id,
        "identity_id": person.identity_id,
        "unit_id": person.unit_id,
        **pins.of(person.group_number),
    }


def insert_rows(model: type[TenantRow], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of the agency in scope without reading anything back.

    A flush asks for what the database filled in, which takes three times as long for a village; and
    rows of which some lack a value go one by one, unless what they lack is written too.
    """
    province_id, tenant_id = tenant_in_scope()
    keys = {"province_id": province_id, "tenant_id": tenant_id}
    db.session.execute(
        insert(model),
        [{**keys, **row} for row in rows],
        execution_options={"render_nulls": True},
    )


def take_along(person: Person) -> None:
    """Let the dossiers of open years that nobody has begun to fill in follow their person."""
    for dossier in dossiers_of(person.id):
        cycle = find_cycle(dossier.year)
        if cycle is not None and cycle.closed_at is None:
            _follow(load_dossier_to_change(dossier.id), person)


def _follow(dossier: Dossier, person: Person) -> None:
    now = (person.unit_id, person.group_number)
    if not _is_unbegun(dossier) or (dossier.unit_id, dossier.group_number) == now:
        return
    pin = Pins(dossier.year).of(person.group_number)
    if any(getattr(dossier, name) != pin[name] for name in _SCALE):
        dossier.self_scores = list(BLANK)
    for name, value in pin.items():
        setattr(dossier, name, value)
    dossier.unit_id = person.unit_id
    dossier.version += 1
    db.session.flush()
    mark_out_of_date(dossier.year)


def _is_unbegun(dossier: Dossier) -> bool:
    is_blank = not any(score is not None for score in dossier.self_scores)
    return dossier.state is State.LISTED or (dossier.state is State.REGISTERED and is_blank)
