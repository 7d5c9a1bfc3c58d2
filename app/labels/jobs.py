"""Work in the background, in plain words: what it is, why it waits, what went wrong."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString


# The name of an error's class, as the outbox keeps it.
_ERRORS: Mapping[str, LazyString] = {
    "JobTimeoutException": _("it took too long"),
    "KeyRingError": _("the program has not been given the keys that it needs"),
    "MissingError": _("what it was about is no longer there"),
    "NoProgress": _("it got no further, and was stopped"),
    "OperationalError": _("the database did not answer"),
    "SealBrokenError": _("a sealed number could not be opened"),
    "TookTooLong": _("it took too long"),
    "WorkerFrozen": _("the program that was at it stood still, and was stopped"),
    "WorkerLost": _("the program that was at it stopped in the middle"),
}

_A_MINUTE = 60
_AN_HOUR = 3600


def error_in_words(error: str) -> str:
    """Say what went wrong, from the name of an error."""
    known = _ERRORS.get(error)
    return str(known) if known else gettext("a fault in the program (%(error)s)", error=error)


def time_left_in_words(left: timedelta | None) -> str:
    """Say how long the rest takes, as roughly as it is known."""
    if left is None:
        return gettext("How long it takes cannot be told yet.")
    seconds = int(left.total_seconds())
    if seconds < _A_MINUTE:
        return gettext("Less than a minute left.")
    if seconds < _AN_HOUR:
        minutes = round(seconds / _A_MINUTE)
        return ngettext("About %(num)s minute left.", "About %(num)s minutes left.", minutes)
    hours = round(seconds / _AN_HOUR)
    return ngettext("About %(num)s hour left.", "About %(num)s hours left.", hours)
