"""How the house says no, and that something went wrong."""

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, default_exceptions

from app.domain.refusals import MissingError, RefusedError, Rule
from app.labels.refusals import advice_of, sentence_of
from app.persistence.database_errors import DatabaseDownError
from app.persistence.unit_of_work import tell_refusals_to
from app.web.access import find_current_actor
from app.web.noting import note_refusal, note_shut_page
from app.web.requests import FORGED
from app.web.returning import take_up_old_page
from app.web.session import forget_reader


PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
_STATUS = {Rule.PERMISSION_NEEDED: 403, Rule.STALE_SCREEN: 409}


def install(app: Flask) -> None:
    """Give every error a page in the reader's language."""
    for code in default_exceptions:
        app.register_error_handler(code, show_error)
    app.register_error_handler(MissingError, lambda _error: show_page(404))
    app.register_error_handler(RefusedError, show_refusal)
    app.register_error_handler(DatabaseDownError, show_outage)
    tell_refusals_to(note_refusal)


def show_error(error: HTTPException) -> ResponseReturnValue:
    """Show the page of an HTTP error, or the form again if its page is from before signing out."""
    again = take_up_old_page() if error.description == FORGED else None
    if again is not None:
        return again
    note_shut_page(error)
    return show_page(error.code if error.code in PAGES else 500 if not error.code else 400)


def show_refusal(refusal: RefusedError) -> tuple[str, int]:
    """Show which rule refused, and what to do next."""
    note_refusal(refusal)
    status = _STATUS.get(refusal.rule, 409)
    return show_page(status, refusal=refusal)


def show_outage(_error: Exception) -> tuple[str, int]:
    """Say that the database is away, asking it for nothing: not even who is reading."""
    g.agency = None
    forget_reader()
    return show_page(503)


def show_page(code: int, refusal: RefusedError | None = None) -> tuple[str, int]:
    """Render the page of ``code``; where nobody was let in yet, without the agency's frame."""
    g.setdefault("agency", None)
    if g.agency is not None:
        find_current_actor()
    words = refusal and {"sentence": sentence_of(refusal), "advice": advice_of(refusal)}
    back = request.referrer if refusal else None
    return render_template(f"errors/{code}.html", refusal=words, back_url=back), code
