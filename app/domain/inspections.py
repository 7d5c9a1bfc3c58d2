"""Looking into one file from above: asked for with a reason, granted below, for some hours.

The agencies above see counts and never persons. Where a single decision has to be looked into, the
association names its line and says why; the agency itself lets it look, or does not, and can end
it at any time. Each look is an act in the agency's own record.
"""

from enum import StrEnum

from app.domain.refusals import RefusedError, Rule
from app.domain.vietnamese import clean


LONGEST_HOURS = 72
"""For how long at most a file lies open; then it has to be asked for anew."""


class InspectionState(StrEnum):
    """How a request to look into a file stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


def require_stated_reason(reason: str) -> str:
    """Return the reason without stray spaces; raise ``RefusedError`` if it says nothing."""
    stated = clean(reason)
    if not stated:
        raise RefusedError(Rule.REASON_NEEDED)
    return stated


def require_hours(hours: int) -> int:
    """Raise ``RefusedError`` unless a file may lie open for so many hours."""
    if not 1 <= hours <= LONGEST_HOURS:
        raise RefusedError(Rule.INSPECTION_TOO_LONG, hours=hours, most=LONGEST_HOURS)
    return hours


def require_state(state: InspectionState, wanted: InspectionState) -> None:
    """Raise ``RefusedError`` when a request has been answered, or its answer ended, meanwhile."""
    if state is not wanted:
        raise RefusedError(Rule.INSPECTION_ANSWERED)
