"""Words of reports: where they stand, what moves them, and what that brings about."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from app.domain.expected_reports import ListChange
from app.domain.report_contents import Staleness
from app.domain.report_standings import ReportPick, ReportStanding
from app.domain.reports import ReportEvent, ReportState, ReportTimeliness
from app.labels.boards import COLUMNS, days_late, days_left, days_overdue


REPORT_STATES: Mapping[ReportState, LazyString] = {
    ReportState.OPEN: _("Report not begun"),
    ReportState.COMPILED: _("Report compiled"),
    ReportState.SUBMITTED: _("Report handed in"),
    ReportState.UNDER_REVIEW: _("Report under review"),
    ReportState.ACCEPTED: _("Report accepted"),
    ReportState.RETURNED: _("Report returned"),
    ReportState.WAIVED: _("Report waived"),
    ReportState.CLOSED: _("Report closed"),
}

OWN_NEXT: Mapping[ReportState, LazyString] = {
    ReportState.OPEN: _("Compile it when the figures below are what you want to report."),
    ReportState.COMPILED: _("Whoever signs looks at the figures below, then signs and submits."),
    ReportState.SUBMITTED: _("The agency above has not begun its review; you may take it back."),
    ReportState.UNDER_REVIEW: _("The agency above is looking at it; nothing can be changed now."),
    ReportState.ACCEPTED: _("It counts above. What is wrong is corrected by a further version."),
    ReportState.RETURNED: _("Look at what is named, compile again, then sign a further version."),
    ReportState.WAIVED: _("The agency above does not wait for it; the reason stands below."),
    ReportState.CLOSED: _("It is final, unless the agency above undoes the closing in time."),
}
"""What comes next, for the agency whose report it is."""

ABOVE_NEXT: Mapping[ReportState, LazyString] = {
    ReportState.OPEN: _("The agency has not begun."),
    ReportState.COMPILED: _("The agency is at work; nothing new has been signed yet."),
    ReportState.SUBMITTED: _("Begin the review: until it ends, the agency cannot take it back."),
    ReportState.UNDER_REVIEW: _("Look at the figures and what differs, then accept or return."),
    ReportState.ACCEPTED: _("It counts in the official figures."),
    ReportState.RETURNED: _("The agency has your reason and hands in a further version."),
    ReportState.WAIVED: _("Its figures are missing from the official ones."),
    ReportState.CLOSED: _("It is final once its closing can no longer be undone."),
}
"""What comes next, for the agency above."""

STATE_LOOKS: Mapping[ReportState, tuple[str, str]] = {
    ReportState.OPEN: ("grey", "circle-dashed"),
    ReportState.COMPILED: ("blue", "file-text"),
    ReportState.SUBMITTED: ("amber", "send"),
    ReportState.UNDER_REVIEW: ("amber", "lock"),
    ReportState.ACCEPTED: ("green", "circle-check"),
    ReportState.RETURNED: ("red", "arrow-back-up"),
    ReportState.WAIVED: ("grey", "x"),
    ReportState.CLOSED: ("green", "lock"),
}
"""The colour and the picture of each state."""

REPORT_EVENTS: Mapping[ReportEvent, LazyString] = {
    ReportEvent.COMPILE: _("compiled the report"),
    ReportEvent.SUBMIT: _("signed and submitted the report"),
    ReportEvent.RECALL: _("took the report back"),
    ReportEvent.REVIEW: _("began to review the report"),
    ReportEvent.RELEASE: _("ended the review of the report"),
    ReportEvent.LAPSE: _("ended the review by itself: its working days passed without a result"),
    ReportEvent.ACCEPT: _("accepted the report"),
    ReportEvent.RETURN: _("returned the report"),
    ReportEvent.REOPEN: _("opened the accepted report again"),
    ReportEvent.CORRECT: _("began to correct the report"),
    ReportEvent.UNCORRECT: _("called off the correction of the report"),
    ReportEvent.WAIVE: _("waived the report"),
    ReportEvent.UNWAIVE: _("expects the report after all"),
    ReportEvent.CLOSE: _("closed the report"),
    ReportEvent.UNCLOSE: _("undid the closing of the report"),
}

ASKS: Mapping[ReportEvent, LazyString] = {
    ReportEvent.RECALL: _("Take the report back"),
    ReportEvent.CORRECT: _("Correct the report"),
    ReportEvent.UNCORRECT: _("Call the correction off"),
    ReportEvent.REVIEW: _("Begin the review"),
    ReportEvent.RELEASE: _("End the review without a result"),
    ReportEvent.ACCEPT: _("Accept the report"),
    ReportEvent.RETURN: _("Return the report"),
    ReportEvent.REOPEN: _("Open the accepted report again"),
    ReportEvent.WAIVE: _("Waive the report"),
    ReportEvent.UNWAIVE: _("Expect the report after all"),
    ReportEvent.UNCLOSE: _("Undo the closing"),
}
"""What can be asked for on a page of its own, which says first what it brings about."""

REPORT_ACTS: Mapping[ReportEvent, LazyString] = {
    **ASKS,
    ReportEvent.COMPILE: _("Compile the report"),
    ReportEvent.SUBMIT: _("Sign and submit"),
    ReportEvent.CLOSE: _("Close the reports"),
    ReportEvent.LAPSE: _("End a review that was left lying"),
}
"""What somebody wants to do, where a rule refuses it."""

CONSEQUENCES: Mapping[ReportEvent, Sequence[LazyString]] = {
    ReportEvent.RECALL: (
        _("The report goes back to your agency; nobody above reviews it meanwhile."),
        _("The version that was signed stays on record; the next one has a new number."),
        _("If it was the first version, the report counts as not received until it comes again."),
    ),
    ReportEvent.CORRECT: (
        _("A further version begins. The accepted one counts until the new one is accepted."),
        _("The differences between the two versions can be seen by everybody above."),
    ),
    ReportEvent.UNCORRECT: (
        _("The report stands as accepted again; the version that counts goes on counting."),
        _("No further version is awaited; the reason of the correction stays on record."),
    ),
    ReportEvent.REVIEW: (
        _("The report is frozen: the agency cannot take it back while you look at it."),
    ),
    ReportEvent.RELEASE: (_("The report waits again, and the agency may take it back."),),
    ReportEvent.ACCEPT: (
        _("The figures of this version enter the official figures."),
        _("People who are counted elsewhere too are taken off once."),
    ),
    ReportEvent.RETURN: (
        _("The agency reads the reason and the items, and hands in a further version."),
        _("Nothing of this version enters the official figures."),
        _("Until it comes again it counts as not received; then the first day it came holds."),
    ),
    ReportEvent.REOPEN: (
        _("The figures of this version leave the official figures until it is accepted again."),
        _("The report is under review again; the agency cannot change anything meanwhile."),
    ),
    ReportEvent.WAIVE: (
        _("The agency counts as waived, with your reason."),
        _("Its figures are missing from the official figures."),
        _("The agency can hand in nothing until its report is expected after all."),
    ),
    ReportEvent.UNWAIVE: (
        _("The report is open again and the agency can hand it in; its dates are the old ones."),
    ),
    ReportEvent.UNCLOSE: (
        _("The report stands as accepted again: the agency may correct it, and you may reopen it."),
        _("The version that counts goes on counting; no official figure changes by this."),
        _("It can be closed again; the agency reads your reason."),
    ),
}
"""What an act brings about, said before it is done."""

BESIDE: Mapping[str, LazyString] = {
    name: COLUMNS[name] for name in ("eligible", "registered", "recognised", "outstanding")
}
"""The figures that the board shows officially and provisionally, side by side."""

LIST_ASKS: Mapping[ListChange, LazyString] = {
    ListChange.ADDED: _("Put the agency on the list"),
    ListChange.REMOVED: _("Take the agency off the list"),
}
"""What may become of the place of an agency on the list of expected reports."""

LIST_CONSEQUENCES: Mapping[ListChange, Sequence[LazyString]] = {
    ListChange.ADDED: (
        _("A report is expected of this agency from now on, by the due date that binds it today."),
        _("It counts among the expected ones; that it came later stays visible, with your reason."),
    ),
    ListChange.REMOVED: (
        _("No report is expected of this agency any more; it no longer counts as missing or late."),
        _("It stays visible below the list, with your reason; it can be put back in the same way."),
        _("The agency can hand in nothing until it is put on the list again."),
        _("Where a report is owed and will not come, waive it instead: it then counts as waived."),
    ),
}
"""What that brings about, said before it is done."""

LIST_CHANGES: Mapping[ListChange, LazyString] = {
    ListChange.ADDED: _("Came onto the list later"),
    ListChange.REMOVED: _("Taken off the list"),
}

REPORT_TIMELINESS: Mapping[ReportTimeliness, LazyString] = {
    ReportTimeliness.AWAITED: _("Awaited"),
    ReportTimeliness.EXTENDED: _("Awaited, with an extension"),
    ReportTimeliness.OVERDUE: _("Not received, overdue"),
    ReportTimeliness.ON_TIME: _("Received on time"),
    ReportTimeliness.LATE_EXTENDED: _("Late, with an extension"),
    ReportTimeliness.LATE: _("Late, without an extension"),
    ReportTimeliness.WAIVED: _("Waived with a reason"),
}

REPORT_PICKS: Mapping[str, LazyString] = {
    ReportPick.EXPECTED: _("Expected"),
    ReportPick.RECEIVED: _("Received"),
    ReportPick.CAME_LATE: _("Late"),
    ReportPick.NOT_RECEIVED: _("Not received"),
    **{one.value: said for one, said in REPORT_TIMELINESS.items()},
}
"""Which reports are counted and listed together."""

TIMELINESS_LOOKS: Mapping[ReportTimeliness, tuple[str, str]] = {
    ReportTimeliness.AWAITED: ("grey", "hourglass"),
    ReportTimeliness.EXTENDED: ("blue", "hourglass"),
    ReportTimeliness.OVERDUE: ("red", "alert-triangle"),
    ReportTimeliness.ON_TIME: ("green", "circle-check"),
    ReportTimeliness.LATE_EXTENDED: ("amber", "clock"),
    ReportTimeliness.LATE: ("red", "clock"),
    ReportTimeliness.WAIVED: ("grey", "x"),
}
"""The colour and the picture of each."""


def describe_report(report: ReportStanding) -> str:
    """Say how an agency's report stands to its dates, in days where days tell more."""
    if report.timeliness is ReportTimeliness.OVERDUE:
        return days_overdue(report.days_over)
    if report.timeliness is ReportTimeliness.LATE:
        return days_late(report.days_over)
    if report.timeliness is ReportTimeliness.AWAITED:
        return days_left(-report.days_over)
    return str(REPORT_TIMELINESS[report.timeliness])


def changes_since(count: int) -> str:
    """Say how much has changed on the ground since a version was signed."""
    return str(
        ngettext("%(num)s change since submission", "%(num)s changes since submission", count)
    )


def staleness(stale: Staleness) -> list[str]:
    """Say what has changed since a version was signed: here, and in the agencies below."""
    told = [changes_since(stale.own)] if stale.own else []
    if stale.below:
        below = ngettext(
            "%(num)s agency below has changed", "%(num)s agencies below have changed", stale.below
        )
        told.append(str(below))
    return told


def days_until_due(days: int) -> str:
    """Say how many days are left until a report is due, or how many it is over."""
    if days < 0:
        return str(ngettext("due %(num)s day ago", "due %(num)s days ago", -days))
    return str(ngettext("due in %(num)s day", "due in %(num)s days", days))
