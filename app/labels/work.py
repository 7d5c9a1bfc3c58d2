"""What waits for somebody, in words."""

from collections.abc import Mapping

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.dossiers import State
from app.domain.work import Stage, Task


NEXT_STEPS: Mapping[State, LazyString] = {
    State.LISTED: _("Register for this year"),
    State.REGISTERED: _("Score the ten indicators and submit"),
    State.RETURNED: _("Complete what the team has returned"),
}
"""What the owner of a dossier does next; in other states it is others' turn."""


def task_in_words(task: Task, count: int, own_state: State | None) -> str:
    """Say what waits, with its number."""
    if task is Task.OWN:
        step = NEXT_STEPS.get(own_state) if own_state else None
        return str(step or gettext("Look at your dossier"))
    written = {
        Task.IMPORT: ngettext("%(num)s list to import", "%(num)s lists to import", count),
        Task.ADHOC: ngettext(
            "%(num)s ad-hoc request to answer", "%(num)s ad-hoc requests to answer", count
        ),
        Task.TRANSFER: ngettext("%(num)s transfer to answer", "%(num)s transfers to answer", count),
        Task.CONFIRM: ngettext("%(num)s dossier to confirm", "%(num)s dossiers to confirm", count),
        Task.SCORE: ngettext("%(num)s dossier to score", "%(num)s dossiers to score", count),
        Task.AGREE: ngettext("%(num)s dossier to agree on", "%(num)s dossiers to agree on", count),
        Task.PROPOSE: ngettext(
            "%(num)s appraised dossier to propose", "%(num)s appraised dossiers to propose", count
        ),
        Task.SUBMIT: ngettext(
            "%(num)s list to put before the head", "%(num)s lists to put before the head", count
        ),
        Task.DECIDE: ngettext("%(num)s list to decide on", "%(num)s lists to decide on", count),
        Task.PUBLISH: ngettext(
            "%(num)s decision to publish", "%(num)s decisions to publish", count
        ),
        Task.APPEAL: ngettext("%(num)s appeal to answer", "%(num)s appeals to answer", count),
        Task.EXPECT: ngettext(
            "%(num)s year for which nobody is asked to report yet",
            "%(num)s years for which nobody is asked to report yet",
            count,
        ),
        Task.REPORT: ngettext("%(num)s report to submit", "%(num)s reports to submit", count),
        Task.EXTEND: ngettext(
            "%(num)s request for more time to answer",
            "%(num)s requests for more time to answer",
            count,
        ),
        Task.REVIEW: ngettext("%(num)s report to review", "%(num)s reports to review", count),
    }
    return written[task]


def time_left(stage: Stage) -> str:
    """Say how long it is until the last day of a stage, or how long ago that was."""
    if stage.days_left > 0:
        return ngettext("%(num)s day left", "%(num)s days left", stage.days_left)
    if stage.days_left == 0:
        return gettext("today is the last day")
    return ngettext("%(num)s day ago", "%(num)s days ago", -stage.days_left)
