"""Questions about decisions of the agency in scope, and about who may take them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from app.domain.dossiers import Outcome, State
from app.domain.permissions import Role
from app.domain.refusals import MissingError
from app.domain.separation import MADE_BY, Conflict, Hands
from app.persistence.database import db
from app.persistence.models import (
    Account,
    Decision,
    DecisionItem,
    Dossier,
    DossierEvent,
    Membership,
    Person,
)


def load_decision(decision_id: UUID) -> Decision:
    """Return a decision; raise ``MissingError`` if it is not ours."""
    decision = db.session.scalars(select(Decision).where(Decision.id == decision_id)).one_or_none()
    if decision is None:
        raise MissingError(decision_id)
    return decision


def load_decision_to_change(decision_id: UUID) -> Decision:
    """Return a decision locked until the end of the transaction, as it stands now."""
    decision = db.session.scalars(
        select(Decision)
        .where(Decision.id == decision_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if decision is None:
        raise MissingError(decision_id)
    return decision


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCounts:
    """A decision and how many people it names."""

    decision: Decision
    people: int
    recognised: int
    outstanding: int


def decisions_of(year: int | None) -> Sequence[DecisionCounts]:
    """Return the decisions about a year, newest first, those annulled among them.

    Without a year, those of any that are in force and wait to be published.
    """
    is_waiting = and_(Decision.published_at.is_(None), Decision.annulled_at.is_(None))
    rows = db.session.execute(
        select(
            Decision,
            func.count(DecisionItem.id),
            func.count(DecisionItem.id).filter(DecisionItem.outcome == Outcome.RECOGNISED),
            func.count(DecisionItem.id).filter(DecisionItem.is_outstanding),
        )
        .join(DecisionItem, DecisionItem.decision_id == Decision.id)
        .where(is_waiting if year is None else Decision.year == year)
        .group_by(Decision.province_id, Decision.tenant_id, Decision.id)
        .order_by(Decision.signed_on.desc(), Decision.id.desc())
    )
    return [
        DecisionCounts(
            decision=decision, people=people, recognised=recognised, outstanding=outstanding
        )
        for decision, people, recognised, outstanding in rows
    ]


def find_decision_on(proposal_id: UUID) -> Decision | None:
    """Return the decision in force that was taken on a list."""
    return db.session.scalars(
        select(Decision).where(Decision.proposal_id == proposal_id, Decision.annulled_at.is_(None))
    ).one_or_none()


def items_of_decision(decision_id: UUID) -> Sequence[tuple[DecisionItem, Dossier]]:
    """Return what a decision says of each person, in its order, with people and units."""
    rows = db.session.execute(
        select(DecisionItem, Dossier)
        .join(Dossier, Dossier.id == DecisionItem.dossier_id)
        .where(DecisionItem.decision_id == decision_id)
        .options(
            joinedload(Dossier.person, innerjoin=True), joinedload(Dossier.unit, innerjoin=True)
        )
        .order_by(DecisionItem.position)
    )
    return [(item, dossier) for item, dossier in rows]


def decisions_in_force(dossier_id: UUID) -> Sequence[tuple[Decision, DecisionItem]]:
    """Return what was decided of a dossier and not annulled, newest first."""
    rows = db.session.execute(
        select(Decision, DecisionItem)
        .join(DecisionItem, DecisionItem.decision_id == Decision.id)
        .where(DecisionItem.dossier_id == dossier_id, Decision.annulled_at.is_(None))
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
    )
    return [(decision, item) for decision, item in rows]


def hands_in(dossier_ids: Collection[UUID]) -> Mapping[UUID, Hands]:
    """Return the human beings who had a hand in each dossier, in any round."""
    rows = db.session.execute(
        select(DossierEvent.dossier_id, DossierEvent.event, DossierEvent.actor_identity_id)
        .where(DossierEvent.dossier_id.in_(dossier_ids), DossierEvent.event.in_(MADE_BY))
        .distinct()
    )
    found: dict[UUID, defaultdict[Conflict, set[UUID]]] = {
        dossier_id: defaultdict(set) for dossier_id in dossier_ids
    }
    for dossier_id, event, identity in rows:
        found[dossier_id][MADE_BY[event]].add(identity)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Somebody who holds a role that decides."""

    identity_id: UUID
    name: str
    roles: frozenset[Role]


def deciders_on(day: date) -> Sequence[Decider]:
    """Return everybody who may take decisions here on a day, in the order of their accounts."""
    rows = db.session.execute(
        select(Account.identity_id, Account.name, Membership.role)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.role.in_((Role.HEAD, Role.SUPERIOR)),
            Membership.since <= day,
            or_(Membership.until.is_(None), Membership.until >= day),
            Account.is_disabled.is_(False),
        )
        .order_by(Account.id)
    )
    found: dict[tuple[UUID, str], set[Role]] = {}
    for identity, name, role in rows:
        found.setdefault((identity, name), set()).add(role)
    return [
        Decider(identity_id=identity, name=name, roles=frozenset(roles))
        for (identity, name), roles in found.items()
    ]


def appeals_waiting() -> Sequence[Dossier]:
    """Return the dossiers under appeal, in the order of names."""
    return db.session.scalars(
        select(Dossier)
        .join(Person, Person.id == Dossier.person_id)
        .where(Dossier.state == State.APPEALED)
        .options(
            joinedload(Dossier.person, innerjoin=True), joinedload(Dossier.unit, innerjoin=True)
        )
        .order_by(Person.name_sort_key)
    ).all()


def years_published() -> Sequence[int]:
    """Return the years of which a decision has been published, newest first."""
    return db.session.scalars(
        select(Decision.year)
        .where(Decision.published_at.is_not(None), Decision.annulled_at.is_(None))
        .distinct()
        .order_by(Decision.year.desc())
    ).all()


def honours_of(year: int) -> Sequence[tuple[Decision, Dossier]]:
    """Return everybody whom a published decision in force recognises, in the order of names.

    A correcting decision stands in place of the one that it corrects.
    """
    latest = (
        select(DecisionItem.dossier_id, Decision.id.label("decision_id"))
        .join(Decision, Decision.id == DecisionItem.decision_id)
        .where(
            Decision.year == year,
            Decision.published_at.is_not(None),
            Decision.annulled_at.is_(None),
        )
        .ext(distinct_on(DecisionItem.dossier_id))
        .order_by(DecisionItem.dossier_id, Decision.decided_at.desc(), Decision.id.desc())
        .subquery()
    )
    rows = db.session.execute(
        select(Decision, Dossier)
        .join(latest, latest.c.decision_id == Decision.id)
        .join(Dossier, Dossier.id == latest.c.dossier_id)
        .join(Person, Person.id == Dossier.person_id)
        .where(
            Dossier.outcome == Outcome.RECOGNISED,
            Dossier.state.in_((State.PUBLISHED, State.APPEALED)),
        )
        .options(
            joinedload(Dossier.person, innerjoin=True), joinedload(Dossier.unit, innerjoin=True)
        )
        .order_by(Decision.signed_on, Decision.id, Person.name_sort_key)
    )
    return [(decision, dossier) for decision, dossier in rows]
