"""Who may do what. Roles hold permissions; nothing else grants anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.refusals import RefusedError, Rule
from app.domain.tenants import TenantKey


class Permission(StrEnum):
    """A right to act, written ``<resource>:<action>``. Keep the list alphabetical."""

    ADHOC_ANSWER = "adhoc:answer"
    ADHOC_ASK = "adhoc:ask"
    APPRAISAL_AGREE = "appraisal:agree"
    APPRAISAL_RETURN = "appraisal:return"
    APPRAISAL_SCORE = "appraisal:score"
    AUDIT_READ = "audit:read"
    BOARD_READ = "board:read"
    CCCD_UNMASK = "cccd:unmask"
    CYCLE_MANAGE = "cycle:manage"
    DATA_MANAGE = "data:manage"
    DECISION_MAKE = "decision:make"
    DECISION_PUBLISH = "decision:publish"
    DECISION_READ = "decision:read"
    DOSSIER_CONFIRM = "dossier:confirm"
    DOSSIER_ENTER = "dossier:enter"
    DOSSIER_OWN = "dossier:own"
    DOSSIER_READ = "dossier:read"
    EXPORT_RUN = "export:run"
    INSPECTION_ASK = "inspection:ask"
    INSPECTION_GRANT = "inspection:grant"
    JOB_MANAGE = "job:manage"
    MEMBER_MANAGE = "member:manage"
    PROPOSAL_READ = "proposal:read"
    PROPOSAL_SEAL = "proposal:seal"
    PROPOSAL_SUBMIT = "proposal:submit"
    REPORT_COMPILE = "report:compile"
    REPORT_READ = "report:read"
    REPORT_REVIEW = "report:review"
    REPORT_SUBMIT = "report:submit"
    ROSTER_EDIT = "roster:edit"
    ROSTER_READ = "roster:read"
    SETTINGS_EDIT = "settings:edit"
    SETTINGS_READ = "settings:read"


class Role(StrEnum):
    """A person's standing within one agency. One person may hold several."""

    CITIZEN = "citizen"
    OFFICER = "officer"
    UNIT_HEAD = "unit_head"
    APPRAISER = "appraiser"
    SECRETARY = "secretary"
    CHAIR = "chair"
    HEAD = "head"
    SUPERIOR = "superior"
    TENANT_ADMIN = "tenant_admin"
    ASSOCIATION = "association"


_READS = frozenset(
    {
        Permission.BOARD_READ,
        Permission.DECISION_READ,
        Permission.DOSSIER_READ,
        Permission.PROPOSAL_READ,
        Permission.ROSTER_READ,
        Permission.SETTINGS_READ,
    }
)
_AGREES = frozenset(
    {
        Permission.APPRAISAL_AGREE,
        Permission.APPRAISAL_RETURN,
        Permission.APPRAISAL_SCORE,
        Permission.PROPOSAL_SEAL,
        Permission.PROPOSAL_SUBMIT,
    }
)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.CITIZEN: frozenset({Permission.DOSSIER_OWN}),
    Role.OFFICER: _READS
    | {
        Permission.ADHOC_ANSWER,
        Permission.CCCD_UNMASK,
        Permission.CYCLE_MANAGE,
        Permission.DATA_MANAGE,
        Permission.DECISION_PUBLISH,
        Permission.DOSSIER_ENTER,
        Permission.EXPORT_RUN,
        Permission.REPORT_COMPILE,
        Permission.REPORT_READ,
        Permission.REPORT_SUBMIT,
        Permission.ROSTER_EDIT,
    },
    Role.UNIT_HEAD: frozenset(
        {
            Permission.BOARD_READ,
            Permission.DOSSIER_CONFIRM,
            Permission.DOSSIER_READ,
            Permission.ROSTER_READ,
        }
    ),
    Role.APPRAISER: _READS | {Permission.APPRAISAL_SCORE},
    Role.SECRETARY: _READS | _AGREES | {Permission.EXPORT_RUN},
    Role.CHAIR: _READS | _AGREES,
    Role.HEAD: _READS
    | {
        Permission.ADHOC_ANSWER,
        Permission.AUDIT_READ,
        Permission.DECISION_MAKE,
        Permission.INSPECTION_GRANT,
        Permission.REPORT_READ,
        Permission.REPORT_SUBMIT,
    },
    Role.SUPERIOR: frozenset(
        {
            Permission.DECISION_MAKE,
            Permission.DECISION_READ,
            Permission.DOSSIER_READ,
            Permission.PROPOSAL_READ,
        }
    ),
    Role.TENANT_ADMIN: _READS
    | {
        Permission.ADHOC_ANSWER,
        Permission.AUDIT_READ,
        Permission.CCCD_UNMASK,
        Permission.CYCLE_MANAGE,
        Permission.DATA_MANAGE,
        Permission.EXPORT_RUN,
        Permission.INSPECTION_GRANT,
        Permission.JOB_MANAGE,
        Permission.MEMBER_MANAGE,
        Permission.REPORT_READ,
        Permission.ROSTER_EDIT,
        Permission.SETTINGS_EDIT,
    },
    Role.ASSOCIATION: frozenset(
        {
            Permission.ADHOC_ASK,
            Permission.AUDIT_READ,
            Permission.BOARD_READ,
            Permission.EXPORT_RUN,
            Permission.INSPECTION_ASK,
            Permission.JOB_MANAGE,
            Permission.REPORT_READ,
            Permission.REPORT_REVIEW,
            Permission.SETTINGS_READ,
        }
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody at work in one agency.

    ``identity_id`` is the human being: one human may have several accounts, and separation of
    duties compares humans. ``person_id`` is their own entry in this agency's roster, if any;
    ``unit_ids`` the units that they head; ``capacities`` in what rights they decide ("KT."),
    empty for the head himself; ``session_id`` where they are signed in as they act.
    """

    account_id: UUID
    identity_id: UUID
    name: str
    tenant: TenantKey
    roles: frozenset[Role]
    person_id: UUID | None = None
    unit_ids: frozenset[UUID] = frozenset()
    capacities: frozenset[str] = frozenset({""})
    session_id: UUID | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this person's roles allow, taken together."""
        return frozenset[Permission]().union(*(GRANTS[role] for role in self.roles))

    def may(self, permission: Permission) -> bool:
        """Tell whether one of the roles holds ``permission``."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise ``RefusedError`` unless one of the roles holds ``permission``."""
        if not self.may(permission):
            raise RefusedError(Rule.PERMISSION_NEEDED, permission=permission)
