"""Erases what an agency knows of somebody, and leaves a tombstone where rows have to stay.

What a decision in force rests on is kept, and said so: the recognition of a Learning Citizen is a
public act. Figures stay as they were; nothing that is left tells whom they were counted from.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, update

from app.domain.audit import Act
from app.domain.data_requests import RequestKind, require_open
from app.domain.dossiers import LEFT, Event, Outcome, State
from app.domain.ids import new_id
from app.domain.people import TOMBSTONE, TOMBSTONE_YEAR
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import (
    AuditEvent,
    DataRequest,
    Dossier,
    Export,
    Person,
    TeamScore,
)
from app.persistence.queries.data_requests import load_request_to_change
from app.persistence.queries.dossiers import dossiers_of, load_dossier_to_change
from app.persistence.queries.people import load_person_to_change
from app.services.audit_chain import erase_words
from app.services.consents import withdraw_consents
from app.services.data_requests import settle_as_done
from app.services.dossiers import append_event
from app.services.listing import lock_roster
from app.services.traces import erase_traces


_DECIDED = frozenset({State.DECIDED, State.PUBLISHED, State.APPEALED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure would leave: the years of decisions in force, which keep the name."""

    kept_years: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing of the person stays."""
        return not self.kept_years


def plan_erasure(person_id: UUID) -> Erasure:
    """Return what erasing somebody would have to leave."""
    kept = [one.year for one in dossiers_of(person_id) if _is_kept(one)]
    return Erasure(kept_years=tuple(sorted(kept)))


def erase_as_asked(request_id: UUID, *, by: Actor) -> Erasure:
    """Do what a request to erase asks, and settle it."""
    by.require(Permission.DATA_MANAGE)
    request = load_request_to_change(request_id)
    require_open(request.state)
    if request.kind is not RequestKind.ERASE:
        raise MissingError(request_id)
    plan = erase_person(request.person_id, by=by)
    db.session.refresh(request)
    years = ", ".join(map(str, plan.kept_years))
    settle_as_done(request, years, by=by)
    return plan


def erase_person(person_id: UUID, *, by: Actor) -> Erasure:
    """Erase somebody's data as far as no decision in force rests on them."""
    by.require(Permission.DATA_MANAGE)
    lock_roster()
    person = load_person_to_change(person_id)
    if person.erased_at is not None:
        raise RefusedError(Rule.ERASED_ALREADY)
    dossiers = [load_dossier_to_change(one.id) for one in dossiers_of(person_id)]
    _require_off_lists(person, dossiers)
    for dossier in dossiers:
        _end(dossier, by=by)
    plan = plan_erasure(person_id)
    _blank_person(person, plan)
    for dossier in dossiers:
        _blank_dossier(dossier)
    withdraw_consents(person_id)
    _forget_words(person_id)
    db.session.flush()
    act = _record(person_id, plan, by=by)
    if plan.is_whole:
        erase_words(act)
        erase_traces(act)
    return plan


def _is_kept(dossier: Dossier) -> bool:
    return dossier.state in _DECIDED and dossier.outcome is Outcome.RECOGNISED


def _require_off_lists(person: Person, dossiers: list[Dossier]) -> None:
    for dossier in dossiers:
        if dossier.state is State.PROPOSED:
            raise RefusedError(Rule.ERASURE_WAITS_FOR_LIST, name=person.name, year=dossier.year)


def _end(dossier: Dossier, *, by: Actor) -> None:
    """Take a dossier that is still under way out of its year."""
    if dossier.state not in _DECIDED and dossier.state not in LEFT:
        append_event(dossier, Event.WITHDRAW, by=by, reason="–")


def _blank_person(person: Person, plan: Erasure) -> None:
    person.cccd_sealed = person.cccd_last_four = None
    person.birth_on = person.position = None
    person.is_active = False
    person.version += 1
    if plan.is_whole:
        person.name, person.name_sort_key, person.name_match_key = TOMBSTONE, TOMBSTONE, ""
        person.birth_year = TOMBSTONE_YEAR
        person.restricted_because = ""
        person.erased_at = transaction_time()


def _blank_dossier(dossier: Dossier) -> None:
    """Drop the words about somebody; of a decision in force, its reasons are the decision's."""
    dossier.evidence = [""] * len(dossier.evidence)
    if not _is_kept(dossier):
        dossier.agreed_reasons, dossier.returned_reasons = {}, {}
        dossier.outcome_reason = None
        db.session.execute(
            update(TeamScore)
            .where(TeamScore.dossier_id == dossier.id)
            .values(note="")
            .execution_options(synchronize_session=False)
        )
    dossier.version += 1


def _forget_words(person_id: UUID) -> None:
    """Drop what was written in requests, and files that may name the person: they can be redone."""
    db.session.execute(
        update(DataRequest)
        .where(DataRequest.person_id == person_id)
        .values(words="")
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(Export)
        .where(Export.content.is_not(None))
        .execution_options(synchronize_session=False)
    )


def _record(person_id: UUID, plan: Erasure, *, by: Actor) -> UUID:
    # The chain is linked as the transaction ends: what is erased must be in it before.
    act = AuditEvent(
        id=new_id(),
        act=Act.PERSON_ERASED,
        actor_account_id=by.account_id,
        actor_name=by.name,
        object_kind="person",
        object_id=person_id,
        facts={"kept_years": list(plan.kept_years)},
    )
    db.session.add(act)
    db.session.flush()
    return act.id
