"""Lists and shows decisions; publishes and annuls them."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.decisions import addressees_of
from app.domain.dossiers import Outcome
from app.domain.permissions import Permission
from app.persistence.models import Decision, DecisionItem
from app.persistence.queries.cycles import years_opened
from app.persistence.queries.decisions import (
    appeals_waiting,
    decisions_of,
    items_of_decision,
    load_decision,
)
from app.persistence.queries.proposals import waiting_proposals
from app.services.decisions import annul as annul_decision
from app.services.decisions import publish as publish_decision
from app.web.access import current_actor, requires
from app.web.decisions import appeals, review
from app.web.decisions.blueprint import bp
from app.web.decisions.papers import paper_of
from app.web.refused import problems_of, refusal_of, status_of
from app.web.years import chosen_year


__all__ = ["appeals", "bp", "review"]


@bp.get("/")
@requires(Permission.DECISION_READ)
def index() -> ResponseReturnValue:
    """List what waits for a decision, and the decisions of a year, or all that are unpublished."""
    year, is_waiting = chosen_year(), request.args.get("only") == "unpublished"
    waiting, offices = waiting_proposals(), addressees_of(current_actor().roles)
    return render_template(
        "decisions/index.html",
        year=year,
        years=years_opened(),
        waiting=[one for one in waiting if one.addressee in offices],
        elsewhere=[one for one in waiting if one.addressee not in offices],
        appealed=appeals_waiting(),
        decisions=decisions_of(None if is_waiting else year),
        is_waiting=is_waiting,
        may_answer=current_actor().may(Permission.APPRAISAL_AGREE),
    )


@bp.get("/<uuid:decision_id>")
@requires(Permission.DECISION_READ)
def show(decision_id: UUID) -> ResponseReturnValue:
    """Show a decision as it is printed, and what can still be done with it."""
    decision = load_decision(decision_id)
    may = current_actor().may
    is_open = decision.published_at is None and decision.annulled_at is None
    only = request.args.get("only", "")
    return render_template(
        "decisions/show.html",
        decision=decision,
        paper=paper_of(decision),
        items=[one for one in items_of_decision(decision_id) if _is_picked(one[0], only)],
        only=only,
        corrects=load_decision(decision.corrects_id) if decision.corrects_id else None,
        may_publish=is_open and may(Permission.DECISION_PUBLISH),
        may_annul=is_open and may(Permission.DECISION_MAKE),
        may_correct=decision.published_at is not None and may(Permission.DECISION_MAKE),
        may_appeal=decision.published_at is not None and may(Permission.DOSSIER_ENTER),
    )


def _is_picked(item: DecisionItem, only: str) -> bool:
    if only == "recognised":
        return item.outcome is Outcome.RECOGNISED
    return only != "outstanding" or item.is_outstanding


@bp.route("/<uuid:decision_id>/publish", methods=["GET", "POST"])
@requires(Permission.DECISION_PUBLISH)
def publish(decision_id: UUID) -> ResponseReturnValue:
    """Publish a decision, once it was said what that means."""
    return _act_on(
        decision_id,
        "decisions/publish.html",
        lambda: publish_decision(decision_id, by=current_actor()),
        gettext("The decision has been published."),
    )


@bp.route("/<uuid:decision_id>/annul", methods=["GET", "POST"])
@requires(Permission.DECISION_MAKE, fresh_factor=True)
def annul(decision_id: UUID) -> ResponseReturnValue:
    """Annul a decision that nobody has seen yet."""
    reason = request.form.get("reason", "")
    return _act_on(
        decision_id,
        "decisions/annul.html",
        lambda: annul_decision(decision_id, reason=reason, by=current_actor()),
        gettext("The decision has been annulled; the list waits for another."),
    )


def _act_on(
    decision_id: UUID, template: str, act: Callable[[], Decision], done: str
) -> ResponseReturnValue:
    """Ask whether to act on a decision, or act, and say so."""
    refusal = None
    if request.method == "POST":
        refusal = refusal_of(act)
        if refusal is None:
            flash(done, "success")
            return redirect(url_for("decisions.show", decision_id=decision_id), 303)
    items = items_of_decision(decision_id)
    page = render_template(
        template,
        decision=load_decision(decision_id),
        items=items,
        recognised=sum(item.outcome is Outcome.RECOGNISED for item, _ in items),
        problems=problems_of(refusal, anchor="reason"),
        reason=request.form.get("reason", ""),
    )
    return page, status_of(refusal)
