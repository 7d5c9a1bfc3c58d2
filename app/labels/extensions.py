"""Words of requests for more time: how they stand, and the rules about them."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.extensions import RequestState
from app.domain.refusals import Rule
from app.labels.rule_text import RuleText


REQUEST_STATES: Mapping[RequestState, LazyString] = {
    RequestState.ASKED: _("Waiting for an answer"),
    RequestState.GRANTED: _("More time given"),
    RequestState.REFUSED: _("More time refused"),
    RequestState.WITHDRAWN: _("Withdrawn by the agency"),
    RequestState.LAPSED: _("Lapsed: the report is no longer awaited"),
}

REQUEST_LOOKS: Mapping[RequestState, tuple[str, str]] = {
    RequestState.ASKED: ("amber", "hourglass"),
    RequestState.GRANTED: ("green", "circle-check"),
    RequestState.REFUSED: ("red", "x"),
    RequestState.WITHDRAWN: ("grey", "arrow-back-up"),
    RequestState.LAPSED: ("grey", "circle-dashed"),
}
"""The colour and the picture of each."""

EXTENSION_RULES: Mapping[Rule, RuleText] = {
    Rule.EXTENSION_AFTER_RECEIPT: RuleText(
        _("More time is given only while a report is owed; this one says “%(state)s”."),
        _("If it has to be done again, return it with a reason; then give more time."),
    ),
    Rule.EXTENSION_ASKED_ALREADY: RuleText(
        _("A request for more time for this report is waiting for an answer already."),
        _("Wait for the answer, or withdraw the request and send another."),
    ),
    Rule.EXTENSION_GIVEN_ALREADY: RuleText(
        _("Time was given until the end of %(until)s already."),
        _("Name a later day."),
    ),
    Rule.EXTENSION_IN_THE_PAST: RuleText(
        _("%(day)s has passed: time is given before it is over, and not after the fact."),
        _("Name today or a later day."),
    ),
    Rule.EXTENSION_NOT_LATER: RuleText(
        _("Until %(due)s the report is on time anyway."),
        _("Name a later day."),
    ),
    Rule.EXTENSION_NOT_OWED: RuleText(
        _("More time is asked for only while a report is owed; this one says “%(state)s”."),
        _("There is nothing to ask for. If it is returned, more time can be asked for again."),
    ),
    Rule.EXTENSION_OF_NOTHING: RuleText(
        _("It has not been fixed yet by when this report is due, so no time can be added."),
        _("Ask the agency above to fix who reports for this year; then ask for more time."),
    ),
    Rule.EXTENSION_SETTLED: RuleText(
        _("This request for more time is settled already: “%(state)s”."),
        _("Open the report again; it shows what became of the request."),
    ),
}
"""The sentence and the advice of each."""
