"""People register, score themselves and submit; an officer may do so on their behalf.

The dossier that each act takes is locked (``load_dossier_to_change``). Deadlines bind the people
themselves; what an officer brings in later is marked as entered on behalf.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.audit import Act
from app.domain.deadlines import vietnam_date
from app.domain.dossiers import OPEN_TO_SELF_SCORES, Event, State, move
from app.domain.people import ConsentChannel
from app.domain.permissions import Actor
from app.domain.refusals import RefusedError, Rule
from app.domain.scoring import DraftScores, require_complete, require_score
from app.domain.self_assessments import (
    require_day_has_come,
    require_evidence,
    require_open,
    require_short,
)
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import Dossier
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.rules import group_of, require_before_deadline
from app.persistence.queries.self_assessments import (
    STILL_TO_COME_IN,
    find_consent_of_registration,
    last_submission,
)
from app.services.consents import record_consent, require_live_basis
from app.services.dossiers import append_event, require_fresh, require_own_or_on_behalf
from app.services.record import record_act
from tenants.schema import DeadlineKind, EvidenceDemand


_OPENED = frozenset({State.IN_APPRAISAL, State.RETURNED, State.APPRAISED, State.PROPOSED})


def register(dossier: Dossier, consent: ConsentChannel | None, *, by: Actor) -> None:
    """Register the person for the year; nobody's data are kept without their word."""
    is_on_behalf = require_own_or_on_behalf(dossier, by=by)
    require_registration_open(dossier.year, is_on_behalf=is_on_behalf)
    if consent is None:
        raise RefusedError(Rule.CONSENT_NEEDED)
    dossier.is_on_behalf = is_on_behalf
    append_event(dossier, Event.REGISTER, by=by, facts={"consent": consent.value})
    record_consent(dossier.person_id, consent, by=by)


def require_registration_open(year: int, *, is_on_behalf: bool) -> None:
    """Raise ``RefusedError`` before registration opens, and for people themselves after it ends."""
    cycle = require_open_cycle(year)
    now = transaction_time()
    if vietnam_date(now) < cycle.registration_opens_on:
        raise RefusedError(Rule.REGISTRATION_NOT_OPEN_YET, opens_on=cycle.registration_opens_on)
    if not is_on_behalf:
        require_before_deadline(DeadlineKind.REGISTRATION, year, at=now)


def unregister(dossier: Dossier, *, version: int, by: Actor) -> None:
    """Take a registration back, and the consent with it. What was typed is dropped."""
    require_own_or_on_behalf(dossier, by=by)
    require_open_cycle(dossier.year)
    move(dossier.state, Event.UNREGISTER)
    require_fresh(dossier, version)
    dossier.self_scores = [None] * len(dossier.self_scores)
    dossier.evidence = [""] * len(dossier.evidence)
    dossier.national_site_on = None
    _withdraw_consent(dossier)
    append_event(dossier, Event.UNREGISTER, by=by)


def _withdraw_consent(dossier: Dossier) -> None:
    consent = find_consent_of_registration(dossier)
    if consent is not None:
        consent.withdrawn_at = transaction_time()


def save_self_scores(
    dossier: Dossier,
    scores: Mapping[int, int | None],
    evidence: Mapping[int, str],
    *,
    version: int,
    by: Actor,
) -> bool:
    """Keep a draft of the indicators that are named; None leaves one blank.

    Returns whether anything changed. Saving what already stands is no change, whatever screen it
    comes from: a page that saves by itself may be sent while that is still under way.
    """
    require_own_or_on_behalf(dossier, by=by)
    require_open_cycle(dossier.year)
    changed = _changed(dossier, scores, evidence)
    require_open(dossier.state, _returned(dossier), changed)
    if not changed:
        return False
    require_fresh(dossier, version)
    _keep(dossier, scores, evidence)
    return True


def _returned(dossier: Dossier) -> frozenset[int]:
    return frozenset(int(number) for number in dossier.returned_reasons)


def _changed(
    dossier: Dossier, scores: Mapping[int, int | None], evidence: Mapping[int, str]
) -> frozenset[int]:
    return frozenset(
        number for number, score in scores.items() if dossier.self_scores[number - 1] != score
    ) | frozenset(
        number for number, words in evidence.items() if dossier.evidence[number - 1] != words
    )


def _keep(dossier: Dossier, scores: Mapping[int, int | None], evidence: Mapping[int, str]) -> None:
    for number, score in scores.items():
        if score is not None:
            require_score(dossier.rule, number, score)
    for number, words in evidence.items():
        require_short(number, words)
    # New lists: a change inside the old ones would not be noticed.
    dossier.self_scores = [
        scores.get(number, standing) for number, standing in enumerate(dossier.self_scores, 1)
    ]
    dossier.evidence = [
        evidence.get(number, standing) for number, standing in enumerate(dossier.evidence, 1)
    ]
    dossier.version += 1
    dossier.changed_at = transaction_time()
    db.session.flush()


def note_national_site(dossier: Dossier, day: date | None, *, by: Actor) -> None:
    """Keep the day on which the person also assessed themselves on congdanhoctap.vn."""
    require_own_or_on_behalf(dossier, by=by)
    if dossier.state not in OPEN_TO_SELF_SCORES:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.SUBMIT, state=dossier.state)
    if day is not None:
        require_day_has_come(day, today=today())
    dossier.national_site_on = day


def submit(dossier: Dossier, *, version: int, by: Actor) -> None:
    """Hand the ten scores in. After a return this opens the next round."""
    is_on_behalf = require_own_or_on_behalf(dossier, by=by)
    require_open_cycle(dossier.year)
    move(dossier.state, Event.SUBMIT)
    require_fresh(dossier, version)
    if not is_on_behalf:
        _require_in_time(dossier)
    require_live_basis(dossier.person_id)
    require_complete(dossier.rule, tuple(dossier.self_scores))
    require_evidence(demands_of(dossier), dossier.evidence)
    facts = _open_next_round(dossier) if dossier.state is State.RETURNED else {}
    dossier.is_on_behalf = is_on_behalf
    dossier.submitted_at = transaction_time()
    dossier.opened_at = None
    append_event(dossier, Event.SUBMIT, by=by, facts=facts)


def _require_in_time(dossier: Dossier) -> None:
    # Who was in time once may take the dossier back and submit it again, or answer a return.
    if last_submission(dossier.id) is None:
        require_before_deadline(DeadlineKind.SELF_ASSESSMENT, dossier.year, at=transaction_time())


def demands_of(dossier: Dossier) -> Mapping[int, EvidenceDemand]:
    """Return what proof each indicator asks for under the criteria of ``dossier``."""
    return {one.number: one.evidence for one in group_of(dossier).indicators}


def _open_next_round(dossier: Dossier) -> Mapping[str, object]:
    """Begin the next round, and return what it answers, for a recall to bring back."""
    due_on = dossier.return_due_on
    answered = {"answers": dossier.returned_reasons, "due_on": due_on and due_on.isoformat()}
    dossier.round += 1
    dossier.returned_reasons = {}
    dossier.return_due_on = None
    return answered


def recall(dossier: Dossier, *, version: int, by: Actor) -> None:
    """Take a dossier back, as long as the team has not opened it."""
    require_own_or_on_behalf(dossier, by=by)
    require_open_cycle(dossier.year)
    if dossier.opened_at is not None or dossier.state in _OPENED:
        raise RefusedError(Rule.ALREADY_OPENED_BY_TEAM)
    move(dossier.state, Event.RECALL, round_number=dossier.round)
    require_fresh(dossier, version)
    append_event(dossier, Event.RECALL, by=by)
    dossier.submitted_at = None
    if dossier.state is State.RETURNED:
        _bring_return_back(dossier)
    db.session.flush()


def _bring_return_back(dossier: Dossier) -> None:
    submission = last_submission(dossier.id)
    facts = submission.facts if submission else {}
    dossier.returned_reasons = facts.get("answers", {})
    dossier.return_due_on = date.fromisoformat(facts["due_on"]) if facts.get("due_on") else None
    dossier.round -= 1


def withdraw(dossier: Dossier, reason: str, *, version: int, by: Actor) -> None:
    """Leave this year's assessment, or let somebody leave, for a reason; the consent ends too."""
    require_own_or_on_behalf(dossier, by=by)
    require_open_cycle(dossier.year)
    require_fresh(dossier, version)
    _withdraw_consent(dossier)
    append_event(dossier, Event.WITHDRAW, by=by, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperForm:
    """What somebody filled in on paper: ten places, of which some may be blank."""

    scores: DraftScores
    evidence: Sequence[str]
    consent: ConsentChannel | None


def enter_paper_form(dossier: Dossier, form: PaperForm, *, version: int, by: Actor) -> bool:
    """Register, score and submit in one go; a form with a blank is kept as a draft.

    Returns whether it was submitted.
    """
    if dossier.state not in STILL_TO_COME_IN:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.SUBMIT, state=dossier.state)
    require_fresh(dossier, version)
    if dossier.state is State.LISTED:
        register(dossier, form.consent, by=by)
    save_self_scores(
        dossier,
        dict(enumerate(form.scores, start=1)),
        dict(enumerate(form.evidence, start=1)),
        version=dossier.version,
        by=by,
    )
    if None in form.scores:
        record_act(
            Act.DRAFT_ENTERED, by=by, object_kind="dossier", object_id=dossier.id, year=dossier.year
        )
        return False
    submit(dossier, version=dossier.version, by=by)
    return True
