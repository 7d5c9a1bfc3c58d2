"""The appraisal team scores independently, meets, and agrees or returns a dossier.

The dossier that each act takes is locked (``load_dossier_to_change``). Scores belong to human
beings: somebody with two accounts has one score in a round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.appraisals import (
    require_confirmed,
    require_quorum,
    require_reasons,
    require_return,
    require_unanimous,
)
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import TRANSITIONS, Event, move
from app.domain.permissions import Actor
from app.domain.scoring import DraftScores, Scores, middle_scores, require_complete
from app.domain.separation import require_hands_off
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import Dossier, TeamScore
from app.persistence.queries.appraisals import find_last_event, find_team_score, versions_scored
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.dossiers import team_scores_of
from app.persistence.queries.rules import is_confirmation_used, quorum
from app.services.dossiers import append_event, require_fresh


def score(dossier: Dossier, scores: DraftScores, note: str, *, version: int, by: Actor) -> None:
    """Keep what ``by`` gives in this round; the first score of all opens the appraisal.

    Scores that colleagues gave meanwhile do not make the screen stale: members score side by
    side, and do not see each other's scores.
    """
    require_may_score(dossier, by=by)
    _require_fresh_but_for_scores(dossier, version, by)
    given = require_complete(dossier.rule, scores)
    _keep_score(dossier, given, note.strip(), by)
    dossier.opened_at = dossier.opened_at or transaction_time()
    dossier.unit_scores = list(middle_scores(_scores_given(dossier)))
    facts = {"scores": list(given), "version": dossier.version + 1}
    append_event(dossier, Event.SCORE, by=by, facts=facts)


def require_may_score(dossier: Dossier, *, by: Actor) -> None:
    """Raise ``RefusedError`` unless ``by`` may score the dossier now."""
    require_in_order(dossier, Event.SCORE, by=by)
    require_confirmed(dossier.state, is_confirmation_used=is_confirmation_used())


def require_in_order(dossier: Dossier, event: Event, *, by: Actor) -> None:
    """Raise ``RefusedError`` unless ``by`` may let ``event`` happen to the dossier now."""
    by.require(TRANSITIONS[event].permission)
    require_open_cycle(dossier.year)
    require_hands_off(event, dossier.identity_id, by=by)
    move(dossier.state, event, round_number=dossier.round)


def _require_fresh_but_for_scores(dossier: Dossier, version: int, by: Actor) -> None:
    meanwhile = set(range(version + 1, dossier.version + 1))
    is_only_scored = bool(meanwhile) and meanwhile <= versions_scored(
        dossier, besides=by.identity_id
    )
    require_fresh(dossier, dossier.version if is_only_scored else version)


def _keep_score(dossier: Dossier, given: Scores, note: str, by: Actor) -> None:
    kept = find_team_score(dossier, by.identity_id)
    if kept is None:
        kept = TeamScore(
            dossier_id=dossier.id,
            round=dossier.round,
            appraiser_identity_id=by.identity_id,
            appraiser_account_id=by.account_id,
            appraiser_name=by.name,
        )
        db.session.add(kept)
    kept.scores = list(given)
    kept.note = note
    kept.scored_at = transaction_time()
    db.session.flush()


def _scores_given(dossier: Dossier) -> tuple[Scores, ...]:
    return tuple(tuple(one.scores) for one in team_scores_of(dossier.id, dossier.round))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the meeting agreed on one dossier: scores, a reason for each change, digital skills."""

    scores: DraftScores
    reasons: Mapping[int, str]
    digital: DigitalSkill = DigitalSkill.UNSTATED


def agree(dossier: Dossier, agreement: Agreement, *, version: int, by: Actor) -> None:
    """Close the appraisal with the scores that the team agreed."""
    require_in_order(dossier, Event.AGREE, by=by)
    require_fresh(dossier, version)
    given = team_scores_of(dossier.id, dossier.round)
    require_quorum(len({one.appraiser_identity_id for one in given}), quorum())
    agreed = require_complete(dossier.rule, agreement.scores)
    reasons = require_reasons(tuple(dossier.self_scores), agreed, agreement.reasons)
    dossier.agreed_scores = list(agreed)
    dossier.agreed_reasons = {str(number): reason for number, reason in reasons.items()}
    before = dossier.digital_skill
    dossier.has_digital_skills = agreement.digital.has_skills
    dossier.is_digitally_fluent = agreement.digital.is_fluent
    facts = {
        "before": list(dossier.self_scores),
        "scores": dossier.agreed_scores,
        "reasons": dossier.agreed_reasons,
        "digital": {"before": before.value, "after": agreement.digital.value},
    }
    append_event(dossier, Event.AGREE, by=by, facts=facts)


def agree_unanimous(dossier: Dossier, digital: DigitalSkill, *, version: int, by: Actor) -> None:
    """Close the appraisal with the self scores, which every member gave too."""
    own = tuple(dossier.self_scores)
    require_unanimous(own, _scores_given(dossier))
    agree(dossier, Agreement(scores=own, reasons={}, digital=digital), version=version, by=by)


def reopen(dossier: Dossier, reason: str, *, version: int, by: Actor) -> None:
    """Open a closed appraisal again; what was agreed stays in the history."""
    require_in_order(dossier, Event.REOPEN, by=by)
    require_fresh(dossier, version)
    dossier.agreed_scores = None
    dossier.agreed_reasons = {}
    append_event(dossier, Event.REOPEN, by=by, reason=reason)


def return_to_person(
    dossier: Dossier, reasons: Mapping[int, str], due_on: date | None, *, version: int, by: Actor
) -> None:
    """Give the dossier back for named indicators, each with a reason, until ``due_on``.

    The event keeps the self scores and evidence as they stand, for the return to be taken back.
    """
    require_in_order(dossier, Event.RETURN, by=by)
    require_fresh(dossier, version)
    due = require_return(reasons, due_on, today=today())
    dossier.returned_reasons = {str(number): text.strip() for number, text in reasons.items()}
    dossier.return_due_on = due
    stated = "; ".join(f"{number}. {text}" for number, text in dossier.returned_reasons.items())
    facts = {
        "indicators": dossier.returned_reasons,
        "due_on": due.isoformat(),
        "self_scores": dossier.self_scores,
        "evidence": dossier.evidence,
    }
    append_event(dossier, Event.RETURN, by=by, reason=stated, facts=facts)


def take_return_back(dossier: Dossier, reason: str, *, version: int, by: Actor) -> None:
    """Take a return back before the person has resubmitted.

    What the person has typed since is dropped: the members scored what was submitted.
    """
    require_in_order(dossier, Event.UNRETURN, by=by)
    require_fresh(dossier, version)
    returned = find_last_event(dossier.id, Event.RETURN)
    if returned is not None and "self_scores" in returned.facts:
        dossier.self_scores = returned.facts["self_scores"]
        dossier.evidence = returned.facts["evidence"]
    dossier.returned_reasons = {}
    dossier.return_due_on = None
    append_event(dossier, Event.UNRETURN, by=by, reason=reason)
