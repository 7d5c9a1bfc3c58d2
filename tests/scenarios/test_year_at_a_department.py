"""A year at a department, from the empty roster to the names on the honour roll."""

import io
import time
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import load_workbook
from sqlalchemy import select

from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.persistence.database import db
from app.persistence.models import Setting
from app.persistence.unit_of_work import unit_of_work
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE
from tests.scenarios import steps
from tests.scenarios.people import (
    PASSWORD,
    PHONE,
    Desk,
    give_account,
    give_password,
    sign_in_through_the_form,
    unit_called,
    wait_for,
)
from tests.scenarios.watching import Watcher


AGENCY, OFFICE = "Sở Công Thương", "Văn phòng Sở"
PANH, CHU, MY, SUNG, NAM = (
    "Lò Thị Pánh",
    "Vừ A Chứ",
    "Giàng Thị Mỷ",
    "Tẩn A Sùng",
    "Hoàng Văn Nam",
)
OWN = {
    PANH: [8, 9, *[8] * 8],
    CHU: [*[8] * 6, 9, 8, 8, 8],
    SUNG: [7] * 10,
    NAM: [9] * 10,
}
TEAM = OWN | {PANH: [8] * 10}
FIGURES = {
    "eligible": 5,
    "registered": 4,
    "self_assessed": 4,
    "appraised": 4,
    "undecided": 0,
    "recognised": 3,
    "not_recognised": 1,
    "outstanding": 0,
}
NUMBER = "215/QĐ-SCT"


@pytest.fixture
def people(world, year):
    """Make the people of the department who have an office; heads of unit confirm here."""
    with world.inside(DEPARTMENT) as key, unit_of_work():
        held = select(Setting).filter_by(tenant_id=key.tenant_id, name=SettingName.CONFIRMATION)
        db.session.scalars(held).one().value = True
    make = world.make_account
    unit = unit_called(world, DEPARTMENT, OFFICE)
    return {
        "officer": make(DEPARTMENT, Role.OFFICER, name="Đinh Thị Văn Phòng"),
        "unit head": make(DEPARTMENT, Role.UNIT_HEAD, name="Bùi Văn Trưởng", unit_id=unit),
        "first": make(DEPARTMENT, Role.APPRAISER, name="Phạm Thị Một"),
        "second": make(DEPARTMENT, Role.APPRAISER, name="Trần Văn Hai"),
        "chair": make(DEPARTMENT, Role.CHAIR, name="Lý Văn Tổ Trưởng"),
        "secretary": make(DEPARTMENT, Role.SECRETARY, name="Mai Thị Thư Ký"),
        "head": make(DEPARTMENT, Role.HEAD, name="Nguyễn Văn Giám"),
        "association": make(PROVINCE, Role.ASSOCIATION, name="Cao Thị Khuyến"),
    }


@pytest.fixture
def watcher(world, reception, year):
    """Somebody with every role in another agency, who looks on all the while."""
    world.make_dossier(COMMUNE, name="Người Sìn Hồ", year=year)
    roles = set(Role) - {Role.ASSOCIATION}
    account = world.make_account(COMMUNE, *sorted(roles), name="Người Xem")
    return Watcher(reception.seat(account, COMMUNE))


def test_a_department_goes_from_an_empty_roster_to_published_names(
    world, reception, people, watcher, tmp_path
):
    desks = {
        role: reception.seat(account, DEPARTMENT, in_english_too=True)
        for role, account in people.items()
        if role not in {"officer", "association"}
    }
    desks["officer"] = reception.seat(None, DEPARTMENT)
    desks["association"] = reception.seat(people["association"], PROVINCE, in_english_too=True)
    give_password(world, DEPARTMENT, people["officer"])
    sign_in_through_the_form(desks["officer"], people["officer"])

    fill_the_roster(desks["officer"])
    panh = reception.seat(give_account(world, DEPARTMENT, PANH), DEPARTMENT, size=PHONE)
    chu = reception.seat(
        give_account(world, DEPARTMENT, CHU), DEPARTMENT, size=PHONE, java_script_enabled=False
    )
    nam = reception.seat(None, DEPARTMENT, in_english_too=True)
    score_oneself_step_by_step(panh, OWN[PANH])
    score_oneself_step_by_step(chu, OWN[CHU])
    register_as_a_newcomer(nam)
    enter_on_behalf(desks["officer"])
    steps.confirm_everybody(desks["unit head"])
    assert set(steps.score_whoever_waits(desks["first"], TEAM)) == set(OWN)
    assert set(steps.score_whoever_waits(desks["second"], TEAM)) == set(OWN)
    return_one(desks["chair"])
    complete_what_was_returned(chu)
    steps.confirm_everybody(desks["unit head"])
    again = TEAM | {CHU: [8] * 10}
    assert steps.score_whoever_waits(desks["first"], again) == [CHU]
    assert steps.score_whoever_waits(desks["second"], again) == [CHU]
    steps.agree_on_all_without_a_difference(desks["chair"])
    agree_with_a_reason(desks["chair"])
    steps.put_on_a_list(desks["secretary"], SUNG)
    decision = steps.decide_as_earned(desks["head"], NUMBER)
    decided_at = time.monotonic()
    see_the_province_know(desks["association"], decided_at)
    steps.publish(desks["officer"], decision)
    see_names_and_results(reception.seat(None, DEPARTMENT), panh)
    compare_the_workbook(desks["association"], tmp_path)
    watcher.has_seen_nothing_of(
        [
            desk
            for desk in [*desks.values(), panh, chu, nam]
            if desk.base.startswith("/" + DEPARTMENT)
        ],
        names=(*OWN, MY),
    )


def fill_the_roster(officer: Desk) -> None:
    officer.visit("/roster/")
    officer.press("main a[href*='/roster/add']")
    for name, then in ((PANH, "add"), (CHU, "list")):
        officer.fill(name=name, birth="15/08/1988")
        officer.choose("unit_id", OFFICE)
        officer.press(f"main [name=then][value={then}]")
    officer.reads(PANH, CHU)
    officer.press("main a[href*='/roster/imports']")
    officer.page.set_input_files(
        "main [name=file]",
        {"name": "danh sách.xlsx", "mimeType": "application/x-xlsx", "buffer": a_messy_list()},
    )
    officer.press()
    officer.page.select_option("main [name=group_number]", "3")
    officer.press()
    officer.reads("C6", "chưa rõ")
    officer.press()
    officer.visit("/roster/")
    officer.reads(MY, SUNG)
    assert "Phàn Thị Sai" not in officer.words()


def a_messy_list() -> bytes:
    """Return a workbook as offices keep it: a title above, a birth that nobody can read below."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("DS")
        sheet.write_row("A1", ["DANH SÁCH CÔNG CHỨC"])
        sheet.write_row("A3", ["TT", "Họ và tên", "Ngày sinh", "Phòng"])
        sheet.write_row("A4", [1, MY, "02/03/1991", OFFICE])
        sheet.write_row("A5", [2, SUNG, "1979", OFFICE])
        sheet.write_row("A6", [3, "Phàn Thị Sai", "chưa rõ", OFFICE])
    return file.getvalue()


def score_oneself_step_by_step(person: Desk, scores: list[int]) -> None:
    person.visit("/own/")
    person.follow("/own/register")
    person.page.check("main [name=consent]")
    person.press()
    for number, score in enumerate(scores, start=1):
        assert person.path() == f"/own/indicators/{number}"
        person.page.check(f"#score_{number}-{score}")
        person.fill(**{f"evidence_{number}": f"Giấy chứng nhận {number}"})
        person.press("main .sticky-foot .btn-primary")
    person.reads(str(sum(scores)))
    person.press()
    assert person.path() == "/own/"


def register_as_a_newcomer(nam: Desk) -> None:
    nam.visit("/registration/")
    nam.fill(name=NAM, birth_year=1990, login="nam@example.vn", password="ngắn")
    nam.choose("unit", OFFICE)
    nam.press(status=422)
    nam.fill(password=PASSWORD)
    nam.page.check("main [name=consent]")
    nam.press()
    nam.follow("/own/scores")
    nam.fill_scores(OWN[NAM])
    for number in range(1, 11):
        nam.fill(**{f"evidence_{number}": "Chứng chỉ"})
    nam.press("main [name=go][value=review]:visible")
    nam.press()


def enter_on_behalf(officer: Desk) -> None:
    officer.visit("/entry/")
    officer.press(officer.page.get_by_role("link", name=SUNG))
    officer.fill_scores(OWN[SUNG])
    officer.page.check("main [name=seen]")
    officer.press()
    officer.reads(SUNG, "70")


def return_one(chair: Desk) -> None:
    chair.visit("/appraisals/?queue=to-agree")
    row = chair.page.locator("tr", has_text=CHU)
    chair.press(row.locator("a[href$='/agreement']"))
    chair.follow("/return")
    chair.press(status=422)
    chair.fill(**{"reason-7": "Chưa có minh chứng của năm nay"})
    chair.press()
    chair.reads(CHU)


def complete_what_was_returned(chu: Desk) -> None:
    chu.visit("/own/")
    chu.reads("Chưa có minh chứng của năm nay")
    chu.visit("/own/scores")
    fields = chu.page.locator("main [name^=score_]")
    assert [one.get_attribute("name") for one in fields.all()] == ["score_7"]
    chu.fill(score_7=8, evidence_7="Giấy chứng nhận tháng này")
    chu.press("main [name=go][value=review]:visible")
    chu.press()
    assert chu.path() == "/own/"


def agree_with_a_reason(chair: Desk) -> None:
    chair.visit("/appraisals/?queue=to-agree")
    chair.press("main td a[href$='/agreement']")
    chair.fill(**{"score-2": 8})
    chair.press(status=422)
    assert chair.page.input_value("[name=score-2]") == "8"
    chair.fill(**{"reason-2": "Minh chứng chưa đủ"})
    chair.press()


def see_the_province_know(association: Desk, since: float) -> None:
    """Wait for the worker: the province knows within five seconds of the decision."""

    def is_known() -> bool:
        association.page.goto(association.base + "/board/")
        return steps.figures_on_the_board(association, AGENCY).items() >= FIGURES.items()

    wait_for(is_known, seconds=5 - (time.monotonic() - since), what="the province's figures")
    association.visit("/board/")


def see_names_and_results(stranger: Desk, panh: Desk) -> None:
    stranger.visit("/honours/")
    stranger.reads(PANH, CHU, NAM, NUMBER)
    assert SUNG not in stranger.words()
    panh.visit("/own/")
    panh.press("main a[href*='/own/years/']")
    panh.reads(NUMBER, "Minh chứng chưa đủ")


def compare_the_workbook(association: Desk, folder: Path) -> None:
    association.visit("/exports/")
    association.press()
    ready = association.page.locator("main a[href$='/file']")
    ready.wait_for()
    with association.page.expect_download() as download:
        ready.click()
    path = folder / "book.xlsx"
    download.value.save_as(path)
    rows = load_workbook(path).get_sheet_by_index(0).to_python()
    row = next(row for row in rows if AGENCY in row)
    names = ("eligible", "registered", "self_assessed", "appraised", "recognised")
    assert row[2:7] == [FIGURES[name] for name in names]
    assert row[9] == FIGURES["outstanding"]
