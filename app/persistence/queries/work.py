"""One question: what waits for somebody in the agency in scope."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.domain.adhoc import OPEN_TO_ANSWER
from app.domain.decisions import Addressee, ProposalState
from app.domain.dossiers import State
from app.domain.extensions import RequestState
from app.domain.permissions import Actor, Role
from app.domain.reports import TO_REVIEW, UNSENT
from app.domain.roster import ImportState
from app.domain.settings import SettingName
from app.domain.transfers import TransferState
from app.domain.work import NEEDED, Task, Work
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import (
    AdhocLine,
    Cycle,
    Decision,
    Dossier,
    ExpectedReport,
    ExtensionRequest,
    Proposal,
    Report,
    ResultStatus,
    RosterImport,
    Setting,
    TeamScore,
    Tenant,
    TenantClosure,
    Transfer,
)
from app.persistence.queries.expected_reports import is_listed
from app.persistence.queries.rules import DEFAULT_QUORUM
from app.persistence.tenancy import tenant_in_scope


_TO_WRITE = (State.LISTED, State.REGISTERED, State.RETURNED)


def work_of(actor: Actor) -> Work:
    """Count what waits for ``actor`` in the newest open year, in a single statement.

    The menu of every page asks this, so the settings that decide are read inside the statement.
    """
    wanted = tuple(task for task in _COUNTS if actor.may(NEEDED[task]))
    year, own, completed_at, *counts = db.session.execute(_asked(wanted), _values(actor)).one()
    return Work(
        year=year,
        own_state=State(own) if own else None,
        completed_at=completed_at,
        counts={task: count for task, count in zip(wanted, counts, strict=True) if count},
    )


@cache
def _asked(wanted: tuple[Task, ...]) -> Select[*tuple[Any, ...]]:
    """Write the statement for whoever may do these tasks: it is long, and every page sends it."""
    return select(
        _year().label("year"),
        _own_state().label("own_state"),
        _completed_at().label("completed_at"),
        *(_COUNTS[task]().label(task.value) for task in wanted),
    )


_ACCOUNT: BindParameter[UUID] = bindparam("account")
_PERSON: BindParameter[UUID] = bindparam("person")
_HUMAN: BindParameter[UUID] = bindparam("human")
_AGENCY: BindParameter[UUID] = bindparam("agency")
_TODAY: BindParameter[date] = bindparam("today")
_UNITS: BindParameter[Any] = bindparam("units", expanding=True)
_ADDRESSEES: BindParameter[Any] = bindparam("addressees", expanding=True)


def _values(actor: Actor) -> dict[str, Any]:
    return {
        "account": actor.account_id,
        "person": actor.person_id,
        "human": actor.identity_id,
        "agency": tenant_in_scope().tenant_id,
        "today": today(),
        "units": tuple(actor.unit_ids),
        "addressees": [one for role, one in _ADDRESSED.items() if role in actor.roles],
    }


_ADDRESSED = {Role.HEAD: Addressee.HEAD, Role.SUPERIOR: Addressee.SUPERIOR}


def _year() -> ScalarSelect[int]:
    return (
        select(func.max(Cycle.year))
        .where(Cycle.tenant_id == _AGENCY, Cycle.closed_at.is_(None))
        .scalar_subquery()
    )


def _own_state() -> ScalarSelect[Any]:
    return (
        select(Dossier.state)
        .where(Dossier.person_id == _PERSON, Dossier.year == _year())
        .scalar_subquery()
    )


def _completed_at() -> ScalarSelect[Any]:
    return (
        select(ResultStatus.completed_at)
        .where(ResultStatus.tenant_id == _AGENCY, ResultStatus.year == _year())
        .scalar_subquery()
    )


def _count(entity: Any, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(entity).where(*conditions).scalar_subquery()


def _dossiers(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return _count(Dossier, Dossier.year == _year(), *conditions)


def _to_confirm() -> ScalarSelect[int]:
    return _dossiers(
        _is_confirmation_used(),
        Dossier.state == State.SUBMITTED,
        Dossier.unit_id.in_(_UNITS),
        Dossier.identity_id != _HUMAN,
    )


def _to_score() -> ScalarSelect[int]:
    # Not a count of mine for each dossier: this way PostgreSQL compares two sets once.
    mine = (
        select(TeamScore.id)
        .where(
            TeamScore.dossier_id == Dossier.id,
            TeamScore.round == Dossier.round,
            TeamScore.appraiser_identity_id == _HUMAN,
        )
        .correlate(Dossier)
    )
    return _dossiers(
        or_(
            Dossier.state.in_((State.CONFIRMED, State.IN_APPRAISAL)),
            and_(Dossier.state == State.SUBMITTED, ~_is_confirmation_used()),
        ),
        ~mine.exists(),
        Dossier.identity_id != _HUMAN,
    )


def _to_agree() -> ScalarSelect[int]:
    quorum = func.coalesce(cast(_setting(SettingName.QUORUM), Integer), DEFAULT_QUORUM)
    return _dossiers(
        Dossier.state == State.IN_APPRAISAL,
        _scores_in_round().scalar_subquery() >= quorum,
        Dossier.identity_id != _HUMAN,
    )


def _scores_in_round() -> Any:
    return (
        select(func.count(TeamScore.id))
        .where(TeamScore.dossier_id == Dossier.id, TeamScore.round == Dossier.round)
        .correlate(Dossier)
    )


def _to_decide() -> ScalarSelect[int]:
    return _count(
        Proposal,
        Proposal.state == ProposalState.SUBMITTED,
        Proposal.addressee.in_(_ADDRESSEES),
    )


def _to_expect() -> ScalarSelect[int]:
    """Count the year, once it is open, while agencies stand below and none is expected."""
    above, below = _AGENCY, aliased(Tenant)
    fixed = select(ExpectedReport.year).where(
        ExpectedReport.tenant_id == above, ExpectedReport.year == _year()
    )
    return _count(
        Tenant,
        Tenant.id == above,
        _year().is_not(None),
        select(below.id).where(below.parent_id == Tenant.id).exists(),
        ~fixed.exists(),
    )


def _to_submit() -> ScalarSelect[int]:
    """Count the report that the agency above expects and that has not been handed in."""
    handed_in = (
        select(Report.year)
        .where(
            Report.tenant_id == ExpectedReport.agency_id,
            Report.year == ExpectedReport.year,
            Report.state.not_in(UNSENT),
        )
        .correlate(ExpectedReport)
    )
    return _count(
        ExpectedReport,
        ExpectedReport.agency_id == _AGENCY,
        ExpectedReport.year == _year(),
        is_listed(),
        ~handed_in.exists(),
    )


def _to_extend() -> ScalarSelect[int]:
    """Count what agencies right below ask for, of any year: a report may be owed into the next."""
    below = select(Tenant.id).where(Tenant.parent_id == _AGENCY)
    return _count(
        ExtensionRequest,
        ExtensionRequest.tenant_id.in_(below),
        ExtensionRequest.state == RequestState.ASKED,
    )


def _to_review() -> ScalarSelect[int]:
    below = select(Tenant.id).where(Tenant.parent_id == _AGENCY)
    return _count(
        Report,
        Report.tenant_id.in_(below),
        Report.year == _year(),
        Report.state.in_(TO_REVIEW),
    )


def _is_confirmation_used() -> ColumnElement[bool]:
    return case((_setting(SettingName.CONFIRMATION) == "true", True), else_=false())


def _setting(name: SettingName) -> ScalarSelect[str]:
    """Write the value in effect as text: that of the nearest agency going up."""
    return (
        select(cast(Setting.value, Text))
        .join(TenantClosure, TenantClosure.ancestor_id == Setting.tenant_id)
        .where(TenantClosure.descendant_id == _AGENCY, Setting.name == name)
        .order_by(TenantClosure.depth)
        .limit(1)
        .scalar_subquery()
    )


_COUNTS: Mapping[Task, Callable[[], ColumnElement[int]]] = {
    Task.OWN: lambda: _dossiers(Dossier.person_id == _PERSON, Dossier.state.in_(_TO_WRITE)),
    Task.IMPORT: lambda: _count(
        RosterImport,
        RosterImport.asked_by == _ACCOUNT,
        RosterImport.state != ImportState.IMPORTED,
    ),
    Task.ADHOC: lambda: _count(
        AdhocLine,
        AdhocLine.tenant_id == _AGENCY,
        AdhocLine.state.in_(OPEN_TO_ANSWER),
        AdhocLine.closed_at.is_(None),
        or_(AdhocLine.closes_on.is_(None), AdhocLine.closes_on >= _TODAY),
    ),
    Task.TRANSFER: lambda: _count(
        Transfer,
        Transfer.receiver_id == _AGENCY,
        Transfer.state == TransferState.PROPOSED,
    ),
    Task.CONFIRM: _to_confirm,
    Task.SCORE: _to_score,
    Task.AGREE: _to_agree,
    Task.PROPOSE: lambda: _dossiers(
        Dossier.state == State.APPRAISED, Dossier.identity_id != _HUMAN
    ),
    Task.SUBMIT: lambda: _count(Proposal, Proposal.state == ProposalState.SEALED),
    Task.DECIDE: _to_decide,
    Task.PUBLISH: lambda: _count(
        Decision, Decision.published_at.is_(None), Decision.annulled_at.is_(None)
    ),
    Task.APPEAL: lambda: _count(Dossier, Dossier.state == State.APPEALED),
    Task.EXPECT: _to_expect,
    Task.REPORT: _to_submit,
    Task.EXTEND: _to_extend,
    Task.REVIEW: _to_review,
}
"""How each task is counted, for those whom it may wait for."""
