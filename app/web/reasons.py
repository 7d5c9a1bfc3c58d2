"""The page between wanting to undo or end something and doing it: it asks for the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import Actor
from app.domain.refusals import RefusedError
from app.persistence.models import Dossier
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.web.access import current_actor
from app.web.refused import problems_of, refusal_of, sent_version, status_of


class Act(Protocol):
    """What a service does to a dossier for a stated reason."""

    def __call__(self, dossier: Dossier, reason: str, *, version: int, by: Actor) -> None:
        """Do it, or raise ``RefusedError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the page says before somebody answers."""

    title: str
    will: Sequence[str]
    button: str
    done: str
    back_url: str
    is_danger: bool = False


def ask_for_reason(
    dossier: Dossier, act: Act, question: Question, *, then: Callable[[], str]
) -> ResponseReturnValue:
    """Show the question, or do the act for the reason that was sent.

    ``then`` gives the address to go to. What was typed stays in the form when it is refused.
    """
    refusal = None
    dossier_id = dossier.id
    if request.method == "POST":
        refusal = _try_to(act, dossier_id)
        if refusal is None:
            flash(question.done, "success")
            return redirect(then(), 303)
    page = render_template(
        "dossiers/reason.html",
        dossier=load_dossier(dossier_id),
        question=question,
        reason=request.form.get("reason", ""),
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)


def _try_to(act: Act, dossier_id: UUID) -> RefusedError | None:
    return refusal_of(
        lambda: act(
            load_dossier_to_change(dossier_id),
            request.form.get("reason", ""),
            version=sent_version(),
            by=current_actor(),
        )
    )
