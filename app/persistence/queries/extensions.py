"""Questions about more time for reports: what was given, and what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.domain.extensions import RequestState
from app.domain.refusals import MissingError
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import ExtensionRequest, ReportExtension, Tenant
from app.persistence.tenancy import tenant_in_scope


def extensions_of(agency: TenantKey, year: int) -> Sequence[ReportExtension]:
    """Return the time that was granted to one agency, the newest first."""
    return db.session.scalars(
        select(ReportExtension)
        .where(ReportExtension.agency_id == agency.tenant_id, ReportExtension.year == year)
        .order_by(ReportExtension.approved_at.desc())
    ).all()


def requests_of(agency: TenantKey, year: int) -> Sequence[ExtensionRequest]:
    """Return what one agency asked for, this one or one below it, the newest first."""
    return db.session.scalars(
        select(ExtensionRequest)
        .where(ExtensionRequest.tenant_id == agency.tenant_id, ExtensionRequest.year == year)
        .order_by(ExtensionRequest.asked_at.desc(), ExtensionRequest.id.desc())
    ).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBelow:
    """A request of an agency right below, and whose it is."""

    request: ExtensionRequest
    agency: Tenant


def requests_waiting() -> Sequence[RequestBelow]:
    """Return what agencies right below ask for and nobody has answered, the oldest first."""
    above = tenant_in_scope()
    rows = db.session.execute(
        select(ExtensionRequest, Tenant)
        .join(Tenant, Tenant.id == ExtensionRequest.tenant_id)
        .where(
            Tenant.province_id == above.province_id,
            Tenant.parent_id == above.tenant_id,
            ExtensionRequest.state == RequestState.ASKED,
        )
        .order_by(ExtensionRequest.asked_at, ExtensionRequest.id)
    )
    return [RequestBelow(request=request, agency=agency) for request, agency in rows]


def load_request_below(request_id: UUID) -> RequestBelow:
    """Return a request of an agency right below; raise ``MissingError`` for any other."""
    above = tenant_in_scope()
    found = db.session.execute(
        select(ExtensionRequest, Tenant)
        .join(Tenant, Tenant.id == ExtensionRequest.tenant_id)
        .where(
            ExtensionRequest.id == request_id,
            Tenant.province_id == above.province_id,
            Tenant.parent_id == above.tenant_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise MissingError(request_id)
    return RequestBelow(request=found[0], agency=found[1])


def load_request_made(request_id: UUID) -> ExtensionRequest:
    """Return a request of the agency in scope; raise ``MissingError`` for any other."""
    found = db.session.scalars(
        select(ExtensionRequest)
        .where(
            ExtensionRequest.id == request_id,
            ExtensionRequest.tenant_id == tenant_in_scope().tenant_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise MissingError(request_id)
    return found
