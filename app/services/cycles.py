"""Opening and closing an agency's assessment year."""

from datetime import date

from app.domain.audit import Act
from app.domain.deadlines import require_opening
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Cycle
from app.persistence.queries.cycles import find_cycle, require_open_cycle
from app.services.expected_reports import freeze_expected
from app.services.listing import lock_roster
from app.services.record import record_act
from app.services.results import mark_out_of_date


def open_cycle(
    year: int, registration_opens_on: date, *, reports_close_on: date | None = None, by: Actor
) -> None:
    """Open an assessment year, open a closed one again, or move the day registration opens.

    As it opens it is frozen whose reports are expected, of the agencies right below, and on which
    day they are closed: the last of the year or of their deadlines, where nobody chooses another.
    Raises ``RefusedError`` for a day on which they cannot be closed, or once it stands.
    """
    by.require(Permission.CYCLE_MANAGE)
    require_opening(registration_opens_on, year)
    # Two who open the same year at once would both find it missing.
    lock_roster()
    cycle = find_cycle(year)
    if cycle is None:
        cycle = Cycle(
            year=year, opened_by=by.account_id, registration_opens_on=registration_opens_on
        )
        db.session.add(cycle)
        mark_out_of_date(year)
        freeze_expected(year, reports_close_on, by=by)
    elif reports_close_on is not None:
        raise RefusedError(Rule.REPORTS_ALREADY_EXPECTED, year=year)
    cycle.registration_opens_on = registration_opens_on
    cycle.closed_at = None
    record_act(
        Act.CYCLE_OPENED,
        by=by,
        object_kind="cycle",
        year=year,
        registration_opens_on=registration_opens_on.isoformat(),
    )


def close_cycle(year: int, *, by: Actor) -> None:
    """Close an assessment year: nobody is listed, registers or submits in it any more."""
    by.require(Permission.CYCLE_MANAGE)
    lock_roster()
    cycle = require_open_cycle(year)
    cycle.closed_at = transaction_time()
    record_act(Act.CYCLE_CLOSED, by=by, object_kind="cycle", year=year)
