"""What every decision writes, on a list or to correct another: its head, its lines, clean hands."""

from collections.abc import Mapping, Sequence

from sqlalchemy.exc import IntegrityError

from app.domain.decisions import Ruling, Signature
from app.domain.dossiers import Outcome
from app.domain.members import require_signs_in_own_right
from app.domain.permissions import Actor
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import require_may_decide
from app.domain.settings import SettingName
from app.domain.streaks import is_outstanding, streak_ending
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import Decision, DecisionItem, Dossier, Proposal
from app.persistence.queries.accounts import heads_on
from app.persistence.queries.decisions import hands_in
from app.persistence.queries.rules import value_in_effect


def require_clean_hands(dossiers: Sequence[Dossier], *, by: Actor) -> None:
    """Raise ``RefusedError`` when ``by`` may not decide one of the dossiers."""
    hands = hands_in([one.id for one in dossiers])
    heads = heads_on(today())
    for dossier in dossiers:
        require_may_decide(dossier.identity_id, hands=hands[dossier.id], heads=heads, by=by)


def add_decision(
    signature: Signature, *, about: Proposal | Decision, seal: str, by: Actor
) -> Decision:
    """Write the head of a decision on a list, or of one that corrects another.

    Raises ``RefusedError`` when its number is taken, or when it is signed in another right than
    the signer's own.
    """
    require_signs_in_own_right(signature.prefix, by.capacities)
    number = " ".join(signature.number.split())
    decision = Decision(
        year=about.year,
        proposal_id=about.id if isinstance(about, Proposal) else None,
        corrects_id=about.id if isinstance(about, Decision) else None,
        number=number,
        signed_on=signature.signed_on,
        signed_year=signature.signed_on.year,
        signer_name=signature.signer_name.strip(),
        signer_title=signature.signer_title,
        signer_prefix=signature.prefix,
        signer_identity_id=by.identity_id,
        authority=signature.authority,
        legal_bases=[one["text"] for one in value_in_effect(SettingName.LEGAL_BASES, [])],
        seal=seal,
        decided_at=transaction_time(),
    )
    db.session.add(decision)
    try:
        db.session.flush()
    except IntegrityError as error:
        if "uq_decision_number" not in str(error.orig):
            raise
        raise RefusedError(
            Rule.DECISION_NUMBER_TAKEN, number=number, year=signature.signed_on.year
        ) from error
    return decision


def add_item(
    decision: Decision,
    dossier: Dossier,
    ruling: Ruling,
    *,
    position: int,
    recognised_years: frozenset[int],
) -> DecisionItem:
    """Write what a decision says of one person, on the paper and on the dossier.

    ``recognised_years`` are the person's years in any agency, without this decision.
    """
    is_recognised = ruling.outcome is Outcome.RECOGNISED
    years = (recognised_years - {dossier.year}) | ({dossier.year} if is_recognised else set())
    dossier.outcome = ruling.outcome
    dossier.outcome_reason = ruling.reason.strip() or None
    dossier.is_outstanding = is_outstanding(
        dossier.year, years, years_needed=dossier.outstanding_years
    )
    item = DecisionItem(
        decision_id=decision.id,
        dossier_id=dossier.id,
        position=position,
        outcome=ruling.outcome,
        reason=ruling.reason.strip(),
        is_outstanding=dossier.is_outstanding,
        streak=streak_ending(dossier.year, years),
    )
    db.session.add(item)
    return item


def facts_of(decision: Decision, dossier: Dossier) -> Mapping[str, object]:
    """Return what an event keeps of the decision behind it."""
    return {
        "decision": str(decision.id),
        "number": decision.number,
        "signed_on": decision.signed_on.isoformat(),
        "outcome": dossier.outcome,
        "is_outstanding": dossier.is_outstanding,
    }
