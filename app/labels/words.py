"""Names of states, roles and the other words of the domain."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.alarms import AlarmKind
from app.domain.appraisals import Doubt, Queue
from app.domain.consent import LegalBasis, Purpose
from app.domain.data_requests import RequestChannel, RequestKind, RequestState
from app.domain.decisions import Addressee, ProposalState
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Event, Outcome, State
from app.domain.exports import ExportKind, ExportState
from app.domain.factors import FactorAsked
from app.domain.inspections import InspectionState
from app.domain.members import Capacity
from app.domain.outbox import Kind, LineState, Wait
from app.domain.overlaps import CountedFirst
from app.domain.people import ConsentChannel, Origin
from app.domain.periodic import Periodic, RunOutcome
from app.domain.permissions import Role
from app.domain.proposals import Obstacle
from app.domain.results import Figure
from app.domain.settings import SettingName
from app.domain.transfers import TransferState
from tenants.schema import (
    DeadlineKind,
    DeadlineRule,
    Denominator,
    TargetName,
    TenantKind,
    UnitKind,
)


STATES: Mapping[State, LazyString] = {
    State.LISTED: _("Not yet registered"),
    State.REGISTERED: _("Registered"),
    State.SUBMITTED: _("Submitted"),
    State.CONFIRMED: _("Confirmed by the unit"),
    State.IN_APPRAISAL: _("In appraisal"),
    State.RETURNED: _("Returned to be completed"),
    State.APPRAISED: _("Appraised"),
    State.PROPOSED: _("Proposed"),
    State.DECIDED: _("Decided"),
    State.PUBLISHED: _("Published"),
    State.APPEALED: _("Under appeal"),
    State.WITHDRAWN: _("Withdrawn"),
    State.TRANSFERRED: _("Transferred"),
}

EVENTS: Mapping[Event, LazyString] = {
    Event.REGISTER: _("registered"),
    Event.UNREGISTER: _("took the registration back"),
    Event.SUBMIT: _("submitted the dossier"),
    Event.RECALL: _("took the dossier back"),
    Event.CONFIRM: _("confirmed the dossier"),
    Event.UNCONFIRM: _("took the confirmation back"),
    Event.SCORE: _("scored the dossier"),
    Event.RETURN: _("returned the dossier"),
    Event.UNRETURN: _("took the return back"),
    Event.AGREE: _("closed the appraisal with agreed scores"),
    Event.REOPEN: _("opened the appraisal again"),
    Event.PROPOSE: _("put the dossier on a list"),
    Event.UNPROPOSE: _("took the dossier off the list"),
    Event.DECIDE: _("decided"),
    Event.ANNUL: _("annulled the decision"),
    Event.PUBLISH: _("published the decision"),
    Event.APPEAL: _("appealed"),
    Event.UPHOLD: _("upheld the decision"),
    Event.CORRECT: _("corrected the decision"),
    Event.WITHDRAW: _("withdrew"),
    Event.TRANSFER: _("moved the dossier to another agency"),
    Event.UNTRANSFER: _("brought the dossier back from another agency"),
}

INSPECTIONS: Mapping[InspectionState, LazyString] = {
    InspectionState.ASKED: _("Waiting for an answer"),
    InspectionState.GRANTED: _("Open"),
    InspectionState.REFUSED: _("Refused"),
    InspectionState.REVOKED: _("Ended by the agency"),
}
TRANSFERS: Mapping[TransferState, LazyString] = {
    TransferState.PROPOSED: _("Waiting for an answer"),
    TransferState.ACCEPTED: _("Accepted"),
    TransferState.REFUSED: _("Refused"),
    TransferState.WITHDRAWN: _("Taken back"),
    TransferState.LAPSED: _("Lapsed: the dossier has gone on"),
    TransferState.UNDONE: _("Undone"),
}

OUTCOMES: Mapping[Outcome, LazyString] = {
    Outcome.RECOGNISED: _("Recognised"),
    Outcome.NOT_RECOGNISED: _("Not recognised"),
}

ROLES: Mapping[Role, LazyString] = {
    Role.CITIZEN: _("Citizen or staff member"),
    Role.OFFICER: _("Officer"),
    Role.UNIT_HEAD: _("Head of unit"),
    Role.APPRAISER: _("Member of the appraisal team"),
    Role.SECRETARY: _("Secretary of the appraisal team"),
    Role.CHAIR: _("Chair of the appraisal team"),
    Role.HEAD: _("Head of the agency"),
    Role.SUPERIOR: _("Decides one level up"),
    Role.TENANT_ADMIN: _("Administrator of the agency"),
    Role.ASSOCIATION: _("Provincial association"),
}

CAPACITIES: Mapping[Capacity, LazyString] = {
    Capacity.HEAD: _("The head"),
    Capacity.DEPUTY: _("Deputy, for the head (KT.)"),
    Capacity.BY_ORDER: _("By order of the head (TL.)"),
    Capacity.BY_AUTHORISATION: _("Authorised by the head (TUQ.)"),
}

FIGURES: Mapping[Figure, LazyString] = {
    Figure.ELIGIBLE: _("Eligible"),
    Figure.REGISTERED: _("Registered people"),
    Figure.SELF_ASSESSED: _("Self-assessed"),
    Figure.APPRAISED: _("Appraised people"),
    Figure.RECOGNISED: _("Recognised people"),
    Figure.OUTSTANDING: _("Outstanding"),
}

TENANT_KINDS: Mapping[TenantKind, LazyString] = {
    TenantKind.ASSOCIATION: _("Association for Promoting Education"),
    TenantKind.PROVINCE: _("People's Committee of the province"),
    TenantKind.DEPARTMENT: _("Department"),
    TenantKind.COMMUNE: _("Commune"),
    TenantKind.ORGANISATION: _("Organisation"),
}

UNIT_KINDS: Mapping[UnitKind, LazyString] = {
    UnitKind.OFFICE: _("Office"),
    UnitKind.DIVISION: _("Division"),
    UnitKind.SUBORDINATE: _("Subordinate unit"),
    UnitKind.VILLAGE: _("Village"),
    UnitKind.RESIDENTIAL_GROUP: _("Residential group"),
}

DEADLINES: Mapping[DeadlineKind, LazyString] = {
    DeadlineKind.REGISTRATION: _("Registration"),
    DeadlineKind.SELF_ASSESSMENT: _("Self-assessment"),
    DeadlineKind.COMPLETION: _("Completion inside the agency"),
    DeadlineKind.REPORT: _("Results to the provincial association"),
}

DEADLINE_RULES: Mapping[DeadlineRule, LazyString] = {
    DeadlineRule.BEFORE: _("before the day"),
    DeadlineRule.BY: _("on the day at the latest"),
}

TARGETS: Mapping[TargetName, LazyString] = {
    TargetName.REGISTERED: _("People registered"),
    TargetName.RECOGNISED_ADULTS: _("Adults recognised"),
    TargetName.RECOGNISED_STAFF: _("Staff recognised"),
    TargetName.DIGITAL_SKILLS: _("With digital skills"),
    TargetName.DIGITAL_FLUENCY: _("Digitally fluent"),
    TargetName.TRAINED_MEMBERS: _("Members of the association trained"),
}
"""What a target counts; of whom, ``DENOMINATORS`` says beside it."""

DENOMINATORS: Mapping[Denominator, LazyString] = {
    Denominator.MEMBERS: _("of the association's cadres and members"),
    Denominator.ELIGIBLE: _("of all eligible people"),
    Denominator.REGISTERED: _("of those registered"),
    Denominator.RECOGNISED: _("of those recognised"),
    Denominator.DIGITALLY_SKILLED: _("of those recognised who have digital skills"),
}

SETTINGS: Mapping[SettingName, LazyString] = {
    SettingName.APPEAL_DAYS: _("Days to appeal"),
    SettingName.CONFIRMATION: _("Heads of unit confirm dossiers"),
    SettingName.COUNTED_FIRST: _("Where people of two agencies are counted"),
    SettingName.CRITERIA: _("Criteria sets by group"),
    SettingName.LEGAL_BASES: _("Legal bases"),
    SettingName.PLACE: _("Place named in documents"),
    SettingName.PRINTED_NAME: _("Name as printed"),
    SettingName.QUORUM: _("Quorum of the appraisal team"),
    SettingName.SECOND_FACTOR: _("Second factor for signing in"),
    SettingName.SIGNER: _("Signer"),
    SettingName.SUPERIOR: _("Line above the name"),
    SettingName.TARGETS: _("Targets"),
}

FACTOR_ASKED: Mapping[FactorAsked, LazyString] = {
    FactorAsked.DECIDERS: _("Of those who decide, propose or manage"),
    FactorAsked.EVERYBODY: _("Of everybody"),
}

COUNTED_FIRST: Mapping[CountedFirst, LazyString] = {
    CountedFirst.WORKPLACE: _("At the workplace rather than at home"),
    CountedFirst.HOME: _("At home rather than at the workplace"),
}

ORIGINS: Mapping[Origin, LazyString] = {
    Origin.TYPED: _("Typed in"),
    Origin.COPIED: _("Copied from last year"),
    Origin.IMPORTED: _("From an Excel list"),
    Origin.SELF_REGISTERED: _("Registered by themselves"),
    Origin.TRANSFERRED: _("Came from another agency"),
}

LEGAL_BASES: Mapping[LegalBasis, LazyString] = {
    LegalBasis.CONSENT: _("Consent"),
    LegalBasis.EMPLOYMENT: _("Employment"),
    LegalBasis.LAW: _("A duty by law"),
}

PURPOSES: Mapping[Purpose, LazyString] = {
    Purpose.ASSESSMENT: _("Assessment and recognition as a Learning Citizen"),
}

REQUEST_KINDS: Mapping[RequestKind, LazyString] = {
    RequestKind.ACCESS: _("See the data"),
    RequestKind.EXPORT: _("Receive a copy of the data"),
    RequestKind.CORRECT: _("Correct the data"),
    RequestKind.RESTRICT: _("Restrict the processing"),
    RequestKind.OBJECT: _("Object to the processing"),
    RequestKind.ERASE: _("Erase the data"),
    RequestKind.WITHDRAW_CONSENT: _("Take the consent back"),
}

REQUEST_CHANNELS: Mapping[RequestChannel, LazyString] = {
    RequestChannel.ONLINE: _("On this site"),
    RequestChannel.PAPER: _("In writing"),
    RequestChannel.SPOKEN: _("In person, at the office"),
}

REQUEST_STATES: Mapping[RequestState, LazyString] = {
    RequestState.RECEIVED: _("To be answered"),
    RequestState.ACCEPTED: _("Accepted, to be done"),
    RequestState.DONE: _("Data request done"),
    RequestState.REFUSED: _("Data request refused"),
}

CONSENT_CHANNELS: Mapping[ConsentChannel, LazyString] = {
    ConsentChannel.ONLINE: _("On this page"),
    ConsentChannel.PAPER_FORM: _("On a signed paper form"),
    ConsentChannel.SPOKEN: _("By word of mouth, before the officer"),
    ConsentChannel.EMPLOYMENT: _("As a member of staff"),
}

PROPOSAL_STATES: Mapping[ProposalState, LazyString] = {
    ProposalState.SEALED: _("Sealed"),
    ProposalState.SUBMITTED: _("Put before the head"),
    ProposalState.DECIDED: _("Decided upon"),
    ProposalState.WITHDRAWN: _("Taken back"),
}

OBSTACLES: Mapping[Obstacle, LazyString] = {
    Obstacle.ALREADY_DECIDED: _("already decided upon"),
    Obstacle.ALREADY_ON_LIST: _("already on a list"),
    Obstacle.LEFT: _("no longer in this year's assessment here"),
    Obstacle.NOT_APPRAISED: _("not appraised yet"),
    Obstacle.NOT_THE_HEAD: _("decided by the head of the agency, not by the level above"),
    Obstacle.ONE_LEVEL_UP: _("heads the agency: goes on a list to the level above"),
    Obstacle.OWN_DOSSIER: _("your own dossier: another member of the team has to propose it"),
}

ADDRESSEES: Mapping[Addressee, LazyString] = {
    Addressee.HEAD: _("The head of the agency"),
    Addressee.SUPERIOR: _("The level above"),
}

EXPORT_KINDS: Mapping[ExportKind, LazyString] = {
    ExportKind.PROVINCE_RESULTS: _("Results of the province"),
}

EXPORT_STATES: Mapping[ExportState, LazyString] = {
    ExportState.QUEUED: _("Waiting"),
    ExportState.RUNNING: _("Being written"),
    ExportState.READY: _("Ready"),
    ExportState.FAILED: _("Failed"),
}

DIGITAL_SKILLS: Mapping[DigitalSkill, LazyString] = {
    DigitalSkill.UNSTATED: _("Not stated"),
    DigitalSkill.NO: _("No"),
    DigitalSkill.SKILLED: _("Yes; whether fluent is not stated"),
    DigitalSkill.NOT_FLUENT: _("Yes, but not fluent"),
    DigitalSkill.FLUENT: _("Yes, and fluent"),
}

QUEUES: Mapping[Queue, LazyString] = {
    Queue.TO_SCORE: _("To score"),
    Queue.TO_AGREE: _("To agree"),
    Queue.WAITING: _("Waiting for other members"),
    Queue.RETURNED: _("Returned to be completed"),
    Queue.AGREED: _("Agreed"),
}

DOUBTS: Mapping[Doubt, LazyString] = {
    Doubt.LOW_INDICATOR: _("An indicator below the floor"),
    Doubt.LOW_TOTAL: _("Total below the pass mark"),
    Doubt.NO_EVIDENCE: _("No evidence"),
    Doubt.LARGE_JUMP: _("Far above last year"),
}

JOBS: Mapping[Kind, LazyString] = {
    Kind.EXPORT: _("Writing a workbook"),
    Kind.FIGURES: _("Counting the figures of %(year)s again"),
    Kind.KEYS: _("Sealing personal numbers with a new key"),
    Kind.LIST_CHECK: _("Checking an uploaded list"),
    Kind.LIST_IMPORT: _("Bringing an uploaded list onto the roster"),
}

JOB_STATES: Mapping[LineState, LazyString] = {
    LineState.WAITING: _("Waiting"),
    LineState.SENT: _("Waiting"),
    LineState.RUNNING: _("Under way"),
    LineState.DONE: _("Done"),
    LineState.PARKED: _("Given up"),
}

JOB_WAITS: Mapping[Wait, LazyString] = {
    Wait.CALL: _("It will be begun in a moment."),
    Wait.PAUSE: _("The last try failed; it is tried again by itself at %(moment)s."),
    Wait.TURN: _("It waits for other work of your agency to be done."),
    Wait.WORKER: _("It waits for a program that is free."),
}

NIGHTS: Mapping[Periodic, LazyString] = {
    Periodic.PURGE: _("What is kept for a time only is deleted"),
    Periodic.RECONCILE: _("All figures are held against the dossiers"),
    Periodic.RELEASE_REVIEWS: _("Reviews of reports that nobody ended in time are ended"),
    Periodic.VERIFY_CHAINS: _("The records of acts are followed"),
}

NIGHT_OUTCOMES: Mapping[RunOutcome, LazyString] = {
    RunOutcome.FIRST: _("begins tonight"),
    RunOutcome.RUNNING: _("under way"),
    RunOutcome.DONE: _("done"),
    RunOutcome.FAILED: _("failed; the operator is told"),
    RunOutcome.MISSED: _("missed"),
}

ALARMS: Mapping[AlarmKind, LazyString] = {
    AlarmKind.CHAIN_BROKEN: _("The record of acts was touched in %(found)s places."),
    AlarmKind.FIGURES_REPAIRED: _(
        "Figures of %(year)s differed from the dossiers in %(found)s places: they are computed"
        " again."
    ),
    AlarmKind.OFFICIAL_REPAIRED: _(
        "Official figures of %(year)s differed from the accepted reports in %(found)s places: they"
        " are counted again."
    ),
    AlarmKind.OVERLAPS_REPAIRED: _(
        "In %(found)s places people of two agencies were not counted once in %(year)s: they are"
        " counted again."
    ),
}
