"""What may be refused, and by which rule; pages turn each rule into a sentence and an advice."""

from enum import StrEnum


class Rule(StrEnum):
    """The rule that an act ran into. Every member has words in both languages in ``app.labels``."""

    ACCOUNT_HAS_ROLE_ELSEWHERE = "account-has-role-elsewhere"
    ACCOUNT_NAME_TAKEN = "account-name-taken"
    ACCOUNT_NOT_OF_PERSON = "account-not-of-person"
    ACT_OUT_OF_ORDER = "act-out-of-order"
    AGREED_SCORE_NEEDS_REASON = "agreed-score-needs-reason"
    ALREADY_OPENED_BY_TEAM = "already-opened-by-team"
    ALREADY_APPEALED = "already-appealed"
    ALREADY_DECIDED = "already-decided"
    ALREADY_ON_LIST = "already-on-list"
    ALREADY_PUBLISHED = "already-published"
    ALREADY_SUBMITTED_TO_HEAD = "already-submitted-to-head"
    APPEAL_NEEDS_OTHERS = "appeal-needs-others"
    APPEAL_NOT_OFFERED = "appeal-not-offered"
    APPRAISAL_HAS_BEGUN = "appraisal-has-begun"
    ASK_FOR_INVITATION = "ask-for-invitation"
    CONFIRMATION_COMES_FIRST = "confirmation-comes-first"
    CONSENT_NEEDED = "consent-needed"
    CRITERIA_DRAFT_OPEN = "criteria-draft-open"
    CRITERIA_INCOMPLETE = "criteria-incomplete"
    CRITERIA_MADE_AT_TOP = "criteria-made-at-top"
    CRITERIA_NOT_APPLICABLE = "criteria-not-applicable"
    CRITERIA_UNCHANGED = "criteria-unchanged"
    CYCLE_NOT_OPEN = "cycle-not-open"
    DAY_NOT_COME = "day-not-come"
    DAY_NOT_IN_CALENDAR = "day-not-in-calendar"
    DEADLINE_LATER_THAN_PARENT = "deadline-later-than-parent"
    DEADLINE_PASSED = "deadline-passed"
    DATA_RESTRICTED = "data-restricted"
    DECISION_DATE_IN_FUTURE = "decision-date-in-future"
    DECISION_NUMBER_TAKEN = "decision-number-taken"
    DELEGATION_NEEDS_DOCUMENT = "delegation-needs-document"
    DELEGATION_NEEDS_LAST_DAY = "delegation-needs-last-day"
    DELEGATION_OF_HEAD_ONLY = "delegation-of-head-only"
    DOSSIER_HAS_BEGUN = "dossier-has-begun"
    ERASED_ALREADY = "erased-already"
    ERASURE_KEPT_BY_DECISION = "erasure-kept-by-decision"
    ERASURE_WAITS_FOR_LIST = "erasure-waits-for-list"
    EVIDENCE_NEEDED = "evidence-needed"
    EVIDENCE_TOO_LONG = "evidence-too-long"
    FACTOR_NEEDED = "factor-needed"
    HEAD_DECIDED_ONE_LEVEL_UP = "head-decided-one-level-up"
    INDICATOR_NOT_RETURNED = "indicator-not-returned"
    INSPECTION_ANSWERED = "inspection-answered"
    INSPECTION_NAMES_NO_LINE = "inspection-names-no-line"
    INSPECTION_OVER = "inspection-over"
    INSPECTION_TOO_LONG = "inspection-too-long"
    LAST_ADMINISTRATOR = "last-administrator"
    LENT_FROM_ABOVE_ONLY = "lent-from-above-only"
    LINE_UNDECIDED = "line-undecided"
    LIST_ALL_STRUCK = "list-all-struck"
    LIST_EMPTY = "list-empty"
    LIST_CHANGED_AFTER_SEAL = "list-changed-after-seal"
    LIST_NOT_SUBMITTED = "list-not-submitted"
    LOAN_NEEDS_LAST_DAY = "loan-needs-last-day"
    NO_BASIS = "no-basis"
    NOTHING_TO_INHERIT = "nothing-to-inherit"
    LOOSER_THAN_PARENT = "looser-than-parent"
    MEMBERS_DIFFER = "members-differ"
    NOT_YOUR_UNIT = "not-your-unit"
    PAPER_NOT_MADE = "paper-not-made"
    PASSKEY_NOT_ACCEPTED = "passkey-not-accepted"
    PASSWORD_COMMON = "password-common"  # noqa: S105  (the name of a rule)
    PASSWORD_GUESSABLE = "password-guessable"  # noqa: S105  (the name of a rule)
    PASSWORD_TOO_LONG = "password-too-long"  # noqa: S105  (the name of a rule)
    PASSWORD_TOO_SHORT = "password-too-short"  # noqa: S105  (the name of a rule)
    PASSWORD_WRONG = "password-wrong"  # noqa: S105  (the name of a rule)
    PERMISSION_NEEDED = "permission-needed"
    PERSON_ALREADY_ASSESSED_HERE = "person-already-assessed-here"
    PERSON_ALREADY_LISTED = "person-already-listed"
    PROPOSER_DECIDES = "proposer-decides"
    PROPOSES_OWN_DOSSIER = "proposes-own-dossier"
    QUORUM_NOT_REACHED = "quorum-not-reached"
    REASON_NEEDED = "reason-needed"
    REFUSAL_NEEDS_REASON = "refusal-needs-reason"
    REGISTRATION_NOT_OPEN_YET = "registration-not-open-yet"
    RETURN_NEEDS_INDICATORS = "return-needs-indicators"
    ROLE_ALREADY_HELD = "role-already-held"
    ROLE_DATES_OUT_OF_ORDER = "role-dates-out-of-order"
    ROLE_GIVEN_TO_ONESELF = "role-given-to-oneself"
    ROLE_NEEDS_UNIT = "role-needs-unit"
    SCORES_INCOMPLETE = "scores-incomplete"
    SCORE_NOT_ON_SCALE = "score-not-on-scale"
    SELF_DEALING = "self-dealing"
    SIGNS_BEYOND_CAPACITY = "signs-beyond-capacity"
    REQUEST_ALREADY_EXTENDED = "request-already-extended"
    REQUEST_SETTLED = "request-settled"
    STALE_SCREEN = "stale-screen"
    TARGET_OF_OTHERS = "target-of-others"
    TARGET_TWICE = "target-twice"
    TRANSFER_ALREADY_PROPOSED = "transfer-already-proposed"
    TRANSFER_NOT_OPEN = "transfer-not-open"
    TITLE_NOT_EARNED = "title-not-earned"
    APPRAISER_DECIDES = "appraiser-decides"
    TOO_MANY_LOOK_UPS = "too-many-look-ups"
    TOO_MANY_NUMBERS_SHOWN = "too-many-numbers-shown"
    UNIT_IN_USE = "unit-in-use"
    UNIT_NAME_TAKEN = "unit-name-taken"
    UNKNOWN_GROUP = "unknown-group"
    VALUE_MISSING = "value-missing"
    VALUE_OUT_OF_RANGE = "value-out-of-range"
    VERIFICATION_INCOMPLETE = "verification-incomplete"
    VERIFIER_EDITED = "verifier-edited"


class MissingError(LookupError):
    """What was asked for is not there, or not in this agency: nobody may tell the two apart."""


class RefusedError(Exception):
    """An act that a rule forbids. Carries the rule and the facts, never prose.

    Facts are plain values (numbers, names, dates, lists of indicator numbers) that the labels
    put into a sentence in the reader's language.
    """

    def __init__(self, rule: Rule, **facts: object) -> None:
        super().__init__(f"{rule.value}: {facts}" if facts else rule.value)
        self.rule = rule
        self.facts = facts
