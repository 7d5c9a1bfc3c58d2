"""The rules about who may judge whom, and sign in what right, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.domain.refusals import Rule
from app.labels.rule_text import RuleText


DUTY_RULES: Mapping[Rule, RuleText] = {
    Rule.ACCOUNT_NOT_FOUND: RuleText(
        _("There is no account with this sign-in name that could take this role here."),
        _(
            "Check the name. Somebody on the team is from this agency, on its roster, or borrowed"
            " from an agency above until a day."
        ),
    ),
    Rule.APPRAISER_DECIDES: RuleText(
        _("Whoever appraised a dossier may not decide on it."),
        _("Another person has to sign, by a dated delegation."),
    ),
    Rule.DELEGATION_NEEDS_DOCUMENT: RuleText(
        _("Signing %(capacity)s rests on a document, and none is named."),
        _("Enter its number, its date and who signed it."),
    ),
    Rule.DELEGATION_NEEDS_LAST_DAY: RuleText(
        _("An authorisation to sign ends on a day, and none is given."),
        _("Enter the last day of the authorisation."),
    ),
    Rule.DELEGATION_OF_HEAD_ONLY: RuleText(
        _("Only the head's own work is done by delegation."),
        _("Choose the role of the head, or take the right to sign away."),
    ),
    Rule.HEAD_DECIDED_ONE_LEVEL_UP: RuleText(
        _("The dossier of the head of the agency is decided one level up, and only that one."),
        _("Put it on a list of its own, addressed to the level above."),
    ),
    Rule.LENT_FROM_ABOVE_ONLY: RuleText(
        _("This account works in another agency, and not in one above this one."),
        _("Borrow somebody from an agency above, or put the person on the roster here first."),
    ),
    Rule.LOAN_NEEDS_LAST_DAY: RuleText(
        _("Whoever is borrowed for the team is borrowed until a day, and none is given."),
        _("Enter the last day of the loan."),
    ),
    Rule.PROPOSER_DECIDES: RuleText(
        _("Whoever put a dossier on a list may not decide on it."),
        _("Another person has to sign, by a dated delegation."),
    ),
    Rule.ROLE_GIVEN_TO_ONESELF: RuleText(
        _("Nobody gives himself a role that appraises or decides."),
        _("Another administrator of the agency has to give it, or the operator of the system."),
    ),
    Rule.SELF_DEALING: RuleText(
        _("Nobody may do this on a dossier of their own."),
        _("Another person with the same role has to do it."),
    ),
    Rule.SIGNS_BEYOND_CAPACITY: RuleText(
        _("You may not sign in this right: %(prefix)s."),
        _("Choose the line that says in what right you sign."),
    ),
}
