"""How a form that a rule refused is shown again: with what was typed, and why."""

from collections.abc import Callable

from flask import request

from app.domain.refusals import RefusedError, Rule
from app.labels.refusals import advice_of, sentence_of
from app.persistence.unit_of_work import unit_of_work


def sent_version() -> int:
    """Return the version that the screen was made from; 0, always stale, when none was sent."""
    return request.form.get("version", 0, type=int)


def refusal_of(act: Callable[[], object]) -> RefusedError | None:
    """Do what the form asks for, as a whole or not at all; return the refusal, if there is one."""
    try:
        with unit_of_work():
            act()
    except RefusedError as refusal:
        return refusal
    return None


def problems_of(
    refusal: RefusedError | None, *, anchor: str | None
) -> list[tuple[str, str | None]]:
    """Return what ``problem_list`` shows of a refusal: its words, and the field to go to."""
    if refusal is None:
        return []
    return [(f"{sentence_of(refusal)} {advice_of(refusal)}", anchor)]


def status_of(refusal: RefusedError | None) -> int:
    """Return the status of a page with a form: simply there, refused, or out of date."""
    if refusal is None:
        return 200
    return 409 if refusal.rule is Rule.STALE_SCREEN else 422
