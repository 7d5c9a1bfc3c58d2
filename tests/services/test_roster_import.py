"""A list is imported as often as it takes: who is there already is left alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import MissingError
from app.domain.roster import ImportState
from app.domain.roster_files import RosterRow
from app.domain.vietnamese import match_key
from app.persistence.database import db
from app.persistence.models import Person, RosterImport
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.dossiers import find_dossier_of
from app.persistence.queries.people import find_alike, load_person
from app.persistence.queries.roster_imports import headings_learnt, load_import
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.roster_import import Imported, import_roster
from app.services.roster_uploads import (
    KEPT_FOR,
    Columns,
    choose_columns,
    discard_upload,
    keep_upload,
    open_upload,
)
from tests.builders.world import DEPARTMENT, OTHER_COMMUNE, THIS_YEAR


SEAL = NumberSeal.with_key(b"s" * 32)
NUMBER = "012188001234"
SHEET = f'["Lò Thị Pánh", "{NUMBER}"]'
UNIT = "Văn phòng Sở"


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER).actor()


def upload(officer):
    with unit_of_work():
        columns = Columns(mapping={}, headings={"ho va ten": "name"})
        return keep_upload(
            SHEET, columns, year=THIS_YEAR, file_name="ds.xlsx", seal=SEAL, by=officer
        )


def run(upload_id, rows, officer, *, is_all=True):
    with unit_of_work():
        return import_roster(upload_id, rows, is_all=is_all, seal=SEAL, by=officer)


def row(number=1, name="Lò Thị Pánh", **more):
    return RosterRow(
        **{
            "number_in_file": number,
            "name": name,
            "birth_year": 1988,
            "unit_name": UNIT,
            "group_number": 3,
        }
        | more
    )


def test_a_kept_list_shows_nothing_to_who_reads_the_table(world, officer):
    with world.inside(DEPARTMENT):
        kept = load_import(upload(officer))
        assert NUMBER.encode() not in kept.sheet_sealed
        assert open_upload(kept, seal=SEAL) == SHEET


def test_a_list_imported_twice_adds_nobody_twice(world, officer):
    rows = [row(), row(2, "Vàng A Páo")]
    with world.inside(DEPARTMENT):
        upload_id = upload(officer)
        assert run(upload_id, rows, officer, is_all=False) == Imported(added=2, known=0, listed=0)
        assert run(upload_id, rows, officer) == Imported(added=0, known=0, listed=2)
        kept = load_import(upload_id)
        assert (kept.state, kept.people, kept.sheet_sealed) == (ImportState.IMPORTED, 2, None)
        assert headings_learnt() == {"ho va ten": "name"}


def test_somebody_of_an_earlier_year_is_listed_again_and_not_made_anew(world, officer):
    with world.inside(DEPARTMENT):
        unit_id = next(one.id for one in units_in_use() if one.name == UNIT)
    person_id = world.make_person(DEPARTMENT, unit_id=unit_id)
    with world.inside(DEPARTMENT):
        done = run(upload(officer), [row(cccd=NUMBER)], officer)
        assert done == Imported(added=0, known=1, listed=0)
        assert find_dossier_of(person_id, THIS_YEAR) is not None
        assert load_person(person_id).cccd_last_four == "1234"


def test_two_namesakes_are_two_people(world, officer):
    rows = [row(birth_on=date(1988, 1, 2)), row(2, birth_on=date(1988, 3, 4))]
    with world.inside(DEPARTMENT):
        assert run(upload(officer), rows, officer).added == 2
        assert run(upload(officer), rows, officer).listed == 2


def test_a_number_finds_its_person_under_another_name(world, officer):
    with world.inside(DEPARTMENT):
        run(upload(officer), [row(cccd=NUMBER)], officer)
        again = row(name="Lò Thị Pánh (Mai)", cccd=NUMBER)
        assert run(upload(officer), [again], officer).listed == 1


def test_what_holds_for_all_fills_the_columns_that_are_not_there(world, officer):
    with world.inside(DEPARTMENT):
        unit_id = units_in_use()[0].id
        upload_id = upload(officer)
        columns = Columns(mapping={}, headings={}, unit_id=unit_id, group_number=3)
        with unit_of_work():
            choose_columns(upload_id, columns, by=officer)
        run(upload_id, [row(unit_name=None, group_number=None)], officer)
        assert db.session.scalars(select(Person.unit_id)).all() == [unit_id]


def test_scores_of_a_list_become_a_draft_on_behalf(world, officer):
    scores = (8, 8, 8, 8, 8, None, 8, 8, 8, 8)
    with world.inside(DEPARTMENT):
        run(upload(officer), [row(scores=scores)], officer)
        unit_id = next(one.id for one in units_in_use() if one.name == UNIT)
        dossier = find_dossier_of(find_alike(match_key("Lò Thị Pánh"), 1988, unit_id).id, THIS_YEAR)
        assert (tuple(dossier.self_scores), dossier.is_on_behalf) == (scores, True)


def test_a_list_that_nobody_finished_is_forgotten(world, officer):
    with world.inside(DEPARTMENT):
        old = upload(officer)
        with unit_of_work():
            long_ago = RosterImport.created_at - KEPT_FOR - timedelta(hours=1)
            db.session.execute(update(RosterImport).values(created_at=long_ago))
        new = upload(officer)
        assert load_import(new)
        with pytest.raises(MissingError):
            load_import(old)


def test_a_list_may_be_discarded(world, officer):
    with world.inside(DEPARTMENT):
        upload_id = upload(officer)
        with unit_of_work():
            discard_upload(upload_id, by=officer)
        with pytest.raises(MissingError):
            load_import(upload_id)


def test_a_list_of_another_agency_is_not_found(world, officer):
    with world.inside(DEPARTMENT):
        upload_id = upload(officer)
    stranger = world.make_account(OTHER_COMMUNE, Role.OFFICER).actor()
    with world.inside(OTHER_COMMUNE):
        for missing in (upload_id, new_id()):
            with pytest.raises(MissingError):
                run(missing, [row()], stranger)
