"""Tables. Importing this package registers them all."""

from app.persistence.models.account import Account, Identity, Invitation, Membership
from app.persistence.models.adhoc import AdhocDraft, AdhocFormer, AdhocLine, AdhocRequest
from app.persistence.models.audit import (
    AuditCheck,
    AuditDailyHead,
    AuditEvent,
    AuditHead,
    AuditLink,
    AuditUnlinked,
)
from app.persistence.models.catalogue import Commune, CommunePredecessor, Province
from app.persistence.models.criteria import CriteriaDraft, CriteriaRule, PublishedSet
from app.persistence.models.data_request import DataRequest, NumberUse
from app.persistence.models.dossier import Dossier, DossierEvent, Duty, Move, TeamScore
from app.persistence.models.export import Export
from app.persistence.models.factor import Passkey, RecoveryCode, TotpFactor
from app.persistence.models.inspection import Inspection
from app.persistence.models.key import CccdKey, KeyRotation
from app.persistence.models.outbox import OutboxLine
from app.persistence.models.periodic import Alarm, PeriodicRun
from app.persistence.models.person import Consent, Person, Unit
from app.persistence.models.proposal import Decision, DecisionItem, Proposal, ProposalItem
from app.persistence.models.report import (
    ClosingMove,
    ExpectedChange,
    ExpectedReport,
    ExtensionRequest,
    OfficialResult,
    Report,
    ReportEventRow,
    ReportExtension,
    ReportMember,
    ReportSnapshot,
)
from app.persistence.models.result import (
    AgencyOverlap,
    AgencyResult,
    DailyResult,
    Overlap,
    OverlapResult,
    ResultStatus,
    RollupMark,
    UnitResult,
)
from app.persistence.models.roster_import import RosterImport, RosterImportPart
from app.persistence.models.session import WebSession
from app.persistence.models.setting import Cycle, DeadlineRow, Setting
from app.persistence.models.tenant import Tenant, TenantClosure
from app.persistence.models.transfer import Transfer


__all__ = [
    "Account",
    "AdhocDraft",
    "AdhocFormer",
    "AdhocLine",
    "AdhocRequest",
    "AgencyOverlap",
    "AgencyResult",
    "Alarm",
    "AuditCheck",
    "AuditDailyHead",
    "AuditEvent",
    "AuditHead",
    "AuditLink",
    "AuditUnlinked",
    "CccdKey",
    "ClosingMove",
    "Commune",
    "CommunePredecessor",
    "Consent",
    "CriteriaDraft",
    "CriteriaRule",
    "Cycle",
    "DailyResult",
    "DataRequest",
    "DeadlineRow",
    "Decision",
    "DecisionItem",
    "Dossier",
    "DossierEvent",
    "Duty",
    "ExpectedChange",
    "ExpectedReport",
    "Export",
    "ExtensionRequest",
    "Identity",
    "Inspection",
    "Invitation",
    "KeyRotation",
    "Membership",
    "Move",
    "NumberUse",
    "OfficialResult",
    "OutboxLine",
    "Overlap",
    "OverlapResult",
    "Passkey",
    "PeriodicRun",
    "Person",
    "Proposal",
    "ProposalItem",
    "Province",
    "PublishedSet",
    "RecoveryCode",
    "Report",
    "ReportEventRow",
    "ReportExtension",
    "ReportMember",
    "ReportSnapshot",
    "ResultStatus",
    "RollupMark",
    "RosterImport",
    "RosterImportPart",
    "Setting",
    "TeamScore",
    "Tenant",
    "TenantClosure",
    "TotpFactor",
    "Transfer",
    "Unit",
    "UnitResult",
    "WebSession",
]
