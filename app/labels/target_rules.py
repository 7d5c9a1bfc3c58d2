"""Rules of targets, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.domain.refusals import Rule
from app.labels.rule_text import RuleText


TARGET_RULES: Mapping[Rule, RuleText] = {
    Rule.TARGET_OF_OTHERS: RuleText(
        _("“%(target)s” for %(year)s is no share %(of)s: not all who are counted are there."),
        _("Choose those that everybody counted is among: %(within)s."),
    ),
    Rule.TARGET_TWICE: RuleText(
        _("“%(target)s” is set twice for %(year)s."),
        _("Keep one of the two lines, or give them different years."),
    ),
}
