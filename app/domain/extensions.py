"""More time for a report: asked for in writing, given or refused while the report is owed."""

from datetime import date
from enum import StrEnum

from app.domain.deadlines import require_near
from app.domain.refusals import RefusedError, Rule
from app.domain.reports import UNSENT, Expectation, ReportState, last_day_before


class RequestState(StrEnum):
    """How a request for more time stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


def require_extension(until: date, expected: Expectation, state: ReportState, today: date) -> None:
    """Raise ``RefusedError`` unless more time can be given for a report, until the end of a day.

    It is given before the report comes and not after, and replaces what was given before.
    """
    if state not in UNSENT:
        raise RefusedError(Rule.EXTENSION_AFTER_RECEIPT, state=state)
    require_near(until, today)
    if until < today:
        raise RefusedError(Rule.EXTENSION_IN_THE_PAST, day=until)
    if until <= expected.last_day:
        raise RefusedError(Rule.EXTENSION_NOT_LATER, due=expected.last_day)


def require_request(
    until: date,
    expected: Expectation | None,
    state: ReportState,
    today: date,
    *,
    is_waiting: bool,
) -> None:
    """Raise ``RefusedError`` unless more time can be asked for, until the end of a day.

    It is asked for what is owed, beyond what is given already, and one request at a time.
    """
    if expected is None:
        raise RefusedError(Rule.EXTENSION_OF_NOTHING)
    if state not in UNSENT:
        raise RefusedError(Rule.EXTENSION_NOT_OWED, state=state)
    if is_waiting:
        raise RefusedError(Rule.EXTENSION_ASKED_ALREADY)
    require_extension(until, expected, state, today)
    if expected.extended_to and until <= last_day_before(expected.extended_to):
        given = last_day_before(expected.extended_to)
        raise RefusedError(Rule.EXTENSION_GIVEN_ALREADY, until=given)


def require_waiting(state: RequestState) -> None:
    """Raise ``RefusedError`` once a request was answered, withdrawn or came to nothing."""
    if state is not RequestState.ASKED:
        raise RefusedError(Rule.EXTENSION_SETTLED, state=state)
