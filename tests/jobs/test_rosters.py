"""A long list is checked and brought in by a job, which may die at any moment and loses nobody."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update

from app.domain.audit import Act
from app.domain.dossiers import State
from app.domain.outbox import MOST_ATTEMPTS, LineState
from app.domain.permissions import Role
from app.domain.roster import ImportState
from app.intake import roster_sheet
from app.intake.kept import list_from_text
from app.intake.roster_sheet import _Reader
from app.jobs import lines as turns
from app.jobs import rosters
from app.jobs.outbox import Dispatcher
from app.persistence.database import db
from app.persistence.models import (
    Account,
    AuditEvent,
    Dossier,
    Person,
    RollupMark,
    RosterImport,
    RosterImportPart,
    Unit,
)
from app.persistence.queries.roster_imports import load_import
from app.persistence.unit_of_work import unit_of_work
from app.services import roster_import
from app.services.cycles import close_cycle
from app.services.roster_uploads import open_upload
from tests.builders.faults import as_owner
from tests.builders.jobs import let_pauses_pass, lines, work_on_all
from tests.builders.world import DEPARTMENT, THIS_YEAR
from tests.web.roster.test_imports import BAD, upload


PEOPLE = 25


@pytest.fixture(autouse=True)
def _short_parts(app, monkeypatch):
    """Let a list be long that fits in a test, and let a worker do one part in a turn."""
    del app
    for place in ("app.services.roster_uploads", "app.web.roster.imports"):
        monkeypatch.setattr(f"{place}.READ_AT_ONCE", 10)
    monkeypatch.setattr(rosters, "PART", 10)
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    monkeypatch.setattr("app.persistence.unit_of_work._dispatchers", [])


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER)


@pytest.fixture
def browser(officer, sign_in):
    return sign_in(officer)


def good(number):
    name = f"Lò Thị {chr(ord('A') + number)}ánh"
    return (number + 1, name, str(1960 + number), "Văn phòng Sở", 3, "")


@pytest.fixture
def page(world, browser):
    """Upload a long list with one bad row, and have it checked; return its page."""
    address = upload(browser, *(good(number) for number in range(PEOPLE)), BAD)
    work_on_all(world, DEPARTMENT)
    return address


def people(world):
    with world.inside(DEPARTMENT):
        return db.session.scalar(select(func.count()).select_from(Person))


def the_upload(world):
    with world.inside(DEPARTMENT):
        upload_id = db.session.scalars(select(RosterImport.id)).one()
        found = load_import(upload_id)
        db.session.refresh(found, ["sheet_sealed"])
        db.session.expunge(found)
        return found


def parts(world):
    with world.inside(DEPARTMENT):
        found = db.session.execute(
            select(RosterImportPart.rows, RosterImportPart.sheet_sealed).order_by("position")
        )
        return [tuple(one) for one in found]


def go_through(world, turns=10):
    for _ in range(turns):
        work_on_all(world, DEPARTMENT)


def test_a_long_list_is_checked_by_a_job_while_the_page_shows_how_far_it_is(world, browser):
    page = upload(browser, *(good(number) for number in range(PEOPLE)), BAD)
    shown = browser.get(page).text
    assert "Being checked" in shown
    assert f'hx-get="{page}"' in shown
    assert browser.post(f"{page}/columns").status_code in {303, 422}
    work_on_all(world, DEPARTMENT)
    watched = browser.get(page, headers={"HX-Request": "true"})
    assert watched.headers["HX-Refresh"] == "true"
    text = browser.get(page).text
    for words in ("C30", "D30", "The year of birth is missing", f"List {PEOPLE} people"):
        assert words in text
    assert browser.get(f"{page}/corrections").data.startswith(b"PK")
    assert people(world) == 0


def test_it_is_brought_in_part_by_part_and_each_part_is_on_record(world, browser, page):
    assert browser.post(page).status_code == 303
    assert "Being imported" in browser.get(page).text
    work_on_all(world, DEPARTMENT)
    assert people(world) == 10
    text = browser.get(page).text
    assert "10 people have been listed from it so far" in text
    assert 'value="10" max="25"' in text
    go_through(world)
    assert people(world) == PEOPLE
    found = the_upload(world)
    assert (found.state, found.people, found.rows_done) == (ImportState.IMPORTED, PEOPLE, 0)
    with world.inside(DEPARTMENT):
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.act == Act.ROSTER_IMPORTED))
        assert sorted(act.facts["added"] for act in acts) == [5, 10, 10]
        listed = select(func.count()).where(Dossier.state == State.LISTED)
        assert db.session.scalar(listed) == PEOPLE
        marks = select(func.count()).select_from(RollupMark)
        assert db.session.scalar(marks) > 0
    text = browser.get(page).text
    assert "Already listed for this year" in text
    assert "No row of this list brings anybody" in text
    assert all(line.state is LineState.DONE for line in lines(world, DEPARTMENT))


def test_a_job_that_dies_in_the_middle_of_a_part_lists_nobody_twice(
    world, browser, page, monkeypatch
):
    browser.post(page)
    work_on_all(world, DEPARTMENT)
    told = rosters.tell

    def die(*_arguments):
        raise MemoryError

    monkeypatch.setattr(rosters, "tell", die)
    work_on_all(world, DEPARTMENT)
    assert people(world) == 10
    monkeypatch.setattr(rosters, "tell", told)
    for _ in range(10):
        let_pauses_pass(world, DEPARTMENT)
        work_on_all(world, DEPARTMENT)
    assert people(world) == PEOPLE
    assert the_upload(world).people == PEOPLE


def test_what_fails_for_good_is_said_and_goes_on_where_it_was(world, browser, page, monkeypatch):
    browser.post(page)
    work_on_all(world, DEPARTMENT)
    brought_in = rosters.import_part
    monkeypatch.setattr(rosters, "import_part", lambda *_, **__: 1 // 0)
    for _ in range(MOST_ATTEMPTS):
        let_pauses_pass(world, DEPARTMENT)
        work_on_all(world, DEPARTMENT)
    text = browser.get(page).text
    assert f"This was tried {MOST_ATTEMPTS} times" in text
    assert "Try again" in text
    monkeypatch.setattr(rosters, "import_part", brought_in)
    assert browser.post(page).status_code == 303
    go_through(world)
    assert people(world) == PEOPLE


def test_a_list_that_is_thrown_away_on_the_way_brings_in_no_more(world, browser, page):
    browser.post(page)
    work_on_all(world, DEPARTMENT)
    assert browser.post(f"{page}/discard").status_code == 303
    go_through(world)
    assert people(world) == 10
    assert the_upload(world).sheet_sealed is None
    assert not parts(world)
    assert "no longer kept" in browser.get(page).text


def test_a_year_that_was_closed_meanwhile_stops_it_in_words(world, officer, browser, page):
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.get_one(Account, officer.id).locale = "en"
    browser.post(page)
    work_on_all(world, DEPARTMENT)
    with world.inside(DEPARTMENT), unit_of_work():
        close_cycle(THIS_YEAR, by=world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor())
    go_through(world)
    assert people(world) == 10
    text = browser.get(page).text
    assert "The list was not brought in to its end" in text
    assert f"The assessment year {THIS_YEAR} is not open in this agency." in text


def test_a_list_without_a_bad_row_is_not_kept_once_it_is_in(world, browser):
    page = upload(browser, *(good(number) for number in range(PEOPLE)))
    work_on_all(world, DEPARTMENT)
    browser.post(page)
    go_through(world)
    assert people(world) == PEOPLE
    assert the_upload(world).sheet_sealed is None
    assert "no longer kept" in browser.get(page).text


def test_what_was_found_is_sealed_with_the_list(world, browser, page):
    del browser, page
    kept = the_upload(world)
    assert "Vàng".encode() not in kept.sheet_sealed
    assert [rows for rows, _ in parts(world)] == [10, 10, 5]
    assert not any("Lò".encode() in sealed for _, sealed in parts(world))
    with world.inside(DEPARTMENT):
        text = open_upload(load_import(kept.id), seal=world.app.extensions["number_seal"])
    assert list_from_text(text).found["refused_rows"]


def test_between_its_turns_it_waits_like_everybody(world, browser, page, config):
    browser.post(page)
    work_on_all(world, DEPARTMENT)
    [waiting] = [one for one in lines(world, DEPARTMENT) if one.state is LineState.WAITING]
    assert (waiting.attempts, waiting.done, waiting.total) == (0, 10, PEOPLE)
    with world.app.app_context():
        assert Dispatcher(config.redis_url)()
    assert lines(world, DEPARTMENT)[-1].state is LineState.SENT


@pytest.fixture
def looked_at(monkeypatch):
    """Count what a turn reads: rows of the list, and people of the roster."""
    counted = SimpleNamespace(rows=0, people=0)
    take, entries_of_roster = _Reader.take, roster_import.entries_of_roster

    def count_row(reader, row):
        counted.rows += 1
        take(reader, row)

    def count_people(*arguments, **more):
        found = entries_of_roster(*arguments, **more)
        counted.people += len(found)
        return found

    monkeypatch.setattr(_Reader, "take", count_row)
    monkeypatch.setattr(roster_import, "entries_of_roster", count_people)
    return counted


def test_a_turn_reads_its_part_and_nothing_else_however_long_the_list(
    world, browser, page, looked_at, monkeypatch
):
    monkeypatch.setattr(rosters, "open_upload", lambda *_, **__: pytest.fail("read as a whole"))
    browser.post(page)
    read = []
    while the_upload(world).state is ImportState.IMPORTING:
        looked_at.rows = looked_at.people = 0
        work_on_all(world, DEPARTMENT)
        read.append((looked_at.rows, looked_at.people))
    assert read == [(10, 0), (10, 0), (5, 0)]
    assert people(world) == PEOPLE


def test_a_list_that_takes_longer_than_a_turn_is_looked_through_as_long_work(
    world, browser, looked_at, monkeypatch
):
    monkeypatch.setattr(roster_sheet, "_PROGRESS_EVERY", 10)
    upload(browser, *(good(number) for number in range(PEOPLE)))
    work_on_all(world, DEPARTMENT)
    [line] = lines(world, DEPARTMENT)
    assert (line.is_long, line.state, looked_at.rows) == (True, LineState.WAITING, 10)
    work_on_all(world, DEPARTMENT)
    assert the_upload(world).state is ImportState.CHECKED


def test_namesakes_far_apart_in_a_list_are_told_apart(world, browser, monkeypatch):
    monkeypatch.setattr(rosters, "PART", 2)
    with world.inside(DEPARTMENT):
        office = db.session.scalars(select(Unit.id).where(Unit.name == "Văn phòng Sở")).one()
    world.make_person(DEPARTMENT, "Lò Thị Pánh", unit_id=office, birth_year=1980)
    twins = [(1, "Lò Thị Pánh", day, "Văn phòng Sở", 3, "") for day in ("01/02/1980", "03/04/1980")]
    page = upload(browser, twins[0], *(good(number) for number in range(10)), twins[1])
    work_on_all(world, DEPARTMENT)
    browser.post(page)
    go_through(world)
    assert people(world) == 12


def test_a_unit_that_was_closed_meanwhile_keeps_its_rows_out_and_says_so(world, browser):
    page = upload(browser, *(good(number) for number in range(PEOPLE)))
    work_on_all(world, DEPARTMENT)
    browser.post(page)
    work_on_all(world, DEPARTMENT)
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.execute(update(Unit).where(Unit.name == "Văn phòng Sở").values(is_active=False))
    go_through(world)
    assert people(world) == 10
    found = the_upload(world)
    assert (found.state, found.refused) == (ImportState.IMPORTED, PEOPLE)
    assert "Văn phòng Sở" in browser.get(page).text


def test_a_list_that_was_looked_through_before_parts_were_kept_is_looked_at_again(
    world, browser, page
):
    as_owner(world, "DELETE FROM roster_import_part")
    browser.post(page)
    go_through(world)
    assert people(world) == 0
    assert the_upload(world).state is ImportState.CHECKED
    browser.post(page)
    go_through(world)
    assert people(world) == PEOPLE
