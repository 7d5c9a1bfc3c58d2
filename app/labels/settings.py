"""Settings and deadlines in words: until when something may be done, and what cannot be met."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.deadlines import DeadlineConflict, last_day
from app.domain.working_days import WorkingDays
from tenants.schema import Deadline, DeadlineKind, DeadlineRule, SignaturePrefix


SIGNATURE_PREFIXES: Mapping[SignaturePrefix, LazyString] = {
    SignaturePrefix.NONE: _("None: signs in their own right"),
    SignaturePrefix.ON_BEHALF: _("TM. – on behalf of a collective body"),
    SignaturePrefix.DEPUTY: _("KT. – deputy, for the head"),
    SignaturePrefix.BY_ORDER: _("TL. – by order"),
    SignaturePrefix.BY_AUTHORISATION: _("TUQ. – by authorisation"),
    SignaturePrefix.ACTING: _("Q. – acting head"),
}

_PLANNED: Mapping[DeadlineKind, LazyString] = {
    DeadlineKind.REGISTRATION: _("Registration is planned to end %(when)s"),
    DeadlineKind.SELF_ASSESSMENT: _("Self-assessment is planned to end %(when)s"),
    DeadlineKind.COMPLETION: _("The agency plans to finish %(when)s"),
    DeadlineKind.REPORT: _("The results are planned to be sent %(when)s"),
}
_NEEDED: Mapping[DeadlineKind, LazyString] = {
    DeadlineKind.REGISTRATION: _("registration has to end %(when)s"),
    DeadlineKind.SELF_ASSESSMENT: _("self-assessment has to end %(when)s"),
    DeadlineKind.COMPLETION: _("the agency has to finish %(when)s"),
    DeadlineKind.REPORT: _("the results have to reach the provincial association %(when)s"),
}


def when_due(deadline: Deadline) -> str:
    """Write a deadline as documents do: before 05/12, by 31/10."""
    named = f"{deadline.day:02}/{deadline.month:02}"
    if deadline.rule is DeadlineRule.BEFORE:
        return gettext("before %(day)s", day=named)
    return gettext("by %(day)s", day=named)


def until_when(deadline: Deadline, year: int, calendar: WorkingDays) -> str:
    """Name the last day in time: until the end of 04/12/2026."""
    last = last_day(deadline, year, calendar)
    return gettext("until the end of %(day)s", day=last.strftime("%d/%m/%Y"))


def conflict_in_words(conflict: DeadlineConflict) -> str:
    """Say that a step is planned to end after the day on which its outcome is due."""
    planned = str(_PLANNED[conflict.step.kind]) % {"when": when_due(conflict.step)}
    needed = str(_NEEDED[conflict.needed_by.kind]) % {"when": when_due(conflict.needed_by)}
    return gettext(
        "%(planned)s, while %(needed)s: %(late)s comes after %(due)s.",
        planned=planned,
        needed=needed,
        late=conflict.step_last_day.strftime("%d/%m/%Y"),
        due=conflict.needed_last_day.strftime("%d/%m/%Y"),
    )
