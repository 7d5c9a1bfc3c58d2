"""The acts that an agency's record holds, beside the events of its dossiers."""

from enum import StrEnum

from app.domain.refusals import Rule


class Act(StrEnum):
    """Something worth a line in the record. Keep the list alphabetical."""

    ACCESS_REFUSED = "access-refused"
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_INVITED = "account-invited"
    ACCOUNT_SIGNED_IN = "account-signed-in"
    ACCOUNT_SIGNED_OUT = "account-signed-out"
    ADHOC_ANSWERED = "adhoc-answered"
    ADHOC_ASKED = "adhoc-asked"
    ADHOC_CLOSED = "adhoc-closed"
    ADHOC_CORRECTED = "adhoc-corrected"
    ADHOC_DISCARDED = "adhoc-discarded"
    ADHOC_DRAWN_UP = "adhoc-drawn-up"
    ADHOC_GIVEN_BACK = "adhoc-given-back"
    ADHOC_REDRAWN = "adhoc-redrawn"
    ADHOC_REMINDED = "adhoc-reminded"
    ADHOC_REMINDED_OF = "adhoc-reminded-of"
    ADHOC_RETURNED = "adhoc-returned"
    ADHOC_SENT = "adhoc-sent"
    CHAIN_BROKEN = "chain-broken"
    CRITERIA_DRAFT_CHANGED = "criteria-draft-changed"
    CRITERIA_DRAFT_DISCARDED = "criteria-draft-discarded"
    CRITERIA_DRAFT_IMPORTED = "criteria-draft-imported"
    CRITERIA_DRAFT_STARTED = "criteria-draft-started"
    CRITERIA_PUBLISHED = "criteria-published"
    CYCLE_CLOSED = "cycle-closed"
    CYCLE_OPENED = "cycle-opened"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    DATA_EXPORTED = "data-exported"
    DATA_REQUESTED = "data-requested"
    DATA_REQUEST_ANSWERED = "data-request-answered"
    DATA_REQUEST_SETTLED = "data-request-settled"
    DATA_RESTRICTED = "data-restricted"
    DATA_RESTRICTION_LIFTED = "data-restriction-lifted"
    DEADLINE_SET = "deadline-set"
    DECISION_ANNULLED = "decision-annulled"
    DECISION_MADE = "decision-made"
    DECISION_PUBLISHED = "decision-published"
    DIGITAL_SKILLS_STATED = "digital-skills-stated"
    DRAFT_ENTERED = "draft-entered"
    EXPORT_ASKED = "export-asked"
    EXTENSION_ASKED = "extension-asked"
    EXTENSION_DENIED = "extension-denied"
    EXTENSION_GRANTED = "extension-granted"
    EXTENSION_REFUSED = "extension-refused"
    EXTENSION_WITHDRAWN = "extension-withdrawn"
    FACTOR_ADDED = "factor-added"
    FACTOR_FAILED = "factor-failed"
    FACTOR_REMOVED = "factor-removed"
    FACTORS_RESET = "factors-reset"
    FIGURES_COMPARED = "figures-compared"
    FIGURES_REPAIRED = "figures-repaired"
    INSPECTION_ASKED = "inspection-asked"
    INSPECTION_GRANTED = "inspection-granted"
    INSPECTION_MADE = "inspection-made"
    INSPECTION_REFUSED = "inspection-refused"
    INSPECTION_REVOKED = "inspection-revoked"
    JOB_RETRIED = "job-retried"
    MEMBER_ADDED = "member-added"
    MEMBER_REMOVED = "member-removed"
    NUMBER_SHOWN = "number-shown"
    OFFICIAL_REPAIRED = "official-repaired"
    OVERLAPS_REPAIRED = "overlaps-repaired"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  (the name of an act)
    PERSON_ADDED = "person-added"
    PERSON_CHANGED = "person-changed"
    PERSON_ERASED = "person-erased"
    PERSON_REMOVED = "person-removed"
    PROPOSAL_SEALED = "proposal-sealed"
    PROPOSAL_SUBMITTED = "proposal-submitted"
    PROPOSAL_WITHDRAWN = "proposal-withdrawn"
    RECOVERY_CODES_MADE = "recovery-codes-made"
    REPORTS_CLOSING_MOVED = "reports-closing-moved"
    REPORTS_EXPECTED = "reports-expected"
    REPORT_ACCEPTED = "report-accepted"
    REPORT_CLOSED = "report-closed"
    REPORT_COMPILED = "report-compiled"
    REPORT_CORRECTED = "report-corrected"
    REPORT_EXPECTED_TOO = "report-expected-too"
    REPORT_EXTENDED = "report-extended"
    REPORT_NOT_EXPECTED = "report-not-expected"
    REPORT_RECALLED = "report-recalled"
    REPORT_RELEASED = "report-released"
    REPORT_REOPENED = "report-reopened"
    REPORT_RETURNED = "report-returned"
    REPORT_REVIEW_LAPSED = "report-review-lapsed"
    REPORT_REVIEWED = "report-reviewed"
    REPORT_SUBMITTED = "report-submitted"
    REPORT_UNCLOSED = "report-unclosed"
    REPORT_UNCORRECTED = "report-uncorrected"
    REPORT_UNWAIVED = "report-unwaived"
    REPORT_WAIVED = "report-waived"
    ROSTER_COPIED = "roster-copied"
    ROSTER_IMPORTED = "roster-imported"
    SESSIONS_ENDED = "sessions-ended"
    SETTING_CHANGED = "setting-changed"
    SETTING_CLEARED = "setting-cleared"
    TRANSFER_ACCEPTED = "transfer-accepted"
    TRANSFER_PROPOSED = "transfer-proposed"
    TRANSFER_REFUSED = "transfer-refused"
    TRANSFER_UNDONE = "transfer-undone"
    TRANSFER_WITHDRAWN = "transfer-withdrawn"
    UNIT_ADDED = "unit-added"
    UNIT_CHANGED = "unit-changed"


class Source(StrEnum):
    """The table in which an act stands. Both are appended to, and one chain holds them."""

    ACTS = "audit_event"
    EVENTS = "dossier_event"


class Shut(StrEnum):
    """Why a page did not open to somebody who has signed in."""

    NO_ROLE = "no-role"
    NOT_IN_ROLE = "not-in-role"
    FORGED = "forged"
    TOO_OFTEN = "too-often"


ON_RECORD = frozenset(
    {
        Rule.APPEAL_NEEDS_OTHERS,
        Rule.APPRAISER_DECIDES,
        Rule.HEAD_DECIDED_ONE_LEVEL_UP,
        Rule.NOT_YOUR_UNIT,
        Rule.PERMISSION_NEEDED,
        Rule.PROPOSER_DECIDES,
        Rule.PROPOSES_OWN_DOSSIER,
        Rule.REVIEWS_OWN_REPORT,
        Rule.ROLE_GIVEN_TO_ONESELF,
        Rule.SELF_DEALING,
        Rule.SIGNS_BEYOND_CAPACITY,
        Rule.VERIFIER_EDITED,
    }
)
"""Rules about who somebody is, not about what they typed: running into one is an act."""
