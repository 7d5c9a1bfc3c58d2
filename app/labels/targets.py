"""Words of targets: what is counted of whom, and where the pace leads."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.pace import Outlook
from app.domain.targets import Audience
from tenants.schema import Denominator, TargetName


AUDIENCES: Mapping[Audience, LazyString] = {
    Audience.ADULTS: _("Adults, in the communes"),
    Audience.STAFF: _("Staff, in the agencies"),
}

COUNTED: Mapping[TargetName, LazyString] = {
    TargetName.REGISTERED: _("Registered"),
    TargetName.RECOGNISED_ADULTS: _("Recognised as Learning Citizens"),
    TargetName.RECOGNISED_STAFF: _("Recognised as Learning Citizens"),
    TargetName.DIGITAL_SKILLS: _("With digital skills"),
    TargetName.DIGITAL_FLUENCY: _("Digitally fluent"),
    TargetName.TRAINED_MEMBERS: _("Members of the association trained"),
}
"""What a target counts; of whom, the page says beside it."""

_OF_WHOM: Mapping[tuple[Denominator, Audience], LazyString] = {
    (Denominator.REGISTERED, Audience.ADULTS): _("of the adults registered"),
    (Denominator.REGISTERED, Audience.STAFF): _("of the staff registered"),
    (Denominator.RECOGNISED, Audience.ADULTS): _("of the adults recognised"),
    (Denominator.RECOGNISED, Audience.STAFF): _("of the staff recognised"),
    (Denominator.DIGITALLY_SKILLED, Audience.ADULTS): _(
        "of the recognised adults with digital skills"
    ),
    (Denominator.DIGITALLY_SKILLED, Audience.STAFF): _(
        "of the recognised staff with digital skills"
    ),
}
_OF_ALL: Mapping[tuple[Audience, bool], LazyString] = {
    (Audience.ADULTS, True): _("of the adults of the commune"),
    (Audience.ADULTS, False): _("of the adults of the communes"),
    (Audience.STAFF, True): _("of the staff of the agency"),
    (Audience.STAFF, False): _("of the staff of the agencies"),
}
_OF_MEMBERS = _("of the association's cadres and members")

OUTLOOKS: Mapping[Outlook, LazyString] = {
    Outlook.NOBODY: _("Nobody to take a share of"),
    Outlook.REACHED: _("Target reached"),
    Outlook.CLOSED: _("The last day is over"),
    Outlook.NO_DAY_LEFT: _("No working day is left"),
    Outlook.NOT_BEGUN: _("Not begun"),
    Outlook.STANDSTILL: _("At a standstill"),
    Outlook.TOO_EARLY: _("Too early to say"),
    Outlook.AHEAD: _("On course"),
    Outlook.UNSURE: _("May be reached"),
    Outlook.BEHIND: _("Not at this pace"),
}


def of_whom(denominator: Denominator, audience: Audience, *, is_one_agency: bool) -> LazyString:
    """Say of whom a share is taken."""
    if denominator is Denominator.MEMBERS:
        return _OF_MEMBERS
    if denominator is Denominator.ELIGIBLE:
        return _OF_ALL[audience, is_one_agency]
    return _OF_WHOM[denominator, audience]
