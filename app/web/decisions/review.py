"""The head's page: what is to be signed, what stands in the way, and the decision itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.decisions import ProposalState, Ruling
from app.domain.dossiers import Outcome
from app.domain.permissions import Permission, Role
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import conflict_of_interest
from app.labels.refusals import sentence_of
from app.persistence.clock import today
from app.persistence.models import Proposal
from app.persistence.queries.accounts import heads_on
from app.persistence.queries.decisions import (
    deciders_on,
    find_decision_on,
    hands_in,
)
from app.persistence.queries.proposals import Line, lines_of, load_proposal
from app.persistence.unit_of_work import unit_of_work
from app.services.decisions import Order, decide, require_decidable
from app.services.proposals import send_list_back
from app.services.seals import is_unchanged
from app.web.access import current_actor, requires
from app.web.decisions.blueprint import bp
from app.web.decisions.forms import (
    STRIKE,
    SignatureForm,
    SuperiorSignatureForm,
    note_on_signers,
    read_answers,
    signature_form,
    typed_fields,
)
from app.web.decisions.papers import draft_of, reason_against
from app.web.refused import problems_of, status_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line put to the head: the conflict if there is one, and the answer as it stands."""

    line: Line
    conflict: str | None
    who_may: tuple[str, ...]
    answer: str
    reason: str
    answers: tuple[str, ...]

    @property
    def is_doubtful(self) -> bool:
        """Tell whether the head should look twice."""
        return self.conflict is not None or not self.line.is_earned


@bp.route("/lists/<uuid:proposal_id>", methods=["GET", "POST"])
@requires(Permission.DECISION_MAKE, fresh_factor=True)
def review(proposal_id: UUID) -> ResponseReturnValue:
    """Show the head what there is to sign; ask once more; decide."""
    proposal = load_proposal(proposal_id)
    if proposal.state is not ProposalState.SUBMITTED:
        return _elsewhere(proposal)
    lines = [line for line in lines_of(proposal) if not line.is_struck]
    form = signature_form(proposal.addressee, current_actor())
    if request.method == "GET" or "edit" in request.form:
        return _ask(proposal, lines, form)
    if not form.was_submitted():
        return _ask(proposal, lines, form), 422
    return _answer(proposal, lines, form)


def _answer(
    proposal: Proposal, lines: Sequence[Line], form: SignatureForm | SuperiorSignatureForm
) -> ResponseReturnValue:
    """Check the answers; show what they would do, or, once confirmed, do it."""
    proposal_id, actor = proposal.id, current_actor()
    rulings, struck = read_answers(lines)
    order = Order(signature=form.signature(), rulings=rulings, struck=struck)
    try:
        if "is_confirmed" not in request.form:
            require_decidable(proposal, order, by=actor)
            return _confirm(proposal, lines, order)
        with unit_of_work():
            decision = decide(
                proposal_id,
                signature=order.signature,
                rulings=rulings,
                struck=struck,
                by=actor,
            )
            decision_id, number = decision.id, decision.number
    except RefusedError as refusal:
        return _refused(proposal_id, form, refusal)
    flash(gettext("Decision %(number)s has been made.", number=number), "success")
    return redirect(url_for("decisions.show", decision_id=decision_id), 303)


def _refused(
    proposal_id: UUID, form: SignatureForm | SuperiorSignatureForm, refusal: RefusedError
) -> ResponseReturnValue:
    # The transaction is gone, and with it what it read.
    proposal = load_proposal(proposal_id)
    if refusal.rule is Rule.ALREADY_DECIDED or proposal.state is not ProposalState.SUBMITTED:
        return _elsewhere(proposal)
    lines = [line for line in lines_of(proposal) if not line.is_struck]
    return _ask(proposal, lines, form, refusal), status_of(refusal)


def _elsewhere(proposal: Proposal) -> ResponseReturnValue:
    decision = find_decision_on(proposal.id)
    if decision is None:
        flash(gettext("This list does not wait for a decision."), "info")
        return redirect(url_for("proposals.show", proposal_id=proposal.id), 303)
    flash(gettext("This list has already been decided upon: here is the decision."), "info")
    return redirect(url_for("decisions.show", decision_id=decision.id), 303)


def _ask(
    proposal: Proposal,
    lines: Sequence[Line],
    form: SignatureForm | SuperiorSignatureForm,
    refusal: RefusedError | None = None,
) -> str:
    questions = _questions(lines)
    rulings = {
        one.line.dossier.id: Ruling(outcome=Outcome(one.answer))
        for one in questions
        if one.answer in set(Outcome)
    }
    return render_template(
        "decisions/review.html",
        proposal=proposal,
        form=form,
        doubtful=[one for one in questions if one.is_doubtful],
        clear=[one for one in questions if not one.is_doubtful],
        is_unchanged=is_unchanged(proposal),
        paper=draft_of(proposal, lines, signature=None, rulings=rulings),
        note=note_on_signers(form),
        strike=STRIKE,
        problems=problems_of(refusal, anchor=_anchor_of(refusal)),
    )


def _anchor_of(refusal: RefusedError | None) -> str | None:
    anchors = {Rule.DECISION_NUMBER_TAKEN: "number", Rule.DECISION_DATE_IN_FUTURE: "signed_on"}
    return anchors.get(refusal.rule, "lines") if refusal else None


def _questions(lines: Sequence[Line]) -> list[Question]:
    actor, day = current_actor(), today()
    hands = hands_in([line.dossier.id for line in lines])
    heads = heads_on(day)
    deciders = deciders_on(day)

    def conflict_for(line: Line, identity: UUID, roles: frozenset[Role]) -> Rule | None:
        return conflict_of_interest(
            line.dossier.identity_id,
            hands=hands[line.dossier.id],
            heads=heads,
            decider=identity,
            roles=roles,
        )

    def question(line: Line) -> Question:
        rule = conflict_for(line, actor.identity_id, actor.roles)
        others = tuple(
            one.name for one in deciders if conflict_for(line, one.identity_id, one.roles) is None
        )
        return _question(line, rule, others)

    return [question(line) for line in lines]


def _question(line: Line, rule: Rule | None, who_may: tuple[str, ...]) -> Question:
    conflict = sentence_of(RefusedError(rule)) if rule else None
    answers: tuple[str, ...] = (Outcome.NOT_RECOGNISED.value, STRIKE)
    if line.is_earned:
        answers = (Outcome.RECOGNISED.value, *answers)
    if conflict is not None:
        answers = (STRIKE,)
    key = line.dossier.id
    default = conflict or reason_against(line.dossier.rule, tuple(line.item.agreed_scores))
    return Question(
        line=line,
        conflict=conflict,
        who_may=who_may,
        answer=request.form.get(f"outcome-{key}", answers[0]),
        reason=request.form.get(f"reason-{key}", default),
        answers=answers,
    )


def _confirm(proposal: Proposal, lines: Sequence[Line], order: Order) -> str:
    recognised = [
        line
        for line in lines
        if (ruling := order.rulings.get(line.dossier.id)) and ruling.outcome is Outcome.RECOGNISED
    ]
    return render_template(
        "decisions/confirm.html",
        proposal=proposal,
        signature=order.signature,
        recognised=recognised,
        outstanding=[line for line in recognised if line.is_outstanding],
        not_recognised=[
            (line.item.name, order.rulings[line.dossier.id].reason)
            for line in lines
            if line.dossier.id in order.rulings and line not in recognised
        ],
        struck=[
            (line.item.name, order.struck[line.dossier.id])
            for line in lines
            if line.dossier.id in order.struck
        ],
        typed=typed_fields(),
        paper=draft_of(proposal, lines, signature=order.signature, rulings=dict(order.rulings)),
    )


@bp.route("/lists/<uuid:proposal_id>/send-back", methods=["GET", "POST"])
@requires(Permission.DECISION_MAKE)
def send_back(proposal_id: UUID) -> ResponseReturnValue:
    """Send a whole list back to the team, undecided."""
    reason, refusal = request.form.get("reason", ""), None
    if request.method == "POST":
        try:
            with unit_of_work():
                send_list_back(proposal_id, reason=reason, by=current_actor())
        except RefusedError as error:
            refusal = error
        else:
            flash(gettext("The list has been sent back to the team."), "success")
            return redirect(url_for("proposals.show", proposal_id=proposal_id), 303)
    proposal = load_proposal(proposal_id)
    page = render_template(
        "decisions/send_back.html",
        proposal=proposal,
        lines=[line for line in lines_of(proposal) if not line.is_struck],
        reason=reason,
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)
