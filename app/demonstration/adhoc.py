"""What the associations ask at short notice: after a storm, for the week of learning, and a draft.

Written by the very acts of the house; only the days of the first are then moved back, since a
request cannot be made whose last day is over, and some answers have to be late.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.demonstration.casting import somebody
from app.domain.adhoc_answers import Field, FieldKind, KnownFigure, KnownShare, Typed
from app.domain.permissions import Actor, Role
from app.domain.tenants import TenantKey
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import AdhocLine, AdhocRequest, Tenant
from app.persistence.queries.adhoc import known_now
from app.persistence.queries.tenants import tenants_below
from app.persistence.tenancy import tenant_scope
from app.services.adhoc import Asked, draw_up, give_back, send
from app.services.adhoc_answers import answer
from tenants.schema import TenantKind


_ASKED_AGO, _DUE_AGO = timedelta(days=9), timedelta(days=2)
_DAYS_TO_ANSWER = timedelta(days=6)
_COMMUNES, _OTHERS = 7, 5

_STORM = (
    Field(
        label="Số trung tâm học tập cộng đồng bị ảnh hưởng",
        kind=FieldKind.NUMBER,
        unit="trung tâm",
    ),
    Field(label="Số trung tâm đã mở cửa trở lại", kind=FieldKind.PERCENT),
    Field(label="Ước kinh phí sửa chữa", kind=FieldKind.DECIMAL, unit="triệu đồng"),
    Field(label="Số người đã đăng ký", kind=FieldKind.KNOWN, figure=KnownFigure.REGISTERED),
    Field(label="Có lớp học phải tạm dừng", kind=FieldKind.YES_NO),
    Field(label="Ngày dự kiến mở lại toàn bộ", kind=FieldKind.DATE),
    Field(label="Kiến nghị", kind=FieldKind.TEXT),
)
_WEEK = (
    Field(label="Số hoạt động hưởng ứng", kind=FieldKind.NUMBER, unit="hoạt động"),
    Field(
        label="Tỉ lệ đăng ký danh hiệu",
        kind=FieldKind.PERCENT,
        figure=KnownShare.REGISTERED,
    ),
    Field(label="Ngày tổ chức lễ phát động", kind=FieldKind.DATE),
    Field(label="Hoạt động tiêu biểu", kind=FieldKind.SHORT),
)
_DRAFT = (
    Field(label="Số thư viện, phòng đọc mở cửa cho người dân", kind=FieldKind.NUMBER),
    Field(label="Khó khăn, vướng mắc", kind=FieldKind.TEXT),
)

_Words = tuple[str, tuple[str, str], str, str, str]
_TOLD: Sequence[_Words] = (
    ("3", ("2", "3"), "42,5", "yes", "Đề nghị hỗ trợ bàn ghế và máy tính cho hai thôn."),
    ("1", ("1", "1"), "8", "no", ""),
    ("4", ("1", "4"), "120,75", "yes", "Đường vào bản còn sạt lở, xin lùi thời gian mở lớp."),
    ("2", ("1", "2"), "16,2", "yes", ""),
)
"""What the first agencies answer; the others are overdue."""

_LATE, _CORRECTED, _GIVEN_BACK = 0, 1, 3
"""The places of agencies whose answer came late, was corrected, and was given back."""


def write_requests(provinces: Collection[int], year: int) -> None:
    """Let each association ask its communes and its offices, be answered, and wait for some."""
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
            below = tenants_below(top.key)
        if association is not None:
            communes = [one for one in below if one.kind is TenantKind.COMMUNE][:_COMMUNES]
            others = [one for one in below if one.kind is not TenantKind.COMMUNE][:_OTHERS]
            _ask(top.key, _draft(communes, year), by=association)
            _ask_about_the_week(top.key, others, year, by=association)
            _ask_about_the_storm(top.key, communes, year, by=association)


def _draft(agencies: Sequence[Tenant], year: int) -> Asked | None:
    return _form("Rà soát thư viện, phòng đọc cơ sở", "", _DRAFT, agencies, year)


def _form(
    title: str, document: str, fields: Sequence[Field], agencies: Sequence[Tenant], year: int
) -> Asked | None:
    if not agencies:
        return None
    return Asked(
        title=title,
        document=document,
        instructions="Số liệu tính đến ngày báo cáo. Nội dung chưa phát sinh thì ghi 0.",
        due_on=today() + _DAYS_TO_ANSWER,
        closes_on=today() + 2 * _DAYS_TO_ANSWER,
        year=year,
        fields=fields,
        addressed=frozenset(one.id for one in agencies),
    )


def _ask(top: TenantKey, form: Asked | None, *, by: Actor) -> UUID | None:
    if form is None:
        return None
    with tenant_scope(top):
        request = draw_up(form, by=by)
        db.session.flush()
    return request


def _send(top: TenantKey, form: Asked | None, *, by: Actor) -> UUID | None:
    request = _ask(top, form, by=by)
    if request is not None:
        with tenant_scope(top):
            send(request, version=1, by=by)
    return request


def _ask_about_the_week(
    top: TenantKey, agencies: Sequence[Tenant], year: int, *, by: Actor
) -> None:
    title = f"Tình hình hưởng ứng Tuần lễ học tập suốt đời năm {year}"
    form = _form(title, "Công văn số 96/HKH", _WEEK, agencies, year)
    _send(top, form, by=by)


def _ask_about_the_storm(
    top: TenantKey, agencies: Sequence[Tenant], year: int, *, by: Actor
) -> None:
    title = "Rà soát trung tâm học tập cộng đồng bị ảnh hưởng do mưa bão"
    form = _form(title, "Công văn số 118/HKH", _STORM, agencies, year)
    request = _send(top, form, by=by)
    if request is None:
        return
    _move_back(top, request)
    for place, agency in enumerate(agencies):
        with tenant_scope(agency.key):
            line = _line_of(request)
            _move_line_back(line)
            officer = somebody(agency.key, Role.OFFICER)
            if officer is not None and place < len(_TOLD):
                _answer(line, place, by=officer)
        if officer is not None and place == _GIVEN_BACK:
            with tenant_scope(top):
                why = "Kinh phí chưa khớp với số trung tâm bị ảnh hưởng"
                give_back(line.id, why, version=line.version, by=by)


def _answer(line: AdhocLine, place: int, *, by: Actor) -> None:
    typed = _typed(line, _TOLD[place])
    answer(line.id, typed, version=0, by=by)
    if place != _LATE:
        line.answered_first_at = line.answered_at = transaction_time() - _DUE_AGO - _DUE_AGO
    db.session.flush()
    if place == _CORRECTED:
        corrected = [Typed(value="2"), Typed(value="1", whole="2"), *typed[2:]]
        answer(line.id, corrected, because="Bổ sung một trung tâm ở bản xa", version=1, by=by)
        db.session.flush()


def _typed(line: AdhocLine, told: _Words) -> list[Typed]:
    hit, (open_again, of), cost, is_paused, wish = told
    registered = next(one.number for one in known_now(line) if one)
    day = today() + 2 * _DAYS_TO_ANSWER
    return [
        Typed(value=hit),
        Typed(value=open_again, whole=of),
        Typed(value=cost),
        Typed(value=str(registered)),
        Typed(value=is_paused),
        Typed(value=day.isoformat()),
        Typed(value=wish),
    ]


def _line_of(request: UUID) -> AdhocLine:
    return db.session.scalars(select(AdhocLine).where(AdhocLine.request_id == request)).one()


def _move_back(top: TenantKey, request: UUID) -> None:
    with tenant_scope(top):
        asked = db.session.scalars(select(AdhocRequest).where(AdhocRequest.id == request)).one()
        asked.due_on = today() - _DUE_AGO
        asked.created_at = asked.sent_at = transaction_time() - _ASKED_AGO
        db.session.flush()


def _move_line_back(line: AdhocLine) -> None:
    line.due_on = today() - _DUE_AGO
    line.asked_at = transaction_time() - _ASKED_AGO
    db.session.flush()
