"""The rules of reports that are submitted upwards, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.domain.refusals import Rule
from app.labels.rule_text import RuleText


REPORT_RULES: Mapping[Rule, RuleText] = {
    Rule.CLOSING_BEFORE_DUE: RuleText(
        _("Reports are not closed on %(day)s: some are on time until %(due)s."),
        _("Name %(due)s or a later day."),
    ),
    Rule.CLOSING_IN_THE_PAST: RuleText(
        _("%(day)s has passed: every report would be closed before anybody is asked for it."),
        _("Name today or a later day."),
    ),
    Rule.CLOSING_NOT_LATER: RuleText(
        _("The reports are taken in until the end of %(day)s anyway; that is not made shorter."),
        _("Name a later day, or leave the closing as it is."),
    ),
    Rule.OWN_REPORT_FROZEN: RuleText(
        _("The report of this agency itself says “%(state)s”: what it holds stays as it is."),
        _("Wait until the agency above has ended its review, then correct your own report."),
    ),
    Rule.REPORT_BEGUN: RuleText(
        _("This agency has begun its report; it is not taken off the list with work under way."),
        _("Waive its report, with a reason: after that it may also be taken off the list."),
    ),
    Rule.REPORT_CLOSED: RuleText(
        _("“%(act)s”: this report is closed, and nothing is done with it any more."),
        _("Within 30 days the agency above can undo the closing, with a reason; ask it for that."),
    ),
    Rule.REPORT_CLOSED_FOR_GOOD: RuleText(
        _("This report was closed on %(closed)s; a closing is undone within %(days)s days."),
        _("Its figures are final. What became known later goes into the report of the next year."),
    ),
    Rule.REPORT_CLOSING_PASSED: RuleText(
        _("The reports of this year were closed; nothing is taken in any more."),
        _("Ask the agency above for an extension; with it, this page opens again."),
    ),
    Rule.REPORT_COUNTS_ABOVE: RuleText(
        _("A version of this report is accepted and counts, so there is nothing to waive."),
        _("Wait for the further version, or ask the agency for it; the accepted one counts."),
    ),
    Rule.REPORT_FIGURES_PENDING: RuleText(
        _("Some changes are not counted in these figures yet, so they cannot be frozen."),
        _("Wait some seconds and send the form again; counting goes on by itself."),
    ),
    Rule.REPORT_LIES_THERE: RuleText(
        _("This agency has handed in: what it signed is reviewed or counts already."),
        _("Return its report, or waive what is still missing; it stays on the list."),
    ),
    Rule.REPORT_LIST_NOT_FROZEN: RuleText(
        _("It has not been fixed yet who reports for this year, so the list cannot be changed."),
        _("Fix the list first, on the page of reports."),
    ),
    Rule.REPORT_LIST_SAYS_SO: RuleText(
        _("The list of expected reports says so already."),
        _("Open the page of reports again; somebody else may have changed the list."),
    ),
    Rule.REPORT_NEEDS_ITEMS: RuleText(
        _("A report is returned with the figures that have to be looked at again."),
        _("Name at least one figure or unit, each on a line of its own."),
    ),
    Rule.REPORT_NOT_AS_SIGNED: RuleText(
        _("What is kept of this version does not fit the fingerprint that was signed (%(hash)s…)."),
        _("Tell the operator of the system; use the printed report until it is cleared up."),
    ),
    Rule.REPORT_NOT_CORRECTED: RuleText(
        _("There is no correction to call off: a further version is signed, or none counts yet."),
        _("Sign and submit the report; until that version is accepted, the one before counts."),
    ),
    Rule.REPORT_NOT_WANTED: RuleText(
        _("This agency is not on the list of those whose report for %(year)s is expected."),
        _("Ask %(above)s, which keeps the list, to put the agency on it with a reason."),
    ),
    Rule.REPORT_OUT_OF_ORDER: RuleText(
        _("“%(act)s” takes a report that stands at: %(needed)s. This one stands at: %(state)s."),
        _("Open the report again; it shows what can be done now, and by whom."),
    ),
    Rule.REPORT_UNDER_REVIEW: RuleText(
        _("The agency above is reviewing this report: it is frozen until the review ends."),
        _("Ask the agency above to return the report, or to end the review."),
    ),
    Rule.REPORTS_ALREADY_EXPECTED: RuleText(
        _("Who is to report for %(year)s was fixed already, and stays as it is."),
        _("Put an agency on the list, or take one off it, on the page of its report."),
    ),
    Rule.REPORTS_OF_NO_YEAR: RuleText(
        _("The year %(year)s has not been opened here, so nobody can be asked to report for it."),
        _(
            "Let an officer or administrator of this agency open it first, on the page “Assessment"
            " years”; who reports is fixed as it opens."
        ),
    ),
    Rule.REVIEWS_OWN_REPORT: RuleText(
        _("Whoever drew a report up or signed it does not review it."),
        _("Ask another member of the association to review this report."),
    ),
    Rule.REVIEW_OF_SOMEBODY_ELSE: RuleText(
        _("%(name)s began this review, and nobody else ends it without a result."),
        _("Accept or return the report; or wait: at the end of %(day)s the review ends by itself."),
    ),
    Rule.SUSPENDED_NOT_EXPECTED: RuleText(
        _("This agency is suspended: it can hand in nothing, so nothing is expected of it."),
        _("Ask the operator of the system to let it work again, then put it on the list."),
    ),
}
"""The sentence and the advice of each."""
