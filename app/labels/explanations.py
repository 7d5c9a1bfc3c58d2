"""What figures are called, how each is counted, and what their parts are."""

from collections.abc import Collection, Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.dossiers import Outcome
from app.domain.explanations import Counted, Cut, Gap, Stand
from app.labels import boards
from app.labels.words import STATES
from tenants.schema import TenantKind


NAMES: Mapping[Counted, LazyString] = {
    Counted.ELIGIBLE: _("Eligible people"),
    Counted.REGISTERED: _("Registered people"),
    Counted.SELF_ASSESSED: _("Self-assessed people"),
    Counted.APPRAISED: _("Appraised people"),
    Counted.DECIDED: _("People decided upon"),
    Counted.UNDECIDED: _("Not decided yet"),
    Counted.RECOGNISED: _("Recognised people"),
    Counted.NOT_RECOGNISED: _("Not recognised"),
    Counted.OUTSTANDING: _("Outstanding people"),
    Counted.WITH_DIGITAL_SKILLS: _("People with digital skills"),
    Counted.DIGITALLY_FLUENT: _("People fluent in digital skills"),
}

FORMULAS: Mapping[Counted, LazyString] = {
    Counted.ELIGIBLE: _(
        "Everybody on the list of the year, without those who withdrew or were transferred."
    ),
    Counted.REGISTERED: _("Those eligible who have registered for the year."),
    Counted.SELF_ASSESSED: _("Those registered who have submitted their own scores."),
    Counted.APPRAISED: _("Those self-assessed whose scores the team has agreed on."),
    Counted.DECIDED: _("Those about whom a decision is in force, recognised or not."),
    Counted.UNDECIDED: _("Those self-assessed, less those about whom a decision is in force."),
    Counted.RECOGNISED: _("Those whom a decision in force recognises."),
    Counted.NOT_RECOGNISED: _("Those whom a decision in force does not recognise."),
    Counted.OUTSTANDING: _(
        "Those recognised for as many years in a row as the criteria ask for the distinction."
    ),
    Counted.WITH_DIGITAL_SKILLS: _("Those recognised of whom digital skills are on record."),
    Counted.DIGITALLY_FLUENT: _(
        "Those with digital skills of whom it is on record that they use them fluently."
    ),
}
"""Who is counted, in words."""

WHOLES: Mapping[Counted, LazyString] = {
    Counted.ELIGIBLE: _("As a share of those eligible"),
    Counted.REGISTERED: _("As a share of those registered"),
    Counted.RECOGNISED: _("As a share of those recognised"),
    Counted.WITH_DIGITAL_SKILLS: _("As a share of those with digital skills"),
}
"""A share, by its denominator."""

CUTS: Mapping[Cut, LazyString] = {
    Cut.REPORTS: _("By accepted report"),
    Cut.AGENCIES: _("By agency"),
    Cut.UNITS: _("By unit"),
    Cut.DECISIONS: _("By decision"),
    Cut.KINDS: _("By kind of agency"),
    Cut.GROUPS: _("By group"),
    Cut.STATES: _("By how far people have come"),
}

KINDS = boards.KINDS

GAPS: Mapping[Gap, LazyString] = {
    Gap.NO_DECISION: _("No decision on file"),
    Gap.NOT_COUNTED_YET: _("Changed since the figure was computed"),
    Gap.COUNTED_ELSEWHERE: _("Taken off above: counted at another agency"),
    Gap.DOES_NOT_ADD_UP: _("Does not add up: the figure and the decisions differ"),
}

OUTCOMES: Mapping[Outcome, LazyString] = {
    Outcome.RECOGNISED: _("recognised by a decision"),
    Outcome.NOT_RECOGNISED: _("not recognised by a decision"),
}


def list_kinds(kinds: Collection[TenantKind]) -> str:
    """Name the kinds of agencies that a figure is narrowed to."""
    return ", ".join(str(KINDS[kind]) for kind in TenantKind if kind in kinds)


def describe_stand(stand: Stand) -> str:
    """Say how far people have come, and with what outcome."""
    outcome = OUTCOMES.get(stand.outcome) if stand.outcome else None
    return f"{STATES[stand.state]}, {outcome}" if outcome else str(STATES[stand.state])
