"""The rules about criteria sets that refuse, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.domain.refusals import Rule
from app.labels.rule_text import RuleText


CRITERIA_RULES: Mapping[Rule, RuleText] = {
    Rule.CRITERIA_DRAFT_OPEN: RuleText(
        _("A new version of %(key)s is already being written."),
        _("Go on with that draft, or discard it first."),
    ),
    Rule.CRITERIA_INCOMPLETE: RuleText(
        _("The draft is not complete. Places that still need something: %(count)s."),
        _("Open the draft and fill in what is listed there; both languages are needed."),
    ),
    Rule.CRITERIA_MADE_AT_TOP: RuleText(
        _("A province's criteria sets are written by the agency at the top of the province."),
        _("Choose a set in the settings of this agency, or turn to that agency."),
    ),
    Rule.CRITERIA_NOT_APPLICABLE: RuleText(
        _("The criteria set %(reference)s cannot be used for group %(group)s from %(year)s on."),
        _("Choose a set that has this group, and a year in which it is valid."),
    ),
    Rule.CRITERIA_UNCHANGED: RuleText(
        _("The draft says nothing else than the set that it was copied from."),
        _("Change something, or state the signed document that the texts were compared with."),
    ),
    Rule.VERIFICATION_INCOMPLETE: RuleText(
        _("Something is missing about the signed document."),
        _("Enter its number, its date, who issued it and who compared the texts with it."),
    ),
    Rule.VERIFIER_EDITED: RuleText(
        _("Whoever wrote in a draft does not confirm that it was compared with the document."),
        _("Let another administrator publish it, or publish it as not compared."),
    ),
}
