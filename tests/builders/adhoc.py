"""An association that asks agencies at short notice, and somebody in each who answers."""

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from app.domain.adhoc_answers import Field, FieldKind, KnownFigure, KnownShare, Typed
from app.domain.permissions import Role
from app.domain.refusals import RefusedError
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent
from app.persistence.queries.adhoc import (
    lines_of,
    lines_received,
    load_line_made,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.adhoc import (
    Asked,
    close,
    discard,
    draw_up,
    give_back,
    redraw,
    remind,
    send,
)
from app.services.adhoc_answers import answer, keep_draft
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    PROVINCE,
    THIS_YEAR,
)


DUE = date(THIS_YEAR, 11, 30)
NOW = datetime(THIS_YEAR, 11, 23, 3, tzinfo=UTC)
FIELDS = (
    Field(label="Số lớp tập huấn", kind=FieldKind.NUMBER),
    Field(label="Số người đăng ký", kind=FieldKind.KNOWN, figure=KnownFigure.REGISTERED),
    Field(label="Có ban chỉ đạo", kind=FieldKind.YES_NO),
    Field(label="Khó khăn", kind=FieldKind.TEXT),
    Field(label="Kinh phí", kind=FieldKind.DECIMAL, unit="triệu đồng"),
    Field(label="Trung tâm mở lại", kind=FieldKind.PERCENT),
    Field(label="Tỉ lệ đăng ký", kind=FieldKind.PERCENT, figure=KnownShare.REGISTERED),
    Field(label="Ngày khai mạc", kind=FieldKind.DATE),
    Field(label="Người phụ trách", kind=FieldKind.SHORT),
)
ANSWERS = (
    Typed(value="3"),
    Typed(value="1"),
    Typed(value="yes"),
    Typed(value="Thiếu máy tính"),
    Typed(value="12,5"),
    Typed(value="3", whole="4"),
    Typed(value="1", whole="1"),
    Typed(value="02/10/2026"),
    Typed(value="Lò Thị Pánh"),
)


class Case:
    """An association that asks two agencies, and somebody in each who answers."""

    def __init__(self, world):
        self.world = world
        self.asker = world.make_account(PROVINCE, Role.ASSOCIATION, name="Chu Văn Hỏi").actor()
        self.officers = {
            slug: world.make_account(slug, Role.OFFICER).actor() for slug in (COMMUNE, DEPARTMENT)
        }

    def asked(self, *slugs, **more):
        given = {
            "title": "Báo cáo nhanh",
            "document": "25/HKH",
            "instructions": "Theo yêu cầu của tỉnh",
            "due_on": DUE,
            "year": THIS_YEAR,
            "fields": FIELDS,
            "addressed": frozenset(self.world.key_of(slug).tenant_id for slug in slugs),
        }
        return Asked(**(given | more))

    def draw_up(self, *slugs, by=None, at=PROVINCE, sheet=None, **more):
        with clock_set_to(NOW), self.world.inside(at), unit_of_work():
            return draw_up(self.asked(*slugs, **more), sheet=sheet, by=by or self.asker)

    def redraw(self, request, *slugs, version=1, **more):
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            redraw(request, self.asked(*slugs, **more), version=version, by=self.asker)

    def send(self, *slugs, **more):
        request = self.draw_up(*slugs, **more)
        self.send_off(request)
        return request

    def send_off(self, request, version=1):
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            return send(request, version=version, by=self.asker)

    def line(self, slug):
        with self.world.inside(slug):
            return lines_received()[0].row.id

    def answer(self, slug, typed=ANSWERS, *, by=None, at=NOW, because="", version=None):
        line, before = self.line(slug), self.version(slug) if version is None else version
        with clock_set_to(at), self.world.inside(slug), unit_of_work():
            answer(line, typed, because=because, version=before, by=by or self.officers[slug])

    def version(self, slug):
        with self.world.inside(slug):
            return lines_received()[0].row.version

    def keep(self, slug, typed=ANSWERS, *, version=0, at=NOW):
        line = self.line(slug)
        with clock_set_to(at), self.world.inside(slug), unit_of_work():
            return keep_draft(line, typed, because="", version=version, by=self.officers[slug])

    def remind(self, request, at=NOW):
        with clock_set_to(at), self.world.inside(PROVINCE), unit_of_work():
            return remind(request, by=self.asker)

    def give_back(self, slug, reason="Thiếu số liệu"):
        line = self.line(slug)
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            version = load_line_made(line).row.version
            give_back(line, reason, version=version, by=self.asker)

    def discard(self, request):
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            discard(request, by=self.asker)

    def close(self, request):
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            close(request, by=self.asker)

    def lines(self, request):
        with self.world.inside(PROVINCE):
            return {one.agency: one for one in lines_of(request)}

    def acts(self, slug):
        with self.world.inside(slug):
            acts = [one.act for one in db.session.query(AuditEvent).all()]
            return sorted(act for act in acts if act.startswith("adhoc"))


@contextmanager
def refused(rule):
    with pytest.raises(RefusedError) as refusal:
        yield refusal
    assert refusal.value.rule is rule
