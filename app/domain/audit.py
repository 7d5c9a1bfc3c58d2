"""The acts that an agency's record holds, beside the events of its dossiers."""

from enum import StrEnum


class Act(StrEnum):
    """Something worth a line in the record. Keep the list alphabetical."""

    ACCOUNT_INVITED = "account-invited"
    ACCOUNT_SIGNED_IN = "account-signed-in"
    ACCOUNT_SIGNED_OUT = "account-signed-out"
    CYCLE_CLOSED = "cycle-closed"
    CYCLE_OPENED = "cycle-opened"
    DEADLINE_SET = "deadline-set"
    DECISION_ANNULLED = "decision-annulled"
    DECISION_MADE = "decision-made"
    DECISION_PUBLISHED = "decision-published"
    DRAFT_ENTERED = "draft-entered"
    EXPORT_ASKED = "export-asked"
    FACTOR_ADDED = "factor-added"
    FACTOR_FAILED = "factor-failed"
    FACTOR_REMOVED = "factor-removed"
    FACTORS_RESET = "factors-reset"
    MEMBER_ADDED = "member-added"
    MEMBER_REMOVED = "member-removed"
    PERSON_ADDED = "person-added"
    PERSON_CHANGED = "person-changed"
    PERSON_REMOVED = "person-removed"
    PROPOSAL_SEALED = "proposal-sealed"
    PROPOSAL_SUBMITTED = "proposal-submitted"
    PROPOSAL_WITHDRAWN = "proposal-withdrawn"
    RECOVERY_CODES_MADE = "recovery-codes-made"
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
