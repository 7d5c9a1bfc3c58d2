"""Questions about lists put before the head, in the agency in scope."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.domain.decisions import ProposalState
from app.domain.dossiers import LEFT, Outcome, State
from app.domain.proposals import ProposalLine
from app.domain.refusals import MissingError
from app.domain.streaks import streak_ending
from app.persistence.database import db
from app.persistence.models import Cycle, Dossier, Person, Proposal, ProposalItem
from app.persistence.queries.dossiers import recognised_years_of
from app.persistence.tenancy import tenant_in_scope


def load_proposal(proposal_id: UUID) -> Proposal:
    """Return a list; raise ``MissingError`` if it is not ours."""
    proposal = db.session.scalars(select(Proposal).where(Proposal.id == proposal_id)).one_or_none()
    if proposal is None:
        raise MissingError(proposal_id)
    return proposal


def load_proposal_to_change(proposal_id: UUID) -> Proposal:
    """Return a list locked until the end of the transaction, as it stands now."""
    proposal = db.session.scalars(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if proposal is None:
        raise MissingError(proposal_id)
    return proposal


def proposals_of(year: int | None) -> Sequence[tuple[Proposal, int]]:
    """Return the lists of a year, newest first, each with how many lines it has.

    Without a year, those of any that are sealed and wait to be put before whom they are for.
    """
    is_waiting = Proposal.state == ProposalState.SEALED
    rows = db.session.execute(
        select(Proposal, func.count(ProposalItem.id))
        .outerjoin(ProposalItem, ProposalItem.proposal_id == Proposal.id)
        .where(is_waiting if year is None else Proposal.year == year)
        .group_by(Proposal.province_id, Proposal.tenant_id, Proposal.id)
        .order_by(Proposal.number.desc())
    )
    return [(proposal, count) for proposal, count in rows]


def waiting_proposals() -> Sequence[Proposal]:
    """Return the lists of any year that wait for a decision, oldest first."""
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.state == ProposalState.SUBMITTED)
        .order_by(Proposal.submitted_at)
    ).all()


def next_number(year: int) -> int:
    """Return the number of the year's next list. Lists of one year are numbered one at a time."""
    db.session.execute(
        select(Cycle.id)
        .where(Cycle.tenant_id == tenant_in_scope().tenant_id, Cycle.year == year)
        .with_for_update()
    )
    highest = db.session.scalar(select(func.max(Proposal.number)).where(Proposal.year == year))
    return (highest or 0) + 1


def items_of_proposal(proposal_id: UUID) -> Sequence[ProposalItem]:
    """Return every line that was sealed, in the order of the list."""
    return db.session.scalars(
        select(ProposalItem)
        .where(ProposalItem.proposal_id == proposal_id)
        .order_by(ProposalItem.position)
    ).all()


def to_line(item: ProposalItem) -> ProposalLine:
    """Return a stored line as its seal was made of it."""
    return ProposalLine(
        position=item.position,
        dossier_id=item.dossier_id,
        name=item.name,
        agreed=tuple(item.agreed_scores),
        criteria=item.criteria_set,
        verdict=item.verdict,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a list beside the dossier as it stands today. A struck line has left the list.

    ``streak`` counts the years in a row that the person has with this list's year, if the line
    earns the title.
    """

    item: ProposalItem
    dossier: Dossier
    is_struck: bool
    streak: int

    @property
    def is_earned(self) -> bool:
        """Tell whether the sealed scores earn the title."""
        return self.item.verdict is Outcome.RECOGNISED

    @property
    def is_outstanding(self) -> bool:
        """Tell whether recognition this year would make the person an outstanding one."""
        return self.is_earned and self.streak >= self.dossier.outstanding_years

    @property
    def changes(self) -> Sequence[tuple[int, int | None, int]]:
        """List where the team departed from the person: indicator, self score, agreed score."""
        pairs = zip(self.dossier.self_scores, self.item.agreed_scores, strict=True)
        return [
            (number, own, agreed)
            for number, (own, agreed) in enumerate(pairs, start=1)
            if own != agreed
        ]


def lines_of(proposal: Proposal) -> Sequence[Line]:
    """Return the lines of a list with their dossiers, people and units."""
    rows = db.session.execute(
        select(ProposalItem, Dossier)
        .join(Dossier, Dossier.id == ProposalItem.dossier_id)
        .where(ProposalItem.proposal_id == proposal.id)
        .options(
            joinedload(Dossier.person, innerjoin=True), joinedload(Dossier.unit, innerjoin=True)
        )
        .order_by(ProposalItem.position)
    ).all()
    newest = newest_lists_of([dossier.id for _, dossier in rows])
    years = recognised_years_of([dossier.person_id for _, dossier in rows])
    is_withdrawn = proposal.state is ProposalState.WITHDRAWN
    return [
        Line(
            item=item,
            dossier=dossier,
            is_struck=not is_withdrawn
            and (dossier.state not in _ON_A_LIST or newest.get(dossier.id) != proposal.number),
            streak=_streak(item, proposal.year, years[dossier.person_id]),
        )
        for item, dossier in rows
    ]


def _streak(item: ProposalItem, year: int, years: frozenset[int]) -> int:
    return streak_ending(year, years | {year}) if item.verdict is Outcome.RECOGNISED else 0


_ON_A_LIST = frozenset({State.PROPOSED, State.DECIDED, State.PUBLISHED, State.APPEALED})


def newest_lists_of(dossier_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return the number of the newest list not taken back that each dossier was put on."""
    rows = db.session.execute(
        select(ProposalItem.dossier_id, func.max(Proposal.number).label("number"))
        .join(Proposal, Proposal.id == ProposalItem.proposal_id)
        .where(
            ProposalItem.dossier_id.in_(dossier_ids),
            Proposal.state != ProposalState.WITHDRAWN,
        )
        .group_by(ProposalItem.dossier_id)
    )
    return {row.dossier_id: row.number for row in rows}


def candidates_of(year: int) -> Sequence[Dossier]:
    """Return the dossiers of everybody who takes part in a year, in the order of names."""
    return db.session.scalars(
        select(Dossier)
        .join(Person, Person.id == Dossier.person_id)
        .where(Dossier.year == year, Dossier.state.notin_({*LEFT, State.LISTED}))
        .options(
            joinedload(Dossier.person, innerjoin=True), joinedload(Dossier.unit, innerjoin=True)
        )
        .order_by(Person.name_sort_key, Person.birth_year, Dossier.id)
    ).all()


def dossiers_to_change(dossier_ids: Collection[UUID]) -> Sequence[Dossier]:
    """Return dossiers locked until the end of the transaction, with their people.

    They are locked in the order of their ids, so that two of these never wait for each other.
    Raises ``MissingError`` when one of them is not ours.
    """
    wanted = set(dossier_ids)
    dossiers = db.session.scalars(
        select(Dossier)
        .where(Dossier.id.in_(wanted))
        .options(joinedload(Dossier.person, innerjoin=True))
        .order_by(Dossier.id)
        .with_for_update(of=Dossier)
        .execution_options(populate_existing=True)
    ).all()
    if len(dossiers) != len(wanted):
        raise MissingError(wanted - {one.id for one in dossiers})
    return dossiers
