"""Rows of the lists put before the head, and of the decisions on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.demonstration.desks import Desk
from app.demonstration.records import Batch, BatchKind, TenantYear
from app.domain.deadlines import vietnam_date
from app.domain.decisions import Addressee, ProposalState
from app.domain.dossiers import Outcome
from app.domain.proposals import ProposalLine, seal
from app.domain.scoring import Scores
from app.persistence.models import Decision, DecisionItem, Proposal, ProposalItem


# How the office above signs: the product does not know it, and neither does any plan.
_SUPERIOR_TITLE = "CHỦ TỊCH"
_SUPERIOR_AUTHORITY = "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Somebody on a paper: the agreed scores it rests on, what they earn, what was decided."""

    sort_key: str
    dossier_id: UUID
    name: str
    agreed: Scores
    criteria: str
    verdict: Outcome
    outcome: Outcome | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A list and the decision on it, while their lines are gathered."""

    year: int
    batch: Batch
    number: int
    list_id: UUID
    decision_id: UUID
    document: str
    corrects_id: UUID | None = None
    lines: list[Line] = field(default_factory=list)


Papers = Mapping[tuple[int, int], Paper]
"""The papers of an agency, by year and number of the batch."""


def open_papers(desk: Desk) -> dict[tuple[int, int], Paper]:
    """Give every list and decision of an agency its identifier and its number."""
    documents: set[tuple[int, str]] = set()
    return {
        (year.plan.year, batch.number): _open(desk, year, batch, number, documents)
        for year in desk.story.years
        for number, batch in enumerate(
            sorted(year.batches, key=lambda one: one.number),
            start=1 + desk.taken_numbers.get(year.plan.year, 0),
        )
    }


def _open(
    desk: Desk, year: TenantYear, batch: Batch, number: int, documents: set[tuple[int, str]]
) -> Paper:
    at = batch.proposed_at or batch.decided_at or desk.opened
    key = year.plan.year, batch.number
    return Paper(
        year=year.plan.year,
        batch=batch,
        number=number,
        list_id=desk.identify(at, "list", *key),
        decision_id=desk.identify(batch.decided_at or at, "decision", *key),
        document=_document(desk, batch, documents),
    )


def _document(desk: Desk, batch: Batch, documents: set[tuple[int, str]]) -> str:
    """Return the number of a decision, which no other of the year has."""
    if batch.decided_at is None or batch.document_number is None:
        return ""
    number, suffix = batch.document_number, desk.load.suffix
    while (batch.decided_at.year, str(number)) in documents:
        number += 1
    documents.add((batch.decided_at.year, str(number)))
    return f"{number:02}/QĐ-{desk.agency.symbol}{suffix}"


def write_papers(desk: Desk, papers: Papers) -> None:
    """Write the lists and decisions once all their lines are known."""
    for paper in papers.values():
        paper.lines.sort(key=lambda one: (one.sort_key, str(one.dossier_id)))
        sealed = _seal(paper)
        if paper.batch.kind is not BatchKind.CORRECTING:
            _write_list(desk, paper, sealed)
        if paper.batch.decided_at is not None:
            _write_decision(desk, paper, sealed, paper.batch.decided_at)


def _seal(paper: Paper) -> str:
    version = 0 if paper.batch.kind is BatchKind.CORRECTING else paper.number
    return seal(paper.year, version, [_proposed(*one) for one in enumerate(paper.lines, start=1)])


def _proposed(position: int, line: Line) -> ProposalLine:
    return ProposalLine(
        position=position,
        dossier_id=line.dossier_id,
        name=line.name,
        agreed=line.agreed,
        criteria=line.criteria,
        verdict=line.verdict,
    )


def _write_list(desk: Desk, paper: Paper, sealed: str) -> None:
    batch = paper.batch
    at = batch.proposed_at or desk.opened
    kind, cast = batch.kind, desk.story.cast
    secretary = desk.hand(cast.chair if kind is BatchKind.CHAIRS else cast.secretary)
    desk.load.ledger.add(
        Proposal,
        **desk.owner,
        id=paper.list_id,
        year=paper.year,
        number=paper.number,
        addressee=Addressee.SUPERIOR if kind is BatchKind.ABOVE else Addressee.HEAD,
        state=_state(batch),
        seal=sealed,
        sealed_at=at,
        sealed_by=secretary.account_id,
        sealed_by_name=secretary.name,
        submitted_at=None if kind is BatchKind.SEALED else at,
        withdrawn_reason=None,
    )
    for position, line in enumerate(paper.lines, start=1):
        desk.load.ledger.add(
            ProposalItem,
            **desk.owner,
            id=desk.identify(at, "line", paper.list_id, position),
            proposal_id=paper.list_id,
            dossier_id=line.dossier_id,
            position=position,
            name=line.name,
            agreed_scores=list(line.agreed),
            criteria_set=line.criteria,
            verdict=line.verdict,
        )


def _state(batch: Batch) -> ProposalState:
    if batch.decided_at is not None:
        return ProposalState.DECIDED
    return ProposalState.SEALED if batch.kind is BatchKind.SEALED else ProposalState.SUBMITTED


def _write_decision(desk: Desk, paper: Paper, sealed: str, at: datetime) -> None:
    signed_on, is_above = vietnam_date(at), paper.batch.kind is BatchKind.ABOVE
    signer, hand = desk.agency.signer, desk.hand(None if is_above else desk.story.cast.head)
    is_correcting = paper.batch.kind is BatchKind.CORRECTING
    desk.load.ledger.add(
        Decision,
        **desk.owner,
        id=paper.decision_id,
        year=paper.year,
        proposal_id=None if is_correcting else paper.list_id,
        corrects_id=paper.corrects_id,
        number=paper.document,
        signed_on=signed_on,
        signed_year=signed_on.year,
        signer_name=hand.name,
        signer_title=_SUPERIOR_TITLE if is_above else signer.title,
        signer_prefix="" if is_above else f"{signer.prefix} {signer.on_behalf_of or ''}".strip(),
        signer_identity_id=hand.identity_id,
        authority=_SUPERIOR_AUTHORITY if is_above else signer.authority,
        legal_bases=list(desk.agency.legal_bases),
        seal=sealed,
        decided_at=at,
        published_at=paper.batch.published_at,
        annulled_at=None,
        annulled_reason=None,
    )
    _write_items(desk, paper, at, paper.lines)


def _write_items(desk: Desk, paper: Paper, at: datetime, lines: Sequence[Line]) -> None:
    for position, line in enumerate(lines, start=1):
        desk.load.ledger.add(
            DecisionItem,
            **desk.owner,
            id=desk.identify(at, "item", paper.decision_id, position),
            decision_id=paper.decision_id,
            dossier_id=line.dossier_id,
            position=position,
            outcome=line.outcome,
            reason=line.reason,
            is_outstanding=False,
            streak=0,
        )
