"""Steps back on one's own dossier, each behind a page that says what it will do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import Permission
from app.persistence.clock import today
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.services.self_assessments import recall, unregister, withdraw
from app.web.access import current_actor, requires
from app.web.own.blueprint import bp
from app.web.own.mine import my_dossier, this_year
from app.web.own.stages import last_day_of
from app.web.refused import problems_of, refusal_of, sent_version, status_of
from tenants.schema import DeadlineKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Undo:
    """A step back, and what its page says."""

    act: Callable[..., None]
    title: str
    will: Sequence[str]
    button: str
    done: str
    warning: str | None = None
    needs_reason: bool = False


@bp.route("/recall", methods=["GET", "POST"], endpoint="recall")
@requires(Permission.DOSSIER_OWN)
def take_back() -> ResponseReturnValue:
    """Take a submitted dossier back, while the team has not opened it."""
    return _ask(
        _Undo(
            act=recall,
            title=gettext("Take the dossier back?"),
            will=[
                gettext("You can change your scores and evidence again."),
                gettext("Nobody appraises it until you submit it again."),
            ],
            button=gettext("Take it back"),
            done=gettext("You have taken your dossier back. Do not forget to submit it again."),
        )
    )


@bp.route("/unregister", methods=["GET", "POST"], endpoint="unregister")
@requires(Permission.DOSSIER_OWN)
def take_registration_back() -> ResponseReturnValue:
    """Take the registration back, before anything was submitted."""
    last_day = last_day_of(DeadlineKind.REGISTRATION, this_year())
    is_over = last_day is not None and last_day < today()
    return _ask(
        _Undo(
            act=unregister,
            title=gettext("Take your registration back?"),
            will=[
                gettext("You no longer take part this year, and your consent ends."),
                gettext("The scores and evidence that you have typed are deleted."),
            ],
            button=gettext("Take the registration back"),
            done=gettext("Your registration has been taken back."),
            warning=gettext("Registration has ended: you could not register again yourself.")
            if is_over
            else None,
        )
    )


@bp.route("/withdraw", methods=["GET", "POST"], endpoint="withdraw")
@requires(Permission.DOSSIER_OWN)
def leave() -> ResponseReturnValue:
    """Leave this year's assessment, for a reason."""
    return _ask(
        _Undo(
            act=withdraw,
            title=gettext("Withdraw from this year's assessment?"),
            will=[
                gettext("Your dossier is closed and no longer appraised. This cannot be undone."),
                gettext("Your consent of this year ends. The results of earlier years stay."),
            ],
            button=gettext("Withdraw"),
            done=gettext("You have withdrawn."),
            needs_reason=True,
        )
    )


def _ask(undo: _Undo) -> ResponseReturnValue:
    dossier_id = my_dossier().id
    refusal = None
    if request.method == "POST":
        refusal = refusal_of(
            lambda: undo.act(
                load_dossier_to_change(dossier_id),
                *([request.form.get("reason", "")] if undo.needs_reason else []),
                version=sent_version(),
                by=current_actor(),
            )
        )
        if refusal is None:
            flash(undo.done, "success")
            return redirect(url_for("own.index"), 303)
    page = render_template(
        "own/undo.html",
        dossier=load_dossier(dossier_id),
        undo=undo,
        reason=request.form.get("reason", ""),
        problems=problems_of(refusal, anchor="reason" if undo.needs_reason else None),
    )
    return page, status_of(refusal)
