"""What the pages of transfers share: their blueprint, and the page that asks for a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.refusals import RefusedError
from app.web.refused import problems_of, refusal_of, status_of


# No prefix: a transfer begins on the page of a dossier.
bp = Blueprint("transfers", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the page says before somebody answers for a reason."""

    title: str
    will: Sequence[str]
    button: str
    done: str
    back_url: str | None = None
    version: int | None = None
    is_danger: bool = False


def ask_for_reason(act: Callable[[str], object], question: Question) -> ResponseReturnValue:
    """Show the question, or do the act for the reason that was sent, and list the transfers.

    What was typed stays in the form when the act is refused.
    """
    refusal: RefusedError | None = None
    reason = request.form.get("reason", "")
    if request.method == "POST":
        refusal = refusal_of(lambda: act(reason))
        if refusal is None:
            flash(question.done, "success")
            return redirect(url_for("transfers.index"), 303)
    page = render_template(
        "transfers/reason.html",
        question=question,
        reason=reason,
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)
