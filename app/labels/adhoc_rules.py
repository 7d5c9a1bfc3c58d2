"""Rules of ad-hoc requests, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.domain.refusals import Rule
from app.labels.rule_text import RuleText


ADHOC_RULES: Mapping[Rule, RuleText] = {
    Rule.ADHOC_ANSWERS_MISSING: RuleText(
        _("Nothing, or nothing that can be read, stands in question %(numbers)s."),
        _("Answer each question; only those for text or for a day may stay empty."),
    ),
    Rule.ADHOC_CLOSED: RuleText(
        _("This request is closed."),
        _("Turn to the agency that made it."),
    ),
    Rule.ADHOC_CLOSES_BEFORE_DUE: RuleText(
        _("The request would be closed on %(day)s, before its last day, %(due)s."),
        _("Choose the last day itself or a later one, or leave the closing day empty."),
    ),
    Rule.ADHOC_DEVIATES: RuleText(
        _("Question %(numbers)s: the number is not the one that the system counts."),
        _("Say beside it why it differs, or take over the number that is counted."),
    ),
    Rule.ADHOC_DUE_OVER: RuleText(
        _("The day %(day)s is over already."),
        _("Choose a last day on which the agencies can still answer."),
    ),
    Rule.ADHOC_FIELDS: RuleText(
        _("A request asks at least one question, and at most %(most)s."),
        _("Add a question, or take some out."),
    ),
    Rule.ADHOC_FIELD_INCOMPLETE: RuleText(
        _("Question %(number)s has no words."),
        _("Write what is asked, or take the line out."),
    ),
    Rule.ADHOC_NOBODY_ASKED: RuleText(
        _("No agency has been chosen."),
        _("Choose all communes, all other agencies, or tick some by name."),
    ),
    Rule.ADHOC_NOBODY_TO_REMIND: RuleText(
        _("There is nobody to remind: all have answered, or were reminded today."),
        _("Wait until tomorrow, or ask by telephone."),
    ),
    Rule.ADHOC_NOT_ANSWERED: RuleText(
        _("There is no answer that could be given back."),
        _("Open the request again to see where it stands now."),
    ),
    Rule.ADHOC_NOT_A_DAY: RuleText(
        _("Question %(numbers)s: “%(value)s” is no day."),
        _("Write day, month and year: 30/11/2026."),
    ),
    Rule.ADHOC_NOT_A_NUMBER: RuleText(
        _("Question %(numbers)s: “%(value)s” is no number that can be taken here."),
        _("Write digits alone, 1250; where decimals are asked for, with at most two of them."),
    ),
    Rule.ADHOC_NOT_SENT: RuleText(
        _("This request is a draft: it has not been sent to anybody."),
        _("Send it first, or discard it if it is not needed."),
    ),
    Rule.ADHOC_PART_OF_WHOLE: RuleText(
        _("Question %(numbers)s: the part is larger than the whole that it is of."),
        _("Check both numbers: the first is among those that the second counts."),
    ),
    Rule.ADHOC_SENT: RuleText(
        _("This request has been sent already."),
        _("Open it again to see the answers."),
    ),
    Rule.ADHOC_SHEET_USED: RuleText(
        _("“%(title)s” was drawn up from this page already, with other words than these."),
        _("Change that draft instead; or send this page once more to draw up a second request."),
    ),
    Rule.ADHOC_TOO_LONG: RuleText(
        _("Question %(numbers)s: the words are longer than %(longest)s characters."),
        _("Shorten them; nothing has been sent yet."),
    ),
    Rule.ADHOC_TWO_READINGS: RuleText(
        _("Question %(numbers)s: “%(value)s” can be read as thousands, or as a fraction."),
        _("Write thousands without a mark, 1250, and a fraction with two decimals at most, 1.25."),
    ),
}
