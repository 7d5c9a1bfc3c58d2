"""The rules about settings that refuse, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.domain.refusals import Rule
from app.labels.rule_text import RuleText


SETTING_RULES: Mapping[Rule, RuleText] = {
    Rule.LOOSER_THAN_PARENT: RuleText(
        _("%(agency)s asks for more, and an agency may only be stricter than those above it."),
        _("Choose what %(agency)s asks, or ask there to have it changed."),
    ),
    Rule.NOTHING_TO_INHERIT: RuleText(
        _("No agency above has set this, so there is nothing to go back to."),
        _("Change the value instead of giving it back."),
    ),
    Rule.SET_FOR_WHOLE_PROVINCE: RuleText(
        _("This is one rule for the whole province: the agency at its top sets it."),
        _("Ask that agency, if it should be another."),
    ),
    Rule.VALUE_MISSING: RuleText(
        _("Something that this setting needs is missing."),
        _("Fill in every line, or take empty lines out."),
    ),
    Rule.VALUE_OUT_OF_RANGE: RuleText(
        _("%(value)s is not between %(lowest)s and %(highest)s."),
        _("Enter a whole number in this range."),
    ),
}
