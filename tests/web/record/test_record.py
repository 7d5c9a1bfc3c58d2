"""The record of acts tells in sentences who did what, to those who may read it."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import text

from app.domain.audit import Act
from app.domain.dossiers import Event
from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.persistence.database import db
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.audit_chain import give_daily_head
from app.services.dossiers import append_event
from app.services.record import record_act
from app.services.settings import change_setting
from tests.builders.world import DEPARTMENT, OTHER_COMMUNE, PROVINCE
from tests.exports.reading import parts, values


PAGE = f"/{DEPARTMENT}/-/record/"


@pytest.fixture
def admin(world):
    return world.make_account(DEPARTMENT, Role.TENANT_ADMIN, name="Vàng Thị Mỷ")


@pytest.fixture
def browser(admin, sign_in):
    return sign_in(admin)


def set_place(world, admin, place: str) -> None:
    with world.inside(DEPARTMENT), unit_of_work():
        change_setting(SettingName.PLACE, place, source="Thông báo số 5", by=admin.actor())


def register(world, officer, name: str) -> None:
    dossier_id = world.make_dossier(DEPARTMENT, name=name)
    with world.inside(DEPARTMENT), unit_of_work():
        append_event(load_dossier_to_change(dossier_id), Event.REGISTER, by=officer.actor())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", ["", "agencies", "?act=submit&since=2026-01-01&until=2026-12-31"])
def test_the_pages_open_in_both_languages_before_anything_happened(admin, sign_in, language, page):
    assert sign_in(admin, language=language).get(PAGE + page).status_code == 200


@pytest.mark.parametrize("role", [Role.HEAD, Role.TENANT_ADMIN])
def test_the_head_and_the_administrator_read_it(world, sign_in, role):
    assert sign_in(world.make_account(DEPARTMENT, role)).get(PAGE).status_code == 200


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OFFICER, Role.CHAIR, Role.SECRETARY])
def test_others_do_not(world, sign_in, role):
    assert sign_in(world.make_account(DEPARTMENT, role)).get(PAGE).status_code == 403


def test_a_setting_is_told_with_what_it_was_and_is(world, admin, browser):
    set_place(world, admin, "Lai Châu")
    set_place(world, admin, "Tân Phong")
    told = " ".join(re.sub(r"<[^>]+>", " ", browser.get(PAGE).text).split())
    assert "Vàng Thị Mỷ changed the setting “Place named in documents”" in told
    assert "Value: Lai Châu → Tân Phong" in told


def test_each_filter_narrows(world, admin, browser):
    officer = world.make_account(DEPARTMENT, Role.OFFICER, name="Chu Văn Tin")
    register(world, officer, "Lò Thị Pánh")
    register(world, officer, "Giàng A Chu")
    set_place(world, admin, "Lai Châu")

    def lines(query: str) -> int:
        return browser.get(f"{PAGE}?{query}").text.count('<th scope="row">')

    assert lines("") == 3
    assert lines("act=register") == 2
    assert lines("act=setting-changed") == 1
    assert lines("actor=chu văn") == 2
    assert lines("person=pánh") == 1
    assert lines("since=2999-01-01") == 0
    assert lines("until=2001-01-01") == 0
    assert lines("act=nonsense&since=nonsense") == 3


def test_older_acts_follow_on_further_pages_without_a_gap(world, admin, browser):
    with world.inside(DEPARTMENT), unit_of_work():
        for number in range(120):
            record_act(Act.UNIT_ADDED, by=admin.actor(), object_kind="unit", name=f"Tổ {number}")
    seen, address = [], PAGE
    while address:
        page = browser.get(address).text
        seen += re.findall(r"added the unit Tổ (\d+)", page)
        found = re.search(r'href="([^"]*before=[^"]*)"', page)
        address = found and found.group(1).replace("&amp;", "&")
        if address and len(seen) > 120:
            break
    assert sorted(map(int, seen)) == list(range(120))


def test_the_workbook_holds_the_lines_and_the_head_and_is_itself_an_act(world, admin, browser):
    set_place(world, admin, "Tân Phong")
    sent = browser.post(f"{PAGE}workbook?act=setting-changed")
    assert values(io.BytesIO(sent.data), "Record of acts")[4][2:6] == [
        "Vàng Thị Mỷ",
        "changed the setting “Place named in documents”",
        "",
        "Value: Lai Châu → Tân Phong",
    ]
    (sheet,) = parts(io.BytesIO(sent.data), "sheet1.xml$")
    assert "Record of acts: 1-" in sheet
    assert "asked for a workbook" in browser.get(PAGE).text


def test_what_was_erased_is_named_as_such(world, admin, browser):
    set_place(world, admin, "Lai Châu")
    with world.inside(DEPARTMENT), world.owner():
        db.session.execute(text("UPDATE audit_event SET actor_name = '', facts = '{}'"))
        db.session.execute(text("UPDATE audit_link SET salt = NULL"))
        db.session.commit()
    page = browser.get(PAGE).text
    assert "(name erased)" in page
    assert "(erased)" in page


def test_the_province_sees_how_far_each_record_reaches_and_no_word_of_it(world, admin, sign_in):
    set_place(world, admin, "Bí mật")
    with world.inside(DEPARTMENT), unit_of_work():
        give_daily_head(date(2026, 11, 20))
    reader = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    page = reader.get(f"/{PROVINCE}/-/record/agencies").text
    assert "holds all 1" in page
    assert "Bí mật" not in page


def test_the_province_is_warned_of_a_record_that_lost_what_it_gave(world, admin, sign_in):
    set_place(world, admin, "Lai Châu")
    with world.inside(DEPARTMENT), unit_of_work():
        give_daily_head(date(2026, 11, 20))
    with world.inside(DEPARTMENT), world.owner():
        db.session.execute(text("UPDATE audit_link SET hash = sha256(hash)"))
        db.session.commit()
    with world.inside(DEPARTMENT), unit_of_work():
        give_daily_head(date(2026, 11, 21))
    reader = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    page = reader.get(f"/{PROVINCE}/-/record/agencies").text
    assert "no longer holds 2 of 2" in page
    assert "20/11/2026" in page


def test_another_province_sees_nothing_of_it(world, admin, sign_in):
    set_place(world, admin, "Lai Châu")
    with world.inside(DEPARTMENT), unit_of_work():
        give_daily_head(date(2026, 11, 20))
    reader = sign_in(world.make_account(OTHER_COMMUNE, Role.HEAD))
    page = reader.get(f"/{OTHER_COMMUNE}/-/record/agencies").text
    assert "No agency below" in page
