"""A messy list comes in: good rows onto the roster, bad cells back to where they are."""

import io
import re

import pytest
import xlsxwriter
from sqlalchemy import select, update

from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Person, RosterImport, Unit
from app.persistence.unit_of_work import unit_of_work
from tests.builders.census import length_at
from tests.builders.reading import read_figures
from tests.builders.world import DEPARTMENT, OTHER_COMMUNE
from tests.exports import reading


ROOM = f"/{DEPARTMENT}/-/roster"
NUMBER = "012188001234"
HEADINGS = ("STT", "Họ và tên", "Năm sinh", "Phòng", "Nhóm", "Số CCCD")
GOOD = (1, "Lò Thị Pánh", "1988", "Văn phòng Sở", 3, NUMBER)
MORE = (3, "Sùng A Lử", "1990", "Văn phòng Sở", 3, "")
BAD = (2, "Vàng A Páo", "", "Phòng Mơ", 3, "123")


@pytest.fixture
def officer(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.OFFICER))


def workbook(*rows, headings=HEADINGS):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "DANH SÁCH")
        for number, row in enumerate((headings, *rows), start=3):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def send(browser, content, name="ds.xlsx"):
    return browser.post(f"{ROOM}/imports", data={"file": (io.BytesIO(content), name)})


def upload(browser, *rows, headings=HEADINGS):
    """Upload a list, take the columns as they were guessed, and return the page to review it."""
    columns = send(browser, workbook(*rows, headings=headings)).location
    guessed = {
        "column-1": "name",
        "column-2": "birth",
        "column-3": "unit",
        "column-4": "group",
        "column-5": "cccd",
    }
    sent = browser.post(columns, data=guessed)
    assert sent.status_code == 303, sent.text
    return sent.location


def names(world):
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(Person.name).order_by(Person.name_sort_key)).all()


def test_a_list_may_be_as_long_as_is_said_whatever_stands_above_it(officer, monkeypatch):
    monkeypatch.setattr("app.web.roster.uploads.MOST_PEOPLE", 2)
    assert send(officer, workbook(GOOD, GOOD)).status_code == 303
    refused = send(officer, workbook(GOOD, GOOD, GOOD))
    assert refused.status_code == 422
    assert "The list has more than 2 rows." in refused.text


def test_the_columns_are_shown_as_guessed_with_numbers_masked(officer):
    page = officer.get(send(officer, workbook(GOOD)).location).text
    assert "Họ và tên" in page
    assert NUMBER not in page
    assert "********1234" in page
    assert re.search(r'value="birth"\s+selected', page)


def test_good_rows_come_in_and_bad_cells_are_named(world, officer):
    page = upload(officer, GOOD, BAD)
    text = officer.get(page).text
    for words in ("C6", "D6", "F6", "The year of birth is missing", "no unit of this name"):
        assert words in text
    assert NUMBER not in text
    assert officer.post(page).status_code == 303
    assert names(world) == ["Lò Thị Pánh"]
    assert "********1234" in officer.get(f"{ROOM}/").text


def test_rows_to_correct_come_back_as_a_workbook(officer):
    page = upload(officer, GOOD, BAD)
    officer.post(page)
    sent = officer.get(f"{page}/corrections")
    rows = reading.values(io.BytesIO(sent.data), "Rows to be corrected")
    assert [row[1] for row in rows[1:]] == ["Vàng A Páo"]
    assert "missing" in rows[1][-2]


def test_a_corrected_list_lists_nobody_twice(world, officer):
    officer.post(upload(officer, GOOD, BAD))
    corrected = (2, "Vàng A Páo", "1990", "Văn phòng Sở", 3, "")
    page = upload(officer, GOOD, corrected)
    assert "Already listed" in officer.get(page).text
    officer.post(page)
    assert names(world) == ["Lò Thị Pánh", "Vàng A Páo"]


def test_what_is_done_is_not_kept(world, officer):
    page = upload(officer, GOOD)
    officer.post(page)
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(RosterImport.sheet_sealed)).all() == [None]
    assert "no longer kept" in officer.get(page).text
    assert officer.post(page).status_code == 404


def test_a_list_without_units_asks_for_one(world, officer):
    headings = ("STT", "Họ và tên", "Năm sinh")
    columns = send(officer, workbook((1, "Lò Thị Pánh", "1988"), headings=headings)).location
    chosen = {"column-1": "name", "column-2": "birth"}
    refused = officer.post(columns, data=chosen)
    assert refused.status_code == 422
    assert "Choose the unit for everybody" in refused.text
    for_all = {"unit_id": str(world.unit_of(DEPARTMENT)), "group_number": "3"}
    page = officer.post(columns, data=chosen | for_all).location
    assert officer.post(page).status_code == 303
    assert names(world) == ["Lò Thị Pánh"]


def test_the_only_group_and_the_only_unit_are_chosen_already(world, officer):
    headings = ("STT", "Họ và tên", "Năm sinh")
    columns = send(officer, workbook((1, "Lò Thị Pánh", "1988"), headings=headings)).location
    assert selected(officer.get(columns).text) == ["number", "name", "birth", "3"]
    only = world.unit_of(DEPARTMENT)
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.execute(update(Unit).where(Unit.id != only).values(is_active=False))
    assert selected(officer.get(columns).text) == ["number", "name", "birth", str(only), "3"]


def test_what_a_column_tells_is_not_chosen_for_everybody(officer):
    page = officer.get(send(officer, workbook(GOOD)).location).text
    assert selected(page) == ["number", "name", "birth", "unit", "group", "cccd"]


def selected(page):
    return re.findall(r'<option value="([^"]+)"\s+selected', page)


def test_a_field_chosen_twice_or_not_at_all_is_said(officer):
    columns = send(officer, workbook(GOOD)).location
    refused = officer.post(columns, data={"column-2": "birth", "column-3": "birth"})
    assert refused.status_code == 422
    assert "Two columns" in refused.text
    assert "No column has been chosen for “Full name”" in refused.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<html>", "not an Excel workbook"),
        (b"PK\x03\x04 no zip", "damaged"),
        (b"\x00\x01\x02\x03", "not an Excel workbook"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(officer, content, words):
    refused = send(officer, content)
    assert refused.status_code == 422
    assert words in refused.text


def test_a_list_without_headings_is_refused_in_words(officer):
    refused = send(officer, workbook(headings=("a", "b")))
    assert refused.status_code == 422
    assert "heading" in refused.text


def test_a_list_may_be_thrown_away(world, officer):
    page = upload(officer, GOOD)
    assert officer.post(f"{page}/discard").status_code == 303
    assert officer.get(page).status_code == 404


def test_a_list_of_another_agency_is_not_found(world, sign_in, officer):
    page = upload(officer, GOOD).rpartition("/")[2]
    stranger = sign_in(world.make_account(OTHER_COMMUNE, Role.OFFICER))
    room = f"/{OTHER_COMMUNE}/-/roster/imports/{page}"
    for path in (room, f"{room}/columns", f"{room}/corrections"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(room).status_code == 404
    assert stranger.post(f"{room}/discard").status_code == 404


def test_the_template_is_a_workbook_that_comes_back_without_questions(officer):
    sent = officer.get(f"{ROOM}/imports/template")
    assert sent.data.startswith(b"PK")
    assert "danh-sach-so-cong-thuong-2026.xlsx" in sent.headers["Content-Disposition"]


def test_each_number_of_a_list_leads_to_as_many_rows(officer):
    officer.post(upload(officer, GOOD))
    page = officer.get(upload(officer, GOOD, MORE, BAD)).text
    tiles = {one.url: one.number for one in read_figures(page).figures}
    assert tiles == {"#new": "1", "#known": "0", "#listed": "1"}
    for place, number in tiles.items():
        assert str(length_at(page, place.removeprefix("#"))) == number
    assert re.search(
        r'/corrections">\s*<span[^>]*>Rows to be corrected</span>\s*<span[^>]*>1<', page
    )
