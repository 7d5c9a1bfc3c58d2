"""After publication: the person appeals, others answer, the head corrects."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.deadlines import vietnam_date
from app.domain.decisions import Addressee, Ruling, last_day_to_appeal
from app.domain.dossiers import Event, Outcome, State
from app.domain.permissions import Permission
from app.domain.refusals import MissingError, RefusedError
from app.domain.scoring import INDICATORS, Scores, read_score, require_complete
from app.domain.settings import SettingName
from app.persistence.clock import today
from app.persistence.models import Dossier
from app.persistence.queries.accounts import heads_on
from app.persistence.queries.decisions import decisions_in_force
from app.persistence.queries.dossiers import history_of, load_dossier
from app.persistence.queries.rules import group_of, value_in_effect
from app.persistence.unit_of_work import unit_of_work
from app.services.appeals import appeal as appeal_against
from app.services.appeals import correct_decision, indicators_appealed
from app.services.appeals import uphold as uphold_decision
from app.web.access import current_actor, requires, signed_in
from app.web.decisions.blueprint import bp
from app.web.decisions.forms import SignatureForm, SuperiorSignatureForm, signature_form
from app.web.refused import problems_of, sent_version, status_of


@bp.route("/appeals/<uuid:dossier_id>", methods=["GET", "POST"])
@signed_in
def appeal(dossier_id: UUID) -> ResponseReturnValue:
    """Let the person, or an officer for them, appeal against a published result."""
    dossier = _load_own_or_on_behalf(dossier_id)
    refusal = None
    if request.method == "POST":
        refusal = _try_to(lambda: _appeal(dossier_id))
        if refusal is None:
            flash(gettext("The appeal has been handed in. Others will look at it."), "success")
            return redirect(url_for("decisions.appeal", dossier_id=dossier_id), 303)
        dossier = load_dossier(dossier_id)
    page = render_template(
        "decisions/appeal.html",
        **_facts_of(dossier),
        last_day=_last_day(dossier),
        today=today(),
        appealed=indicators_appealed(dossier_id),
        ticked=request.form.getlist("indicator", type=int),
        reason=request.form.get("reason", ""),
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)


def _load_own_or_on_behalf(dossier_id: UUID) -> Dossier:
    actor, dossier = current_actor(), load_dossier(dossier_id)
    is_own = dossier.person_id == actor.person_id and actor.may(Permission.DOSSIER_OWN)
    if not is_own and not actor.may(Permission.DOSSIER_ENTER):
        raise MissingError(dossier_id)
    return dossier


def _appeal(dossier_id: UUID) -> None:
    appeal_against(
        dossier_id,
        indicators=request.form.getlist("indicator", type=int),
        reason=request.form.get("reason", ""),
        version=sent_version(),
        by=current_actor(),
    )


def _try_to(act: Callable[[], object]) -> RefusedError | None:
    try:
        with unit_of_work():
            act()
    except RefusedError as refusal:
        return refusal
    return None


def _facts_of(dossier: Dossier) -> dict[str, object]:
    found = decisions_in_force(dossier.id)
    if not found:
        raise MissingError(dossier.id)
    decision, item = found[0]
    criteria = group_of(dossier)
    return {
        "dossier": dossier,
        "decision": decision,
        "item": item,
        "indicators": criteria.indicators,
        "is_open": dossier.state is State.PUBLISHED,
    }


def _last_day(dossier: Dossier) -> object:
    decision = decisions_in_force(dossier.id)[0][0]
    if decision.published_at is None:
        return None
    try:
        return last_day_to_appeal(
            vietnam_date(decision.published_at), value_in_effect(SettingName.APPEAL_DAYS)
        )
    except RefusedError:
        return None


@bp.route("/appeals/<uuid:dossier_id>/answer", methods=["GET", "POST"])
@requires(Permission.APPRAISAL_AGREE)
def uphold(dossier_id: UUID) -> ResponseReturnValue:
    """Answer an appeal: the decision stands. The other answer is a correcting decision."""
    refusal, reason = None, request.form.get("reason", "")
    if request.method == "POST":
        refusal = _try_to(
            lambda: uphold_decision(
                dossier_id, reason=reason, version=sent_version(), by=current_actor()
            )
        )
        if refusal is None:
            flash(gettext("The decision has been upheld."), "success")
            return redirect(url_for("decisions.index"), 303)
    dossier = load_dossier(dossier_id)
    appeals = [one for one in history_of(dossier_id) if one.event is Event.APPEAL]
    page = render_template(
        "decisions/uphold.html",
        **_facts_of(dossier),
        appeals=appeals,
        reason=reason,
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was typed to correct a decision."""

    outcome: str
    reason: str
    scores: tuple[str, ...]

    def ruling(self, dossier: Dossier) -> Ruling:
        """Return it as the rules know it; raise ``RefusedError`` for a score off the scale."""
        return Ruling(
            outcome=Outcome(self.outcome), reason=self.reason, scores=self._scores(dossier)
        )

    def _scores(self, dossier: Dossier) -> Scores:
        rule = dossier.rule
        read = (read_score(rule, number, text) for number, text in enumerate(self.scores, start=1))
        return require_complete(rule, tuple(read))


@bp.route("/corrections/<uuid:dossier_id>", methods=["GET", "POST"])
@requires(Permission.DECISION_MAKE, fresh_factor=True)
def correct(dossier_id: UUID) -> ResponseReturnValue:
    """Take a correcting decision about one person."""
    dossier, actor = load_dossier(dossier_id), current_actor()
    form = signature_form(_decided_by(dossier), actor)
    typed = _correction(dossier)
    refusal = None
    if request.method == "POST" and form.was_submitted():
        refusal = _try_to(lambda: _correct(dossier, form, typed))
        if refusal is None:
            flash(gettext("The correcting decision has been made and published."), "success")
            newest = decisions_in_force(dossier_id)[0][0]
            return redirect(url_for("decisions.show", decision_id=newest.id), 303)
        dossier = load_dossier(dossier_id)
    page = render_template(
        "decisions/correct.html",
        **_facts_of(dossier),
        form=form,
        typed=typed,
        outcomes=list(Outcome),
        version=sent_version() if request.method == "POST" else dossier.version,
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, 422 if form.errors else status_of(refusal)


def _correct(
    dossier: Dossier, form: SignatureForm | SuperiorSignatureForm, typed: Correction
) -> None:
    correct_decision(
        dossier.id,
        signature=form.signature(),
        ruling=typed.ruling(dossier),
        version=sent_version(),
        by=current_actor(),
    )


def _decided_by(dossier: Dossier) -> Addressee:
    heads = heads_on(today())
    return Addressee.SUPERIOR if dossier.identity_id in heads else Addressee.HEAD


def _correction(dossier: Dossier) -> Correction:
    agreed = [str(score) for score in dossier.agreed_scores or ()] or [""] * INDICATORS
    outcome = request.form.get("outcome", "")
    return Correction(
        outcome=outcome if outcome in set(Outcome) else str(dossier.outcome or ""),
        reason=request.form.get("reason", ""),
        scores=tuple(
            request.form.get(f"score-{number}", agreed[number - 1])
            for number in range(1, INDICATORS + 1)
        ),
    )
