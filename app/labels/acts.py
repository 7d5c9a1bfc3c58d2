"""The record of acts in sentences: what somebody did, and what is different since."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.audit import Act, Shut
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Event
from app.domain.permissions import Role
from app.domain.refusals import Rule
from app.domain.settings import SettingName
from app.labels.words import (
    COUNTED_FIRST,
    DEADLINES,
    DIGITAL_SKILLS,
    EVENTS,
    FACTOR_ASKED,
    ROLES,
    SETTINGS,
    UNIT_KINDS,
)
from tenants.schema import DeadlineKind, UnitKind


# Settings that are one of a few words, and how each word is read.
_CHOICES: Mapping[str, Mapping[Any, LazyString]] = {
    SettingName.COUNTED_FIRST: COUNTED_FIRST,
    SettingName.SECOND_FACTOR: FACTOR_ASKED,
}

# What follows the name of who did it. A fact that is not there, or was erased, becomes a dash.
ACTS: Mapping[Act, LazyString] = {
    Act.ACCESS_REFUSED: _("was refused: %(why)s (%(endpoint)s)"),
    Act.ACCOUNT_DISABLED: _("disabled the account %(login)s"),
    Act.ACCOUNT_INVITED: _("made an invitation for the account %(login)s"),
    Act.ACCOUNT_SIGNED_IN: _("signed in"),
    Act.ACCOUNT_SIGNED_OUT: _("signed out"),
    Act.ADHOC_ANSWERED: _("answered the ad-hoc request “%(title)s”"),
    Act.ADHOC_ASKED: _("asked this agency: “%(title)s”"),
    Act.ADHOC_CLOSED: _("closed the ad-hoc request “%(title)s”"),
    Act.ADHOC_CORRECTED: _("corrected the answer to the ad-hoc request “%(title)s”: %(reason)s"),
    Act.ADHOC_DISCARDED: _("discarded the draft of the ad-hoc request “%(title)s”"),
    Act.ADHOC_DRAWN_UP: _("drew up the ad-hoc request “%(title)s”"),
    Act.ADHOC_GIVEN_BACK: _("gave the answer to “%(title)s” back to %(agency)s: %(reason)s"),
    Act.ADHOC_REDRAWN: _("changed the draft of the ad-hoc request “%(title)s”"),
    Act.ADHOC_REMINDED: _("reminded this agency of the ad-hoc request “%(title)s”"),
    Act.ADHOC_REMINDED_OF: _("reminded %(agencies)s agencies of the ad-hoc request “%(title)s”"),
    Act.ADHOC_RETURNED: _("gave this agency its answer to “%(title)s” back: %(reason)s"),
    Act.ADHOC_SENT: _("sent the ad-hoc request “%(title)s” to %(agencies)s agencies"),
    Act.CHAIN_BROKEN: _("found the record touched in %(found)s places"),
    Act.CONSENT_WITHDRAWN: _("recorded that a consent was withdrawn"),
    Act.CRITERIA_DRAFT_CHANGED: _("changed the draft of the criteria set %(reference)s"),
    Act.CRITERIA_DRAFT_DISCARDED: _("discarded the draft of the criteria set %(reference)s"),
    Act.CRITERIA_DRAFT_IMPORTED: _("imported the draft of the criteria set %(reference)s"),
    Act.CRITERIA_DRAFT_STARTED: _("started a draft of the criteria set %(reference)s"),
    Act.CRITERIA_PUBLISHED: _("published the criteria set %(reference)s"),
    Act.CYCLE_CLOSED: _("closed the assessment year %(year)s"),
    Act.CYCLE_OPENED: _("opened the assessment year %(year)s"),
    Act.DATA_EXPORTED: _("handed out the personal data of one person"),
    Act.DATA_REQUESTED: _("entered a request about personal data"),
    Act.DATA_REQUEST_ANSWERED: _("answered a request about personal data"),
    Act.DATA_REQUEST_SETTLED: _("settled a request about personal data"),
    Act.DATA_RESTRICTED: _("restricted the use of personal data"),
    Act.DATA_RESTRICTION_LIFTED: _("lifted the restriction on personal data"),
    Act.DEADLINE_SET: _("set a deadline"),
    Act.DECISION_ANNULLED: _("annulled decision no. %(number)s"),
    Act.DECISION_MADE: _("took decision no. %(number)s"),
    Act.DECISION_PUBLISHED: _("published decision no. %(number)s"),
    Act.DIGITAL_SKILLS_STATED: _("stated the digital skills of one person: %(reason)s"),
    Act.DRAFT_ENTERED: _("entered a draft on behalf of the person"),
    Act.EXPORT_ASKED: _("asked for a workbook"),
    Act.EXTENSION_ASKED: _(
        "asked for more time for the report of %(year)s, until %(until)s: %(reason)s"
    ),
    Act.EXTENSION_DENIED: _("refused %(agency)s more time for the report of %(year)s: %(reason)s"),
    Act.EXTENSION_GRANTED: _("gave this agency more time for the report of %(year)s: %(until)s"),
    Act.EXTENSION_REFUSED: _(
        "refused this agency more time for the report of %(year)s: %(reason)s"
    ),
    Act.EXTENSION_WITHDRAWN: _("withdrew the request for more time for the report of %(year)s"),
    Act.FACTOR_ADDED: _("set up a second factor"),
    Act.FACTOR_FAILED: _("gave a wrong second factor"),
    Act.FACTOR_REMOVED: _("removed a second factor"),
    Act.FIGURES_COMPARED: _(
        "held the figures of %(year)s against the dossiers: %(differences)s differences"
    ),
    Act.FACTORS_RESET: _("reset the second factors of an account"),
    Act.FIGURES_REPAIRED: _(
        "found figures of %(year)s that differed from the dossiers in %(found)s places, and has"
        " them computed again"
    ),
    Act.INSPECTION_ASKED: _("asked to look into line %(line)s of decision %(number)s: %(reason)s"),
    Act.INSPECTION_GRANTED: _("let %(asker)s look into the dossier for %(hours)s hours"),
    Act.INSPECTION_MADE: _("of %(asker)s looked into the dossier"),
    Act.INSPECTION_REFUSED: _("let %(asker)s not look into a dossier: %(reason)s"),
    Act.INSPECTION_REVOKED: _("ended the look of %(asker)s into the dossier"),
    Act.JOB_RETRIED: _("had failed work tried again"),
    Act.MEMBER_ADDED: _("gave %(name)s the role %(role)s"),
    Act.MEMBER_REMOVED: _("ended the role %(role)s of %(name)s"),
    Act.NUMBER_SHOWN: _("looked at a personal number in full"),
    Act.OFFICIAL_REPAIRED: _(
        "found official figures of %(year)s that differed from the accepted reports in %(found)s"
        " places, and has them counted again"
    ),
    Act.OVERLAPS_REPAIRED: _(
        "found %(found)s places of %(year)s in which people of two agencies were not counted once,"
        " and has them counted again"
    ),
    Act.PASSWORD_CHANGED: _("chose another password"),
    Act.PERSON_ADDED: _("put %(name)s on the roster of %(year)s"),
    Act.PERSON_CHANGED: _("corrected an entry of the roster"),
    Act.PERSON_ERASED: _("erased the personal data of one person"),
    Act.PERSON_REMOVED: _("took %(name)s off the roster of %(year)s"),
    Act.PROPOSAL_SEALED: _("sealed list no. %(number)s of %(year)s"),
    Act.PROPOSAL_SUBMITTED: _("put list no. %(number)s of %(year)s before the head"),
    Act.PROPOSAL_WITHDRAWN: _("took list no. %(number)s of %(year)s back"),
    Act.RECOVERY_CODES_MADE: _("made new recovery codes"),
    Act.REPORTS_CLOSING_MOVED: _(
        "moved the closing of the reports of %(year)s from %(before)s to %(after)s: %(reason)s"
    ),
    Act.REPORTS_EXPECTED: _("fixed who is to report for %(year)s"),
    Act.REPORT_ACCEPTED: _("accepted the report of %(year)s"),
    Act.REPORT_CLOSED: _("closed the report of %(year)s"),
    Act.REPORT_COMPILED: _("compiled the report of %(year)s"),
    Act.REPORT_CORRECTED: _("began to correct the report of %(year)s: %(reason)s"),
    Act.REPORT_EXPECTED_TOO: _("put %(agency)s on the list of reports of %(year)s: %(reason)s"),
    Act.REPORT_EXTENDED: _("gave %(agency)s more time for the report of %(year)s: %(reason)s"),
    Act.REPORT_NOT_EXPECTED: _("took %(agency)s off the list of reports of %(year)s: %(reason)s"),
    Act.REPORT_RECALLED: _("took the report of %(year)s back: %(reason)s"),
    Act.REPORT_RELEASED: _("ended the review of the report of %(year)s"),
    Act.REPORT_REOPENED: _("opened the accepted report of %(year)s again: %(reason)s"),
    Act.REPORT_RETURNED: _("returned the report of %(year)s: %(reason)s"),
    Act.REPORT_REVIEW_LAPSED: _(
        "ended by itself, after %(days)s working days, the review of the report of %(year)s"
    ),
    Act.REPORT_REVIEWED: _("began to review the report of %(year)s"),
    Act.REPORT_SUBMITTED: _("submitted version %(version)s of the report of %(year)s"),
    Act.REPORT_UNCLOSED: _("undid the closing of the report of %(year)s: %(reason)s"),
    Act.REPORT_UNCORRECTED: _("called off the correction of the report of %(year)s: %(reason)s"),
    Act.REPORT_UNWAIVED: _("expects the report of %(year)s after all: %(reason)s"),
    Act.REPORT_WAIVED: _("waived the report of %(year)s: %(reason)s"),
    Act.ROSTER_COPIED: _("copied the roster of %(from_year)s to %(year)s"),
    Act.ROSTER_IMPORTED: _("imported a list into the roster of %(year)s"),
    Act.SESSIONS_ENDED: _("ended sessions of an account"),
    Act.SETTING_CHANGED: _("changed the setting “%(setting)s”"),
    Act.SETTING_CLEARED: _("gave back the setting “%(setting)s”"),
    Act.TRANSFER_ACCEPTED: _("took over a dossier from %(sender)s"),
    Act.TRANSFER_PROPOSED: _("offered the dossier to %(receiver)s"),
    Act.TRANSFER_REFUSED: _("refused to take over a dossier from %(sender)s"),
    Act.TRANSFER_UNDONE: _("sent back a dossier to %(sender)s"),
    Act.TRANSFER_WITHDRAWN: _("took back the offer of a dossier to %(receiver)s"),
    Act.UNIT_ADDED: _("added the unit %(name)s"),
    Act.UNIT_CHANGED: _("changed the unit %(name)s"),
}

REFUSED: Mapping[str, LazyString] = {
    Shut.NO_ROLE: _("holds no role in this agency"),
    Shut.NOT_IN_ROLE: _("the roles held here do not allow it"),
    Shut.FORGED: _("the change did not come from a page of ours"),
    Shut.TOO_OFTEN: _("this was done too often in a short time"),
    Rule.APPEAL_NEEDS_OTHERS: _("an appeal is answered by others than those who agreed"),
    Rule.APPRAISER_DECIDES: _("who appraised a dossier does not decide it"),
    Rule.HEAD_DECIDED_ONE_LEVEL_UP: _("the dossier of the head is decided one level up"),
    Rule.NOT_YOUR_UNIT: _("the dossier belongs to another unit"),
    Rule.PERMISSION_NEEDED: _("the roles held here do not allow it"),
    Rule.PROPOSER_DECIDES: _("who proposed a dossier does not decide it"),
    Rule.PROPOSES_OWN_DOSSIER: _("nobody proposes a dossier of their own"),
    Rule.REVIEWS_OWN_REPORT: _("who drew a report up or signed it does not review it"),
    Rule.ROLE_GIVEN_TO_ONESELF: _("nobody gives such a role to themselves"),
    Rule.SELF_DEALING: _("nobody acts on a dossier of their own"),
    Rule.SIGNS_BEYOND_CAPACITY: _("signs beyond the delegation"),
    Rule.VERIFIER_EDITED: _("who edited the criteria does not verify them"),
}

_FIELDS: Mapping[str, LazyString] = {
    "birth": _("Date or year of birth"),
    "cccd": _("Personal number (CCCD)"),
    "date": _("Date"),
    "group": _("Group"),
    "is_active": _("In use"),
    "kind": _("Kind"),
    "name": _("Name"),
    "position": _("Position"),
    "rule": _("Rule"),
    "unit": _("Unit"),
    "wording": _("Wording"),
}
_NOTHING = "–"
# A day as facts keep it; pages write it as documents do.
_DAY = re.compile(r"^(\d{4})-(\d\d)-(\d\d)$")

Change = tuple[str, str, str]
"""What is different: its name, what it was, what it is."""


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _NOTHING


def act_in_words(act: Act | Event, facts: Mapping[str, Any]) -> str:
    """Return what somebody did, to be read after their name."""
    if isinstance(act, Event):
        return str(EVENTS[act])
    # The plain text, and not what lazy_gettext makes of it: that wants every fact to be there.
    words = {name: _value(value) for name, value in facts.items() if value is not None}
    return str(ACTS[act]) % _Facts(words | _named(facts))


def name_of(act: Act | Event) -> str:
    """Return what an act is called in a menu."""
    if isinstance(act, Event):
        return str(EVENTS[act])
    return str(ACTS[act]) % _Facts()


def _named(facts: Mapping[str, Any]) -> dict[str, str]:
    named = {}
    if facts.get("role") in set(Role):
        named["role"] = str(ROLES[Role(facts["role"])])
    if facts.get("name") in set(SettingName):
        named["setting"] = str(SETTINGS[SettingName(facts["name"])])
    before = facts.get("before")
    if isinstance(before, Mapping) and before.get("kind") in set(DeadlineKind):
        named.setdefault("setting", str(DEADLINES[DeadlineKind(before["kind"])]))
    if "rule" in facts:
        rule = str(facts["rule"])
        named["why"] = str(REFUSED.get(rule, rule))
    return named


def changes_in_words(facts: Mapping[str, Any], units: Mapping[str, str]) -> Iterator[Change]:
    """Yield what is different since an act: settings, entries, units, scores."""
    before, after = facts.get("before"), facts.get("after")
    if isinstance(before, list) and isinstance(facts.get("scores"), list):
        yield from _scores(before, facts["scores"])
    elif isinstance(facts.get("scores"), list):
        yield (gettext("Scores"), _NOTHING, " · ".join(_value(one) for one in facts["scores"]))
    elif isinstance(before, Mapping) or isinstance(after, Mapping):
        yield from _fields(before or {}, after or {}, units)
    elif "before" in facts or "after" in facts:
        labels = _CHOICES.get(facts.get("name") or "", {})
        yield (gettext("Value"), _value(before, labels), _value(after, labels))
    yield from _digital_skill(facts.get("digital"))
    if "cccd" in facts.get("changed", ()):
        yield (str(_FIELDS["cccd"]), _NOTHING, gettext("changed"))


def _digital_skill(found: object) -> Iterator[Change]:
    if isinstance(found, Mapping):
        before, after = (DIGITAL_SKILLS[DigitalSkill(found[when])] for when in ("before", "after"))
        yield (gettext("Digital skills"), str(before), str(after))


def _scores(before: list[Any], after: list[Any]) -> Iterator[Change]:
    for number, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        if old != new:
            yield (gettext("Indicator %(number)s", number=number), _value(old), _value(new))


def _fields(
    before: Mapping[str, Any], after: Mapping[str, Any], units: Mapping[str, str]
) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            label = str(_FIELDS.get(name, name))
            yield (label, _word(name, old, units), _word(name, new, units))


def _word(name: str, value: Any, units: Mapping[str, str]) -> str:
    if name == "unit":
        return units.get(str(value), _value(value))
    if name == "kind" and value in set(UnitKind):
        return str(UNIT_KINDS[UnitKind(value)])
    if name == "kind" and value in set(DeadlineKind):
        return str(DEADLINES[DeadlineKind(value)])
    return _value(value)


def _value(value: Any, labels: Mapping[Any, LazyString] = MappingProxyType({})) -> str:
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return "; ".join(_value(one, labels) for one in value)
    if isinstance(value, Mapping):
        said = (one for one in value.values() if one not in (None, "", False))
        return ", ".join(_value(one, labels) for one in said)
    if isinstance(value, str) and value in labels:
        return str(labels[value])
    return _DAY.sub(r"\3/\2/\1", str(value))
