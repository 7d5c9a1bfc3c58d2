"""A crowd around the people whose stories are told: up to a million, each with one dossier.

Whoever is in the crowd echoes somebody of the same agency: the dossier of one year, with all that
happened to it, by the same hands and at the same moments, under another name. Echoes are made where
the rows are kept, agency by agency, with names that are copied in beforehand; they stand on lists
and decisions of their own. Only dossiers that the office filled in on behalf, and that its own head
decided, are echoed: nobody acts for somebody else's person.

While echoes are written, the triggers in ``_RESTING`` rest, which would prove each event by itself
and take most of the time. Part of what they hold is proved afterwards, over all rows at once: each
history goes from move to move, ends where its dossier stands, and has no hand of the person it is
about. Duties apart, the level that decides, consent and the scale of scores are not proved again:
echoes keep to them because they are copies of rows that were guarded, and of nobody who holds an
office or an account.

Checks, unique keys, and the record of acts with its chain are on all the while; the foreign keys of
the longest tables are proved over all rows in the end, in the same transaction. All of it needs
locks: pages wait until the load has ended.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from sqlalchemy import text

from app.demonstration.dice import chance, dice_for, weighted
from app.demonstration.echoes import (
    AGENCIES,
    FORGET,
    GATHER,
    HANDS,
    HISTORIES,
    LINES,
    LINK,
    PEOPLE,
    PREPARE,
    SEAL,
)
from app.demonstration.names import make_name
from app.demonstration.regions import peoples_of
from app.domain.dossiers import Outcome
from app.domain.proposals import ProposalLine, seal
from app.domain.tenants import TenantKey
from app.domain.vietnamese import match_key, name_sort_key
from app.persistence.bulk import references_proved_at_once
from app.persistence.database import db
from app.persistence.models import AuditLink, DecisionItem, DossierEvent, ProposalItem, TeamScore


_NAMES = 5_000
_BIRTH_YEAR = 1985
_RESTING = {
    "dossier_event": ("apply_dossier_event", "lapse_transfer", "require_basis"),
    "team_score": ("guard_team_score",),
    "decision_item": ("guard_decision_item",),
}

# What has the most rows: proving each reference by itself would take half of the time.
_LONGEST = (DossierEvent, TeamScore, ProposalItem, DecisionItem, AuditLink)
# What a sort or a hash over one agency's rows, and an index over all, may take.
_MEMORY = ("SET LOCAL work_mem = '64MB'", "SET LOCAL maintenance_work_mem = '256MB'")

Report = Callable[[int], None]
"""Told how many people of the crowd are written."""


class EchoError(Exception):
    """A history in the crowd is not what the database would have allowed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many people a crowd has, in which provinces, and what its names are drawn from."""

    provinces: tuple[int, ...]
    people: int
    seed: int


def write_crowd(wanted: Wanted, *, report: Report) -> int:
    """Write a crowd, spread over the agencies of its provinces; return how many people that are.

    Runs as the owner, in the caller's transaction, and leaves the figures to be counted.
    """
    for statement in _MEMORY:
        _run(statement)
    agencies = _gather(wanted)
    share, left = divmod(wanted.people, max(1, len(agencies)))
    written = 0
    with references_proved_at_once(_LONGEST), _resting():
        for place, key in enumerate(agencies):
            written += _write_agency(key, share + (place < left), wanted.seed)
            report(written)
    _run(FORGET)
    return written


def _gather(wanted: Wanted) -> Sequence[TenantKey]:
    """Keep at hand what is echoed; return the agencies in which there is something."""
    for statement in PREPARE:
        _run(statement)
    _copy_names(wanted)
    for statement in GATHER:
        _run(statement, provinces=list(wanted.provinces), seed=str(wanted.seed))
    return [TenantKey(*key) for key in _ask(AGENCIES)]


def _copy_names(wanted: Wanted) -> None:
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, Connection)  # noqa: S101 - the only driver there is
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY called (province_id, n, name, sort_key, match_key) FROM STDIN") as copy,
    ):
        for province in wanted.provinces:
            for number, name in enumerate(_names(wanted.seed, province)):
                copy.write_row((province, number, name, name_sort_key(name), match_key(name)))


def _names(seed: int, province: int) -> Iterator[str]:
    random = dice_for(seed, "crowd", province)
    shares = peoples_of(f"{province:02}", None)
    for _ in range(_NAMES):
        is_female = chance(random, 0.5)
        people = weighted(random, shares)
        yield make_name(random, people, is_female=is_female, birth_year=_BIRTH_YEAR)


@contextmanager
def _resting() -> Iterator[None]:
    """Let the triggers rest that prove each event by itself."""
    _switch("DISABLE")
    yield
    _switch("ENABLE")


def _switch(how: str) -> None:
    for table, triggers in _RESTING.items():
        for trigger in triggers:
            _run(f"ALTER TABLE {table} {how} TRIGGER {trigger}")


def _write_agency(key: TenantKey, people: int, seed: int) -> int:
    values = {
        "province": key.province_id,
        "tenant": key.tenant_id,
        "people": people,
        "names": _NAMES,
        "seed": str(seed),
    }
    for statement in PEOPLE:
        _run(statement, **values)
    _seal_lists(key)
    astray = _ask(HISTORIES, **values).scalar_one()
    if astray:
        raise EchoError(f"{astray} events of agency {key.tenant_id} do not follow each other")
    for statement in HANDS:
        _run(statement, **values)
    # The chain of the agency is linked now, and not all at once in the end.
    for statement in LINK:
        _run(statement)
    return people


def _seal_lists(key: TenantKey) -> None:
    """Seal each list and decision over its lines, as whoever made them would have."""
    owner = {"province": key.province_id, "tenant": key.tenant_id}
    papers: dict[UUID, tuple[int, int, list[ProposalLine]]] = {}
    for paper, year, number, *line in _ask(LINES, **owner):
        position, dossier_id, name, agreed, criteria, verdict = line
        papers.setdefault(paper, (year, number, []))[2].append(
            ProposalLine(
                position=position,
                dossier_id=dossier_id,
                name=name,
                agreed=tuple(agreed),
                criteria=criteria,
                verdict=Outcome(verdict),
            )
        )
    sealed = [
        {**owner, "paper": paper, "seal": seal(year, number, lines)}
        for paper, (year, number, lines) in papers.items()
    ]
    if sealed:
        for statement in SEAL:
            db.session.execute(text(statement), sealed)


def _run(statement: str, **values: Any) -> None:
    db.session.execute(text(statement), values)


def _ask(statement: str, **values: Any) -> Any:
    return db.session.execute(text(statement), values)
