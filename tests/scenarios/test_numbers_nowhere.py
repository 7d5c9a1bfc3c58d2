"""Personal numbers go through every door, and are found in clear behind none of them."""

import io
import json
import logging
import zipfile

import pytest
from flask import request, request_finished
from redis import Redis
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.domain.exports import ExportKind
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Export, Person
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_for_export
from tests.builders.dumps import dump
from tests.builders.jobs import work_on_all
from tests.builders.world import DEPARTMENT, PROVINCE, THIS_YEAR
from tests.web.roster.test_imports import BAD, upload


ROOM = f"/{DEPARTMENT}/-/roster"
TYPED = "012188770001"
CHANGED = "012188770002"
IMPORTED = "012188770003"
TWICE = "012188770004"
MISTYPED = "012199770005"
FORGED = "012188770006"
NUMBERS = (TYPED, CHANGED, IMPORTED, TWICE, MISTYPED, FORGED)


@pytest.fixture
def log(caplog):
    """Everything that the house and its libraries say, down to the statements."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    yield caplog
    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)


@pytest.fixture
def visits(app):
    """Every address that was asked for or led to."""
    seen = []

    def note(_app, response):
        seen.extend((request.url, response.location or ""))

    with request_finished.connected_to(note, app):
        yield seen


def entry(world, number, **more):
    return {
        "name": "Lò Thị Pánh",
        "birth": "1988",
        "unit_id": str(world.unit_of(DEPARTMENT)),
        "group_number": "3",
        "cccd": number,
        "year": str(THIS_YEAR),
    } | more


def person_named(world, name):
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(Person).where(Person.name == name)).one()


def play(world, browser):
    """Type, refuse, correct, import, search, show and export; return every page but the one."""
    pages = [browser.post(f"{ROOM}/add", data=entry(world, TYPED))]
    pages += [browser.post(f"{ROOM}/add", data=entry(world, TYPED, name="Vàng A Páo"))]
    person = person_named(world, "Lò Thị Pánh")
    at = f"{ROOM}/people/{person.id}"
    pages += [browser.post(at, data=entry(world, CHANGED, version="1", is_active="y"))]
    good = (1, "Giàng A Lử", "1988", "Văn phòng Sở", 3, IMPORTED)
    twice = [(n, f"Sùng Thị {n}", "1988", "Văn phòng Sở", 3, TWICE) for n in (2, 3)]
    wrong = (4, "Mùa A Chu", "1988", "Văn phòng Sở", 3, MISTYPED)
    review = upload(browser, good, *twice, wrong, BAD)
    pages += [browser.get(review), browser.post(review), browser.get(review)]
    for question in (f"?q={person.name}", "?q=0002", ""):
        pages.append(browser.get(f"{ROOM}/{question}"))
    pages += [browser.get(f"/{DEPARTMENT}/-/dossiers/"), browser.get(at)]
    shown = browser.post(f"{at}/personal-number", data={"reason": "đối chiếu"})
    assert CHANGED in shown.text
    return pages


def export(world):
    """Let the province export its results, as a worker does it; return the workbook's text."""
    reader = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    with world.inside(PROVINCE), unit_of_work():
        ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, "vi", by=reader)
    work_on_all(world, PROVINCE)
    with world.inside(PROVINCE):
        content = db.session.scalars(select(Export.content)).one()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"".join(book.read(name) for name in book.namelist()).decode(errors="replace")


def kept_in_redis(config):
    connection = Redis.from_url(config.redis_url)
    keys = connection.keys("*")
    kept = [key + (connection.dump(key) or b"") for key in keys]
    connection.close()
    return b"".join(kept).decode(errors="replace")


def found_in(text):
    every = {number: (number, number.encode().hex()) for number in NUMBERS}
    return [number for number, forms in every.items() if any(one in text for one in forms)]


@pytest.fixture
def copy(postgres, database):
    """Dump the database of the test."""
    return lambda: dump(postgres, database)


def test_a_number_is_kept_in_clear_nowhere(world, sign_in, copy, log, visits):
    config = world.app.extensions["bangvang"]
    browser = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    pages = play(world, browser)
    workbook = export(world)
    # What was typed and refused is shown again to whoever typed it, and to nobody else.
    others = [page.text for page in pages if page.status_code in {200, 303}]
    assert found_in("".join(others)) == []
    places = {
        "dump": copy(),
        "redis": kept_in_redis(config),
        "log": log.text + "".join(record.getMessage() for record in log.records),
        "addresses": json.dumps(visits),
        "workbook": workbook,
    }
    assert "Giàng A Lử" in places["dump"]
    assert "INSERT INTO person" in places["log"]
    assert {place: found_in(text) for place, text in places.items() if found_in(text)} == {}


def test_a_database_error_does_not_quote_a_number(world, log):
    with world.inside(DEPARTMENT), pytest.raises(IntegrityError) as error:
        insert_nameless(world)
    logging.getLogger(__name__).error("failed", exc_info=error.value)
    assert "IntegrityError" in log.text
    assert found_in(log.text + str(error.value)) == []


def insert_nameless(world):
    row = {"province_id": 12, "tenant_id": world.key_of(DEPARTMENT).tenant_id, "id": new_id()}
    with unit_of_work():
        db.session.execute(insert(Person).values(**row, position=FORGED))
