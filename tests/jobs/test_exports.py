"""A workbook is written once, by whoever finds it waiting, with the figures of the page."""

import io
from contextlib import contextmanager

import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import create_engine, text

from app.domain.audit import Act
from app.domain.dossiers import State
from app.domain.exports import ExportKind, ExportState
from app.domain.outbox import MOST_ATTEMPTS
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.results import Figures
from app.persistence.database import db
from app.persistence.models import AuditEvent
from app.persistence.queries.boards import load_board
from app.persistence.queries.exports import load_export
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_again, ask_for_export
from tests.builders.figures import Office
from tests.builders.jobs import let_pauses_pass, work_on_all
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR
from tests.exports import reading


@pytest.fixture
def reader(world):
    return world.make_account(PROVINCE, Role.ASSOCIATION).actor()


@pytest.fixture
def ask(world, reader):
    def asked(locale="en"):
        with world.inside(PROVINCE), unit_of_work():
            return ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, locale, by=reader)

    return asked


def found(world, export_id):
    with world.inside(PROVINCE):
        export = load_export(export_id, with_content=True)
        db.session.expunge(export)
        return export


@contextmanager
def db_of_owner(config):
    engine = create_engine(config.owner_database_url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def numbers(content, sheet, name):
    rows = reading.values(io.BytesIO(content), sheet)
    return next(row for row in rows if row[1] == name)


def test_the_workbook_has_the_figures_of_the_page(world, ask):
    for slug, state in ((DEPARTMENT, State.PUBLISHED), (COMMUNE, State.SUBMITTED)):
        office = Office(world, slug)
        office.make(state)
        office.make(State.REGISTERED)
        office.recompute()
    put_somebody_into_both(world)
    export_id = ask()
    work_on_all(world, PROVINCE)
    export = found(world, export_id)
    assert export.state is ExportState.READY
    assert export.file_name == f"Learning Citizens {THIS_YEAR} - Hội Khuyến học tỉnh Lai Châu.xlsx"
    assert (export.done, export.total) == (6, 6)
    with world.inside(PROVINCE) as key:
        board = load_board(key, THIS_YEAR)
    for name, of in [
        *((line.name, line.figures) for line in board.lines),
        ("Counted in two agencies, taken off", Figures() - board.overlap),
        ("Grand total", board.total),
    ]:
        row = numbers(export.content, "By agency", name)
        counted = [of.eligible, of.registered, of.self_assessed, of.appraised, of.recognised]
        assert row[2:7] == counted
    assert len(board.lines) == 2
    assert board.overlap.eligible == 1


def test_a_commune_gets_a_line_for_each_of_its_units(world):
    office = Office(world, COMMUNE)
    office.make(State.PUBLISHED, unit_id=world.unit_of(COMMUNE))
    office.recompute()
    with world.inside(COMMUNE), unit_of_work():
        export_id = ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, "en", by=office.team)
    work_on_all(world, COMMUNE)
    with world.inside(COMMUNE):
        content = load_export(export_id, with_content=True).content
    assert numbers(content, "By agency", "Bản 1")[6] == 1
    assert numbers(content, "By agency", "Bản 2")[6] == 0


def test_it_speaks_the_language_in_which_it_was_asked_for(world, ask):
    export_id = ask("vi")
    work_on_all(world, PROVINCE)
    (book,) = reading.parts(io.BytesIO(found(world, export_id).content), r"xl/workbook\.xml")
    with world.app.app_context(), force_locale("vi"):
        assert gettext("By agency") in book


def test_writing_twice_changes_nothing(world, ask):
    export_id = ask()
    work_on_all(world, PROVINCE)
    first = found(world, export_id)
    work_on_all(world, PROVINCE)
    second = found(world, export_id)
    assert (second.finished_at, second.content) == (first.finished_at, first.content)


def test_a_failure_says_what_to_do_and_can_be_tried_again(world, ask, reader, config):
    export_id = ask()
    with db_of_owner(config) as owner:
        owner.execute(text("UPDATE setting SET value = '7' WHERE name = 'criteria'"))
    for _ in range(MOST_ATTEMPTS):
        assert found(world, export_id).state is ExportState.QUEUED
        work_on_all(world, PROVINCE)
        let_pauses_pass(world, PROVINCE)
    failed = found(world, export_id)
    assert failed.state is ExportState.FAILED
    assert "tell the operator the code" in failed.problem
    with db_of_owner(config) as owner:
        owner.execute(text("UPDATE setting SET value = '[]' WHERE name = 'criteria'"))
    with world.inside(PROVINCE), unit_of_work():
        ask_again(export_id, by=reader)
    work_on_all(world, PROVINCE)
    assert found(world, export_id).state is ExportState.READY
    assert found(world, export_id).problem is None


def test_what_has_not_failed_is_not_tried_again(world, ask, reader):
    export_id = ask()
    with world.inside(PROVINCE), pytest.raises(MissingError), unit_of_work():
        ask_again(export_id, by=reader)


def test_asking_takes_the_right_to_and_goes_on_record(world, ask):
    citizen = world.make_account(PROVINCE, Role.CITIZEN).actor()
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refusal, unit_of_work():
        ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, "vi", by=citizen)
    assert refusal.value.rule is Rule.PERMISSION_NEEDED
    export_id = ask()
    with world.inside(PROVINCE):
        (event,) = db.session.scalars(db.select(AuditEvent))
        assert (event.act, event.object_id) == (Act.EXPORT_ASKED, export_id)
