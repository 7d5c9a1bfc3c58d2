"""Reports of the newest year, as they lie on an association's desk in the middle of it.

Written by the very acts of the house: what is frozen here is as true as anywhere else.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.demonstration.casting import somebody
from app.domain.deadlines import VIETNAM
from app.domain.permissions import Actor, Role
from app.domain.reports import MOVES, ReportEvent, Side
from app.domain.roster import PersonDetails
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Cycle, ExpectedReport, Person, Tenant
from app.persistence.queries.expected_reports import expected_by, frozen_at
from app.persistence.queries.reports import children_of, find_report, moves_of, reports_below
from app.persistence.sealing import NumberSeal
from app.persistence.tenancy import tenant_scope
from app.services.extensions import ask_for_time, extend_report
from app.services.report_reviews import close_reports, review_report
from app.services.reports import PaperWriter, compile_report, correct_report, submit_report
from app.services.results import recompute_result
from app.services.roster import add_person
from tenants.schema import TenantKind


_TITLE = "Chánh Văn phòng"
_NEWCOMER, _NEWCOMERS_YEAR = "Giàng Thị Mỷ", 1991
_DUE_AGO, _MORE_TIME = timedelta(days=3), timedelta(days=5)
_E = ReportEvent
_HANDED_IN = (_E.COMPILE, _E.SUBMIT)
_ACCEPTED = (*_HANDED_IN, _E.REVIEW, _E.ACCEPT)
_SOMEBODY_COMES = None
"""Between the acts: the agency puts somebody on its roster, and what it signed is out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fate:
    """What becomes of a report: what is done with it, and how it stands to its due date."""

    acts: Sequence[ReportEvent | None] = ()
    is_over_due: bool = False
    has_more_time: bool = False
    asks_for_time: bool = False


_FATES = (
    _Fate(acts=_ACCEPTED),
    _Fate(acts=(*_HANDED_IN, _E.REVIEW, _E.RETURN)),
    _Fate(acts=_HANDED_IN, is_over_due=True),
    _Fate(acts=(_E.WAIVE,)),
)
"""What becomes of the first reports in each province."""

_FURTHER_FATES = (
    _Fate(acts=(*_ACCEPTED, _E.CORRECT, _SOMEBODY_COMES, _E.SUBMIT, _E.REVIEW, _E.ACCEPT)),
    _Fate(acts=(*_HANDED_IN, _E.REVIEW), is_over_due=True, has_more_time=True),
    _Fate(acts=(_E.COMPILE,), is_over_due=True, has_more_time=True),
    _Fate(is_over_due=True, asks_for_time=True),
    _Fate(acts=(*_ACCEPTED, _SOMEBODY_COMES)),
    _Fate(acts=_HANDED_IN),
)
"""What becomes of more of them in one province. In the others, what is accepted is closed."""

_WHY: Mapping[ReportEvent, str] = {
    _E.RETURN: "Số người tiêu biểu chưa khớp với quyết định",
    _E.WAIVE: "Đang sắp xếp lại bộ máy",
    _E.CORRECT: "Bổ sung một người mới chuyển đến",
}
_WHY_MORE_TIME = "Mưa lũ chia cắt các bản, chưa họp được Tổ đánh giá"
_ITEMS: Mapping[ReportEvent, Sequence[str]] = {_E.RETURN: ("Tiêu biểu xuất sắc, nhóm 3",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """An association in the middle of a year, and who works there."""

    top: Tenant
    association: Actor
    today: date
    paper: PaperWriter
    seal: NumberSeal


@contextmanager
def _acting_in(key: TenantKey) -> Iterator[None]:
    with tenant_scope(key):
        yield
        # What is not written yet would be forgotten with the scope.
        db.session.flush()


def write_reports(
    provinces: Collection[int], today: date, *, paper: PaperWriter, seal: NumberSeal
) -> None:
    """Let the first agencies of each association hand in, be returned, be late and be waived.

    The first province shows whatever may become of a report.
    """
    tops = db.session.scalars(
        select(Tenant)
        .where(
            Tenant.province_id.in_(provinces),
            Tenant.kind == TenantKind.ASSOCIATION,
            Tenant.parent_id.is_(None),
        )
        .order_by(Tenant.province_id)
    ).all()
    for place, top in enumerate(tops):
        with tenant_scope(top.key):
            association = somebody(top.key, Role.ASSOCIATION)
        if association is not None:
            desk = _Desk(top=top, association=association, today=today, paper=paper, seal=seal)
            _fill(desk, (*_FATES, *_FURTHER_FATES) if place == 0 else _FATES)
            if place > 0:
                with _acting_in(top.key):
                    moves = moves_of(reports_below(top.key, today.year))
                    close_reports(today.year, moves=moves, by=association)


def _fill(desk: _Desk, fates: Sequence[_Fate]) -> None:
    chosen = [one for one in children_of(desk.top.key) if _has_opened(one.key, desk.today.year)]
    with _acting_in(desk.top.key):
        if not frozen_at(desk.top.key, desk.today.year):
            _expect(chosen, fates, desk.today)
            db.session.flush()
        expected = expected_by(desk.top.key, desk.today.year)
    # The first agency has not begun; nor have those for whom there is no fate left.
    for agency, fate in zip(chosen[1:], fates, strict=False):
        if agency.id in expected:
            _write(desk, agency, fate)


def _expect(agencies: Sequence[Tenant], fates: Sequence[_Fate], today: date) -> None:
    closes = datetime(today.year + 1, 1, 1, tzinfo=VIETNAM)
    midnight = datetime(today.year, today.month, today.day, tzinfo=VIETNAM)
    usual = min(max(datetime(today.year, 12, 5, tzinfo=VIETNAM), midnight + _DUE_AGO), closes)
    for agency, fate in zip(agencies, _padded(fates, len(agencies)), strict=True):
        due = midnight - _DUE_AGO if fate.is_over_due else usual
        db.session.add(
            ExpectedReport(
                year=today.year,
                agency_id=agency.id,
                due_at=due,
                closes_at=closes,
                source=f"trước ngày {due:%d/%m}",
            )
        )


def _padded(fates: Sequence[_Fate], agencies: int) -> Sequence[_Fate]:
    return [_Fate(), *fates, *[_Fate()] * agencies][:agencies]


def _write(desk: _Desk, agency: Tenant, fate: _Fate) -> None:
    with tenant_scope(agency.key):
        officer = somebody(agency.key, Role.OFFICER)
    if fate.has_more_time:
        _give_more_time(desk, agency)
    if fate.asks_for_time and officer is not None:
        until = _later(desk, agency)
        with _acting_in(agency.key):
            ask_for_time(desk.today.year, until=until, reason=_WHY_MORE_TIME, by=officer)
    for act in fate.acts:
        if act is not None and MOVES[act].side is Side.PARENT:
            _review(desk, agency, act)
        elif officer is None:
            return
        else:
            with _acting_in(agency.key):
                _do(desk, act, by=officer)


def _later(desk: _Desk, agency: Tenant) -> date:
    with _acting_in(desk.top.key):
        due = expected_by(desk.top.key, desk.today.year)[agency.id].last_day
    return max(desk.today, due) + _MORE_TIME


def _give_more_time(desk: _Desk, agency: Tenant) -> None:
    until = _later(desk, agency)
    with _acting_in(desk.top.key):
        extend_report(
            agency.slug,
            desk.today.year,
            until=until,
            requester=f"{agency.name}, Công văn số 27",
            reason=_WHY_MORE_TIME,
            by=desk.association,
        )


def _review(desk: _Desk, agency: Tenant, act: ReportEvent) -> None:
    year = desk.today.year
    with _acting_in(desk.top.key):
        review_report(
            agency.slug,
            year,
            act,
            revision=_revision(agency.key, year),
            reason=_WHY.get(act, ""),
            items=_ITEMS.get(act, ()),
            by=desk.association,
        )


def _do(desk: _Desk, act: ReportEvent | None, *, by: Actor) -> None:
    year, revision = desk.today.year, _revision(by.tenant, desk.today.year)
    if act is _E.COMPILE:
        compile_report(year, by=by)
    elif act is _E.CORRECT:
        correct_report(year, revision=revision, reason=_WHY[act], by=by)
    elif act is _E.SUBMIT:
        why = _WHY[_E.CORRECT] if revision > 1 else ""
        submit_report(year, revision=revision, title=_TITLE, reason=why, paper=desk.paper, by=by)
    else:
        _let_somebody_come(desk, by=by)


def _let_somebody_come(desk: _Desk, *, by: Actor) -> None:
    year = desk.today.year
    beside = db.session.scalars(
        select(Person).order_by(Person.name_sort_key).limit(1)
    ).one_or_none()
    if beside is None:
        return
    newcomer = PersonDetails(
        name=_NEWCOMER,
        birth_year=_NEWCOMERS_YEAR,
        unit_id=beside.unit_id,
        group_number=beside.group_number,
    )
    add_person(newcomer, year=year, seal=desk.seal, by=by, is_another=True)
    recompute_result(year, is_forced=True)


def _revision(key: TenantKey, year: int) -> int:
    report = find_report(key, year)
    return report.revision if report else 0


def _has_opened(key: TenantKey, year: int) -> bool:
    with tenant_scope(key):
        opened = select(Cycle.id).where(Cycle.tenant_id == key.tenant_id, Cycle.year == year)
        return db.session.scalar(opened) is not None
