"""Words of the golden board: of what a share is taken, and how agencies stand to their dates."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from app.domain.timeliness import Punctuality, Timeliness
from tenants.schema import Denominator, TenantKind


KINDS: Mapping[TenantKind, LazyString] = {
    TenantKind.ASSOCIATION: _("Associations"),
    TenantKind.PROVINCE: _("People's Committees of provinces"),
    TenantKind.DEPARTMENT: _("Departments and offices"),
    TenantKind.COMMUNE: _("Communes and wards"),
    TenantKind.ORGANISATION: _("Organisations, schools, enterprises"),
}
"""What agencies of one kind are called together."""

COLUMNS: Mapping[str, LazyString] = {
    "eligible": _("Eligible"),
    "registered": _("Registered"),
    "recognised": _("Recognised"),
    "of_registered": _("Share of registered"),
    "of_eligible": _("Share of eligible"),
    "outstanding": _("Outstanding"),
    "self_assessed": _("Self-assessed"),
    "appraised": _("Appraised"),
    "undecided": _("Undecided"),
    "not_recognised": _("Not recognised"),
}
"""The columns of the board, by the names that its addresses sort by, in their order."""

SHARES: Mapping[Denominator, LazyString] = {
    Denominator.MEMBERS: _("%(percent)s of the members"),
    Denominator.ELIGIBLE: _("%(percent)s of those eligible"),
    Denominator.REGISTERED: _("%(percent)s of those registered"),
    Denominator.RECOGNISED: _("%(percent)s of those recognised"),
    Denominator.DIGITALLY_SKILLED: _("%(percent)s of those with digital skills"),
}
"""A share that names of whom it is taken."""

TIMELINESS: Mapping[Timeliness, LazyString] = {
    Timeliness.AWAITED: _("Not due yet"),
    Timeliness.LATE: _("Late"),
    Timeliness.ON_TIME: _("On time"),
    Timeliness.OVERDUE: _("Overdue"),
}


def describe_share(percent: str, of: Denominator) -> str:
    """Say a share together with its denominator; ``percent`` is written for the reader."""
    return str(SHARES[of]) % {"percent": percent}


def describe_punctuality(punctuality: Punctuality) -> str:
    """Say how an agency stands to a deadline, in days."""
    days = punctuality.days
    if punctuality.timeliness is Timeliness.OVERDUE:
        return days_overdue(days)
    if punctuality.timeliness is Timeliness.LATE:
        return days_late(days)
    if punctuality.timeliness is Timeliness.AWAITED:
        return days_left(days)
    return str(TIMELINESS[Timeliness.ON_TIME])


def days_overdue(days: int) -> str:
    """Say how many days something is overdue."""
    return str(ngettext("%(num)s day overdue", "%(num)s days overdue", days))


def days_late(days: int) -> str:
    """Say how many days late something came."""
    return str(ngettext("%(num)s day late", "%(num)s days late", days))


def days_left(days: int) -> str:
    """Say how many days are left."""
    return str(ngettext("%(num)s day left", "%(num)s days left", days))
