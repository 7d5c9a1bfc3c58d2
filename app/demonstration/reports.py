"""Reports of the newest year, as they lie on an association's desk in the middle of it.

Written by the very acts of the house: what is frozen here is as true as anywhere else.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.demonstration.casting import somebody
from app.domain.deadlines import VIETNAM
from app.domain.permissions import Actor, Role
from app.domain.reports import ReportEvent
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Cycle, ExpectedReport, Tenant
from app.persistence.queries.expected_reports import frozen_at
from app.persistence.queries.reports import children_of, find_report
from app.persistence.tenancy import tenant_scope
from app.services.report_reviews import review_report
from app.services.reports import PaperWriter, compile_report, submit_report
from tenants.schema import TenantKind


_TITLE = "Chánh Văn phòng"
_REVIEW, _ACCEPT = ReportEvent.REVIEW, ReportEvent.ACCEPT
_Step = tuple[ReportEvent, str, Sequence[str]]
_FATES: Sequence[tuple[bool, Sequence[_Step]]] = (
    (True, ((_REVIEW, "", ()), (_ACCEPT, "", ()))),
    (
        True,
        (
            (_REVIEW, "", ()),
            (
                ReportEvent.RETURN,
                "Số người tiêu biểu chưa khớp với quyết định",
                ("Tiêu biểu xuất sắc, nhóm 3",),
            ),
        ),
    ),
    (True, ()),
    (False, ((ReportEvent.WAIVE, "Đang sắp xếp lại bộ máy", ()),)),
)
"""Whether an agency hands its report in, and what the association then does with it."""

_LATE = 2  # the place of the agency whose report was due before it came


def write_reports(provinces: Collection[int], today: date, *, paper: PaperWriter) -> None:
    """Let the first agencies of each association hand in, be returned, be late and be waived."""
    tops = db.session.scalars(
        select(Tenant).where(
            Tenant.province_id.in_(provinces),
            Tenant.kind == TenantKind.ASSOCIATION,
            Tenant.parent_id.is_(None),
        )
    ).all()
    for top in tops:
        with tenant_scope(top.key):
            association = somebody(top.key, Role.ASSOCIATION)
        if association is not None:
            _fill_desk(top, association, today, paper=paper)


def _fill_desk(top: Tenant, association: Actor, today: date, *, paper: PaperWriter) -> None:
    chosen = [one for one in children_of(top.key) if _has_opened(one.key, today.year)]
    _expect(top.key, chosen, today)
    for agency, (is_handed_in, moves) in zip(chosen[1:], _FATES, strict=False):
        with tenant_scope(agency.key):
            officer = somebody(agency.key, Role.OFFICER)
            if is_handed_in and officer is not None:
                compile_report(today.year, by=officer)
                submit_report(today.year, revision=1, title=_TITLE, paper=paper, by=officer)
        if is_handed_in and officer is None:
            continue
        for step in moves:
            _move(top, agency, today.year, step, by=association)


def _move(top: Tenant, agency: Tenant, year: int, step: _Step, *, by: Actor) -> None:
    event, reason, items = step
    with tenant_scope(top.key):
        report = find_report(agency.key, year)
        revision = report.revision if report else 0
        review_report(
            agency.slug, year, event, revision=revision, reason=reason, items=items, by=by
        )


def _expect(top: TenantKey, agencies: Sequence[Tenant], today: date) -> None:
    due = datetime(today.year, 12, 5, tzinfo=VIETNAM)
    past = datetime(today.year, today.month, today.day, tzinfo=VIETNAM) - timedelta(days=3)
    with tenant_scope(top):
        if frozen_at(top, today.year):
            return
        for place, agency in enumerate(agencies):
            db.session.add(
                ExpectedReport(
                    year=today.year,
                    agency_id=agency.id,
                    due_at=past if place == _LATE + 1 else max(due, past),
                    closes_at=datetime(today.year + 1, 1, 1, tzinfo=VIETNAM),
                    source="trước ngày 05/12",
                )
            )
        db.session.flush()


def _has_opened(key: TenantKey, year: int) -> bool:
    with tenant_scope(key):
        opened = select(Cycle.id).where(Cycle.tenant_id == key.tenant_id, Cycle.year == year)
        return db.session.scalar(opened) is not None
