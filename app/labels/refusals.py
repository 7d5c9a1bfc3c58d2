"""Every rule that refuses, in words: what the rule says, and what to do next."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.dossiers import Event, State
from app.domain.extensions import RequestState
from app.domain.refusals import RefusedError, Rule
from app.domain.reports import ReportEvent, ReportState
from app.labels.adhoc_rules import ADHOC_RULES
from app.labels.criteria_rules import CRITERIA_RULES
from app.labels.duty_rules import DUTY_RULES
from app.labels.extensions import EXTENSION_RULES, REQUEST_STATES
from app.labels.report_rules import REPORT_RULES
from app.labels.reports import REPORT_ACTS, REPORT_STATES
from app.labels.rule_text import RuleText
from app.labels.setting_rules import SETTING_RULES
from app.labels.target_rules import TARGET_RULES
from app.labels.words import DENOMINATORS, EVENTS, STATES, TARGETS
from tenants.schema import Denominator, TargetName


RULES: Mapping[Rule, RuleText] = {
    **ADHOC_RULES,
    **CRITERIA_RULES,
    **DUTY_RULES,
    **EXTENSION_RULES,
    **REPORT_RULES,
    **SETTING_RULES,
    **TARGET_RULES,
    Rule.ACCOUNT_HAS_ROLE_ELSEWHERE: RuleText(
        _("%(name)s has an account that other agencies use too, under another personal number."),
        _("Check the number. If it is right, ask the operator of the system to join the two."),
    ),
    Rule.ACCOUNT_NAME_TAKEN: RuleText(
        _("The sign-in name %(login)s is already in use."),
        _("Choose another name."),
    ),
    Rule.ACCOUNT_NOT_OF_PERSON: RuleText(
        _("The account %(login)s does not belong to %(name)s on the roster."),
        _("Make a new account for the person from their entry on the roster."),
    ),
    Rule.ACT_OUT_OF_ORDER: RuleText(
        _("This cannot be done while the dossier is in the state “%(state)s”."),
        _("Open the dossier again to see where it stands now."),
    ),
    Rule.AGREED_SCORE_NEEDS_REASON: RuleText(
        _("Indicator %(missing)s: the agreed score differs from the self score without a reason."),
        _("Write a short reason beside each changed score."),
    ),
    Rule.ALREADY_APPEALED: RuleText(
        _("Indicator %(indicators)s has already been appealed once."),
        _("An indicator can be appealed only once."),
    ),
    Rule.ALREADY_DECIDED: RuleText(
        _("The list has already been decided upon."),
        _("Open the decision to see what it says."),
    ),
    Rule.ALREADY_OPENED_BY_TEAM: RuleText(
        _("The appraisal team has already opened this dossier."),
        _("Ask the secretary of the team to return it to you."),
    ),
    Rule.ALREADY_ON_LIST: RuleText(
        _("%(name)s is already on a list."),
        _("Take the person off that list first."),
    ),
    Rule.ALREADY_PUBLISHED: RuleText(
        _("The decision has been published."),
        _("A published decision is changed only by a correcting decision."),
    ),
    Rule.ALREADY_SUBMITTED_TO_HEAD: RuleText(
        _("The list has already been put before the head."),
        _("Ask the head to decide on it; it can no longer be taken back."),
    ),
    Rule.APPEAL_NEEDS_OTHERS: RuleText(
        _("Whoever appraised a dossier does not rule on the appeal against it."),
        _("Another member of the team has to do this."),
    ),
    Rule.APPEAL_NOT_OFFERED: RuleText(
        _("This agency has set no time in which to appeal."),
        _("Turn to the office of the agency."),
    ),
    Rule.APPRAISAL_HAS_BEGUN: RuleText(
        _("The appraisal of this dossier has begun here; the transfer can no longer be undone."),
        _("If the person goes back, propose a transfer to the other agency."),
    ),
    Rule.ASK_FOR_INVITATION: RuleText(
        _("You cannot register on this page."),
        _("Ask the office of the agency for an invitation; it will help you on."),
    ),
    Rule.CONFIRMATION_COMES_FIRST: RuleText(
        _("In this agency the head of the unit confirms a dossier before it is appraised."),
        _("Ask the head of the unit to confirm it."),
    ),
    Rule.CONSENT_NEEDED: RuleText(
        _("The person has to agree that their data are kept (Law 91/2025/QH15)."),
        _("Tick how they agreed, or do not enter them."),
    ),
    Rule.CYCLE_NOT_OPEN: RuleText(
        _("The assessment year %(year)s is not open in this agency."),
        _("Ask the office of the agency to open it."),
    ),
    Rule.DAY_NOT_COME: RuleText(
        _("%(day)s has not come yet."),
        _("Enter a day up to today."),
    ),
    Rule.DAY_NOT_IN_CALENDAR: RuleText(
        _("%(day)s/%(month)s is not a day that every such year has."),
        _("Enter a day that the calendar has; 29 February only for a leap year."),
    ),
    Rule.DAY_TOO_FAR: RuleText(
        _("%(day)s lies too far away."),
        _("Enter a day between %(first)s and %(last)s; look at the year once more."),
    ),
    Rule.DEADLINE_LATER_THAN_PARENT: RuleText(
        _("%(wanted)s is later than %(inherited)s, the last day set by %(agency)s."),
        _("An agency may only set an earlier date."),
    ),
    Rule.DEADLINE_PASSED: RuleText(
        _("The last day for this was %(last_day)s."),
        _("Ask the office of the agency what can still be done."),
    ),
    Rule.DATA_RESTRICTED: RuleText(
        _("The data of %(name)s may not be processed: this was asked for, and granted."),
        _("Lift the restriction on the page of the request before the dossier moves on."),
    ),
    Rule.DECISION_DATE_IN_FUTURE: RuleText(
        _("A decision cannot be dated %(signed_on)s, a day that has not come yet."),
        _("Enter the date on which it was signed."),
    ),
    Rule.DECISION_NUMBER_TAKEN: RuleText(
        _("The number %(number)s has already been given to another decision of %(year)s."),
        _("Enter the number that the records office gave to this one."),
    ),
    Rule.DOSSIER_HAS_BEGUN: RuleText(
        _("The dossier of %(name)s for %(year)s has already begun."),
        _("Withdraw the dossier and say why; the person then no longer counts in that year."),
    ),
    Rule.ERASED_ALREADY: RuleText(
        _("The data of this person have been erased already."),
        _("Nothing is left to be done."),
    ),
    Rule.ERASURE_KEPT_BY_DECISION: RuleText(
        _("%(name)s was recognised in %(years)s by a decision in force, which has to be kept."),
        _("Erase the rest: the name and the scores on which the decision rests stay."),
    ),
    Rule.ERASURE_WAITS_FOR_LIST: RuleText(
        _("The dossier of %(name)s for %(year)s is on a list that has not been decided upon."),
        _("Take it off the list first, or wait for the decision."),
    ),
    Rule.EVIDENCE_NEEDED: RuleText(
        _("Indicator %(missing)s asks for evidence, or an explanation why there is none."),
        _("Write in a few words what proves the score."),
    ),
    Rule.EVIDENCE_TOO_LONG: RuleText(
        _("Indicator %(indicator)s: %(length)s characters are more than %(most)s."),
        _("Keep to what proves the score."),
    ),
    Rule.FACTOR_NEEDED: RuleText(
        _("You have to have a second factor, and this is the only one you have."),
        _("Set another one up first, then remove this one."),
    ),
    Rule.INDICATOR_NOT_RETURNED: RuleText(
        _("Only the returned indicators may be changed; indicator %(changed)s was not returned."),
        _("Leave it as it was, or ask the team to return it too."),
    ),
    Rule.INSPECTION_ANSWERED: RuleText(
        _("This request has been answered, or its answer was ended, meanwhile."),
        _("Open the list of requests to see where it stands."),
    ),
    Rule.INSPECTION_NAMES_NO_LINE: RuleText(
        _("No decision of this agency has the number %(number)s, this date and a line %(line)s."),
        _("Refuse the request and say so; the association can ask again with the right line."),
    ),
    Rule.INSPECTION_OVER: RuleText(
        _("This file does not lie open for you any more."),
        _("Ask for it anew, and say why."),
    ),
    Rule.INSPECTION_TOO_LONG: RuleText(
        _("A file lies open for one hour at least and for %(most)s at most, not for %(hours)s."),
        _("Choose fewer hours; more can be asked for anew."),
    ),
    Rule.LAST_ADMINISTRATOR: RuleText(
        _("Nobody takes away their own last role as administrator."),
        _("Give the role to another person first and let them do this."),
    ),
    Rule.LINE_UNDECIDED: RuleText(
        _("Nothing has been decided yet for: %(names)s."),
        _("Decide on every line, or strike it out with a reason."),
    ),
    Rule.LIST_ALL_STRUCK: RuleText(
        _("Every line has been struck out: there is nothing left to decide."),
        _("Send the whole list back instead."),
    ),
    Rule.LIST_EMPTY: RuleText(
        _("There is nobody on the list."),
        _("Choose at least one appraised dossier."),
    ),
    Rule.LIST_CHANGED_AFTER_SEAL: RuleText(
        _("The list is no longer what was sealed."),
        _("Take it back and seal it again."),
    ),
    Rule.LIST_NOT_SUBMITTED: RuleText(
        _("The list has not been put before the head."),
        _("Ask the secretary of the team to submit it."),
    ),
    Rule.MEMBERS_DIFFER: RuleText(
        _("Not everybody gave the self score on indicator %(indicators)s."),
        _("Agree on this dossier by itself, in the meeting."),
    ),
    Rule.NO_BASIS: RuleText(
        _("%(name)s has not agreed to be assessed, or has taken the consent back."),
        _("Record the consent first; without it the dossier may only be withdrawn."),
    ),
    Rule.NOT_YOUR_UNIT: RuleText(
        _("This person does not belong to a unit that you head."),
        _("The head of the person's own unit has to do this."),
    ),
    Rule.PAPER_NOT_MADE: RuleText(
        _("The PDF could not be made: there is too much to put on paper."),
        _("Take the copy for machines (JSON): it holds the same data."),
    ),
    Rule.PASSKEY_NOT_ACCEPTED: RuleText(
        _("The passkey could not be verified."),
        _("Try once more. If it fails again, use the code of an app instead."),
    ),
    Rule.PASSWORD_COMMON: RuleText(
        _("Many people use this password, so it is among the first that are tried."),
        _("Take three or four words that have nothing to do with one another."),
    ),
    Rule.PASSWORD_GUESSABLE: RuleText(
        _(
            "This password is made of words that are easy to guess here: names of people, places"
            " and agencies, years, or keys in a row."
        ),
        _("Take three or four words that have nothing to do with one another."),
    ),
    Rule.PASSWORD_TOO_LONG: RuleText(
        _("A password has at most %(most)s characters."),
        _("Take a shorter one."),
    ),
    Rule.PASSWORD_TOO_SHORT: RuleText(
        _("A password has at least %(least)s characters."),
        _("Take a longer one: a few words in a row are easy to remember."),
    ),
    Rule.PASSWORD_WRONG: RuleText(
        _("This is not your present password."),
        _("Type the password with which you sign in now."),
    ),
    Rule.PERMISSION_NEEDED: RuleText(
        _("Your role in this agency does not include this."),
        _("Ask the administrator of the agency, if it should."),
    ),
    Rule.PERSON_ALREADY_ASSESSED_HERE: RuleText(
        _("%(name)s already has a dossier of %(year)s in this agency."),
        _("Refuse the transfer and say so: then the other agency can withdraw its dossier."),
    ),
    Rule.PERSON_ALREADY_LISTED: RuleText(
        _("%(name)s is already on the roster of this agency."),
        _("Open the entry that is there and correct it."),
    ),
    Rule.PROPOSES_OWN_DOSSIER: RuleText(
        _("Nobody may propose himself: %(name)s."),
        _("Another member of the team has to seal that list."),
    ),
    Rule.QUORUM_NOT_REACHED: RuleText(
        _("%(scored)s of the team have scored this dossier; %(quorum)s are needed."),
        _("Let another member score it before the meeting closes it."),
    ),
    Rule.REASON_NEEDED: RuleText(
        _("This needs a reason."),
        _("Write in a few words why."),
    ),
    Rule.REFUSAL_NEEDS_REASON: RuleText(
        _("%(name)s: a refusal needs a reason."),
        _("Write in a few words why."),
    ),
    Rule.REGISTRATION_NOT_OPEN_YET: RuleText(
        _("Registration opens on %(opens_on)s."),
        _("Come back on that day."),
    ),
    Rule.RETURN_NEEDS_INDICATORS: RuleText(
        _("A dossier is returned for named indicators, each with a reason, and with a due date."),
        _("Choose the indicators, and write beside each what is missing."),
    ),
    Rule.ROLE_ALREADY_HELD: RuleText(
        _("%(name)s already holds this role here."),
        _("End the role that is there first, if its dates have to change."),
    ),
    Rule.ROLE_DATES_OUT_OF_ORDER: RuleText(
        _("A role cannot end on %(until)s when it begins on %(since)s."),
        _("Enter a last day that comes after the first."),
    ),
    Rule.ROLE_NEEDS_UNIT: RuleText(
        _("A head of unit heads a unit, and no other role has one."),
        _("Choose the unit for a head of unit, and none for other roles."),
    ),
    Rule.SCORES_INCOMPLETE: RuleText(
        _("Indicator %(missing)s has no score yet. A blank is not a zero."),
        _("Score all ten indicators."),
    ),
    Rule.SCORE_NOT_ON_SCALE: RuleText(
        _("“%(score)s” is not a score for indicator %(indicator)s."),
        _("Enter a whole number from %(lowest)s to %(highest)s."),
    ),
    Rule.REQUEST_ALREADY_EXTENDED: RuleText(
        _("The time for this request has been extended once, and the law allows no more."),
        _("Settle the request, or refuse it and say why."),
    ),
    Rule.REQUEST_SETTLED: RuleText(
        _("This request has been settled."),
        _("Enter a new request if something else is asked."),
    ),
    Rule.STALE_SCREEN: RuleText(
        _("Somebody else has changed this meanwhile. What you typed has not been saved yet."),
        _("Compare with what stands now, then save again."),
    ),
    Rule.TRANSFER_ALREADY_PROPOSED: RuleText(
        _("A transfer of this dossier already waits for the answer of %(agency)s."),
        _("Wait for the answer, or withdraw the proposal first."),
    ),
    Rule.TRANSFER_NOT_OPEN: RuleText(
        _("This transfer has been answered or withdrawn meanwhile, or the dossier has gone on."),
        _("Open the list of transfers to see where it stands."),
    ),
    Rule.TITLE_NOT_EARNED: RuleText(
        _("%(name)s: the agreed scores do not earn the title."),
        _("Decide that the person is not recognised, or strike the line out of the list."),
    ),
    Rule.TOO_MANY_LOOK_UPS: RuleText(
        _("No account may type more than %(most)s personal numbers in an hour."),
        _("Go on later, or bring many people in at once from an Excel list."),
    ),
    Rule.TOO_MANY_NUMBERS_SHOWN: RuleText(
        _("No account may have more than %(most)s personal numbers shown in an hour."),
        _("Come back within the hour, or ask a colleague who may see them too."),
    ),
    Rule.UNIT_IN_USE: RuleText(
        _("There are people in the unit %(name)s."),
        _("Move them to another unit first."),
    ),
    Rule.UNIT_NAME_TAKEN: RuleText(
        _("There is already a unit named %(name)s."),
        _("Choose another name, or take the unit that is there."),
    ),
    Rule.UNKNOWN_GROUP: RuleText(
        _("This agency has no criteria set for group %(group)s in %(year)s."),
        _("Choose one in the settings of the agency."),
    ),
}


_WORDS: tuple[tuple[type[StrEnum], Mapping[Any, LazyString]], ...] = (
    (State, STATES),
    (Event, EVENTS),
    (ReportEvent, REPORT_ACTS),
    (RequestState, REQUEST_STATES),
    (ReportState, REPORT_STATES),
    (TargetName, TARGETS),
    (Denominator, DENOMINATORS),
)


def sentence_of(refusal: RefusedError) -> str:
    """Say which rule refused, with its facts."""
    return str(RULES[refusal.rule].sentence) % _readable(refusal.facts)


def advice_of(refusal: RefusedError) -> str:
    """Say what to do next."""
    return str(RULES[refusal.rule].advice) % _readable(refusal.facts)


def _readable(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: _word(value) for name, value in facts.items()}


def _word(value: object) -> str:
    for kind, words in _WORDS:
        if isinstance(value, kind):
            return str(words[value])
    if isinstance(value, date):
        return f"{value:%d/%m}/{value.year:04}"
    if isinstance(value, (tuple, list, frozenset, set)):
        return ", ".join(_word(one) for one in value)
    return str(value)
