"""The copy that people read says what the copy for machines says: nothing less, nothing more."""

import io
import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import inspect, select

from app.domain.audit import Act
from app.domain.consent import LegalBasis, Purpose
from app.domain.data_requests import RequestChannel, RequestKind
from app.domain.deadlines import VIETNAM
from app.domain.ids import new_id
from app.domain.people import ConsentChannel
from app.domain.permissions import Role
from app.exports.papers import data_copy
from app.exports.papers.typesetting import NotTypesetError
from app.labels.acts import act_in_words
from app.labels.personal_data import COLUMNS, DETAIL_VALUES, OWN_NAMES, VALUES
from app.persistence.database import db
from app.persistence.models import (
    AuditEvent,
    Consent,
    DataRequest,
    Dossier,
    Membership,
    Person,
    TeamScore,
    Transfer,
)
from app.persistence.queries import personal_data
from app.persistence.unit_of_work import unit_of_work
from app.services.data_requests import ask
from app.services.record import record_act
from app.web.data.readable import sections_of
from app.web.data.values import name_of
from tests.builders.lists import Office
from tests.builders.world import COMMUNE, DEPARTMENT, PASSING
from tests.conftest import THE_DAY


ROOM = f"/{DEPARTMENT}/-/data"
MINE = f"/{DEPARTMENT}/-/my-data"
NAME = "Lò Thị Pánh"
# Where the paper's own words are, and what it says of itself.
OWN_WORDS = {"personal_data.py", "readable.py", "papers.py", "words.py", "acts.py"}
FRAME = (
    "Lai Châu, UBND TỈNH LAI CHÂU",
    "SỞ CÔNG THƯƠNG",
    "COPY OF PERSONAL DATA",
    "21/11/2026 09:00",
)
FOOT = re.compile(r"\d/\d|\d+-[0-9a-f]{16}")
IN_ENGLISH = "/?lang=en"
UNSEEN = re.compile(r"[\s\u200b\u00ad]+")


@pytest.fixture
def office(world):
    return Office(world)


@pytest.fixture
def person(world, office):
    """Somebody with a past: consent, request, two years, a looked-at number, words of their own."""
    person = world.make_person(DEPARTMENT, NAME)
    world.make_dossier(DEPARTMENT, person, year=2025)
    dossier = office.appraised(person_id=person)
    with world.inside(DEPARTMENT), unit_of_work():
        ask(person, RequestKind.CORRECT, RequestChannel.PAPER, "sai #năm sinh", by=actor(office))
        record_act(Act.NUMBER_SHOWN, by=actor(office), object_kind="person", object_id=person)
        appraiser = office.appraiser
        db.session.add_all(
            (
                Consent(
                    person_id=person,
                    channel=ConsentChannel.PAPER_FORM,
                    basis=LegalBasis.CONSENT,
                    purpose=Purpose.ASSESSMENT,
                    wording="2026-01",
                    given_at=THE_DAY,
                    recorded_by=appraiser.id,
                ),
                TeamScore(
                    dossier_id=dossier,
                    round=1,
                    appraiser_identity_id=appraiser.identity_id,
                    appraiser_account_id=appraiser.id,
                    appraiser_name=appraiser.name,
                    scores=PASSING,
                    note="*rõ ràng*",
                ),
            )
        )
        one = db.session.scalars(select(Person).where(Person.id == person)).one()
        one.cccd_sealed, one.cccd_last_four = b"sealed", "6789"
        db.session.scalars(select(Dossier).where(Dossier.id == dossier)).one().evidence = [
            f"Chứng chỉ số {number}" for number in range(1, 11)
        ]
    office.published(dossier)
    return person


@pytest.fixture
def citizen(world, person):
    with world.inside(DEPARTMENT):
        whose = db.session.scalars(select(Person.identity_id).where(Person.id == person)).one()
    return world.make_account(DEPARTMENT, Role.CITIZEN, identity=whose)


def actor(office):
    return office.officer.actor()


def squeezed(text):
    return UNSEEN.sub("", text)


def text_of(answer):
    assert answer.status_code == 200
    return squeezed(
        "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.data)).pages)
    )


def in_words(value):
    """Return what a paper may say for a leaf of the JSON, by other means than the paper's."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    for kind, shape in ((date, "%d/%m/%Y"), (datetime, "%d/%m/%Y %H:%M:%S")):
        try:
            found = kind.fromisoformat(value)
        except (TypeError, ValueError):
            continue
        moment = found.astimezone(VIETNAM) if kind is datetime else found
        return moment.strftime(shape)
    return str(value)


def leaves(value):
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif value is not None and value != "":
        yield value


def said(table, column, row):
    value = row[column]
    if column == "act":
        return [act_in_words(Act(value), row["facts"])]
    if column == "facts" and "outcome" in value:
        meant = str(DETAIL_VALUES["outcome"][value["outcome"]])
        return [meant, *(in_words(one) for one in leaves({**value, "outcome": None}))]
    if value not in (None, "") and (table, column) in VALUES:
        return [str(VALUES[table, column][value])]
    return [in_words(one) for one in leaves(value)]


def everything(tables):
    return [
        squeezed(one)
        for table, rows in tables.items()
        for row in rows
        for column in row
        for one in said(table, column, row)
    ]


def test_the_paper_says_everything_that_the_file_for_machines_says(app, sign_in, citizen):
    browser = sign_in(citizen)
    tables = json.loads(browser.get(f"{MINE}/copy").text)["tables"]
    text = text_of(browser.get(f"{MINE}/copy.pdf"))
    with app.test_request_context(IN_ENGLISH):
        expected = everything(tables)
    assert len(expected) > 200
    assert [one for one in expected if one not in text] == []
    filled = {table for table, rows in tables.items() if rows}
    assert filled >= {"consent", "data_request", "team_score", "decision_item", "proposal_item"}


def test_the_paper_says_nothing_else(app, sign_in, citizen):
    browser = sign_in(citizen)
    answer = browser.get(f"{MINE}/copy.pdf")
    tables = json.loads(browser.get(f"{MINE}/copy").text)["tables"]
    with app.test_request_context(IN_ENGLISH):
        known = everything(tables)
    frame = [path.read_text() for path in Path("app").glob("**/*.py") if path.name in OWN_WORDS]
    named = squeezed(" ".join([*known, *frame, *FRAME]))
    pages = PdfReader(io.BytesIO(answer.data)).pages
    words = {one.strip(".,;:·()") for page in pages for one in page.extract_text().split()}
    strange = {one for one in words if squeezed(one) not in named and not FOOT.fullmatch(one)}
    assert strange == set()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_both_ways_of_asking_give_the_paper_as_a_file_and_are_noted(
    office, sign_in, citizen, person, language
):
    for browser, at in (
        (sign_in(office.officer, language=language), f"{ROOM}/people/{person}/copy.pdf"),
        (sign_in(citizen, language=language), f"{MINE}/copy.pdf"),
    ):
        answer = browser.get(at)
        assert answer.data.startswith(b"%PDF-")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="du-lieu-ca-nhan.pdf"'
        assert answer.headers["Cache-Control"] == "no-store"
        text = text_of(answer)
        assert squeezed(NAME) in text
        assert "********6789" in text
        assert squeezed("SỞ CÔNG THƯƠNG") in text
    with office.world.inside(DEPARTMENT):
        noted = select(AuditEvent.object_id).where(AuditEvent.act == Act.DATA_EXPORTED)
        assert db.session.scalars(noted).all() == [person, person]


def test_the_foot_of_each_page_names_when_who_and_the_head_of_the_record(sign_in, office, person):
    answer = sign_in(office.officer).get(f"{ROOM}/people/{person}/copy.pdf")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    for number, page in enumerate(pages, start=1):
        text = squeezed(page.extract_text())
        assert squeezed(f"Page {number}/{len(pages)}") in text
        assert squeezed(f"Made at 21/11/2026 09:00 by {office.officer.name}") in text
        assert re.search(r"Recordofacts:\d+-[0-9a-f]{16}", text)


def test_both_copies_are_offered_where_data_are_asked_for(world, sign_in, office, citizen, person):
    with world.inside(DEPARTMENT):
        asked = db.session.scalars(select(DataRequest.id)).first()
    theirs, offices = sign_in(citizen).get(f"{MINE}/"), sign_in(office.officer)
    for page in (theirs, offices.get(f"{ROOM}/{asked}")):
        assert "Copy to read (PDF)" in page.text
        assert "Copy for machines (JSON)" in page.text


def test_the_paper_is_the_persons_own_and_the_offices_with_a_fresh_factor(
    world, sign_in, office, person
):
    at = f"{ROOM}/people/{person}/copy.pdf"
    assert sign_in(office.officer, factor_minutes=30).get(at).status_code != 200
    assert sign_in(office.head).get(at).status_code == 403
    foreign = world.make_person(COMMUNE)
    assert sign_in(office.officer).get(f"{ROOM}/people/{foreign}/copy.pdf").status_code == 404
    stranger = world.make_account(DEPARTMENT, Role.CITIZEN)
    assert sign_in(stranger).get(f"{MINE}/copy.pdf").status_code == 404


def test_a_paper_that_cannot_be_made_says_what_to_do_and_is_not_noted(
    monkeypatch, world, sign_in, citizen
):
    def too_much(*_, **__):
        raise NotTypesetError("too much")

    monkeypatch.setattr(data_copy, "typeset", too_much)
    answer = sign_in(citizen).get(f"{MINE}/copy.pdf")
    assert answer.status_code == 409
    assert "Take the copy for machines (JSON)" in answer.text
    with world.inside(DEPARTMENT):
        noted = select(AuditEvent.id).where(AuditEvent.act == Act.DATA_EXPORTED)
        assert db.session.scalars(noted).all() == []


def test_every_column_has_a_name(world, person):
    with world.inside(DEPARTMENT):
        models = [model for model, _ in personal_data._conditions(person, [])]  # noqa: SLF001
        columns = {(model.__tablename__, one.key) for model in models for one in _columns(model)}
    nameless = {one for one in columns if one[1] not in COLUMNS and one not in OWN_NAMES}
    assert nameless == set()


def _columns(model):
    left_out = personal_data._LEFT_OUT  # noqa: SLF001
    return [one for one in inspect(model).column_attrs if one.key not in left_out]


def test_a_row_of_any_table_is_told_to_its_last_column(app, world, person):
    with world.inside(DEPARTMENT):
        tables = personal_data.rows_of_person(person)
    tables["transfer"] = [_offered(tables["dossier"][0]["id"])]
    tables["membership"] = [_any_row(Membership)]
    with app.test_request_context(IN_ENGLISH):
        told = squeezed(repr(sections_of(tables)))
        missing = [
            (table, column)
            for table in ("transfer", "membership")
            for column in tables[table][0]
            if not all(squeezed(one) in told for one in said(table, column, tables[table][0]))
        ]
    assert missing == []


def test_a_column_that_nobody_has_named_yet_is_told_all_the_same(app, world, person):
    with world.inside(DEPARTMENT):
        tables = personal_data.rows_of_person(person)
    for rows in tables.values():
        for row in rows:
            row["brand_new"] = f"new-{new_id()}"
    with app.test_request_context(IN_ENGLISH):
        told = repr(sections_of(tables))
        assert name_of("person", "brand_new") == "brand_new"
    missing = [
        name for name, rows in tables.items() for row in rows if row["brand_new"] not in told
    ]
    assert missing == []


def _any_row(model):
    row = {one.key: f"{one.key} {new_id()}" for one in _columns(model)}
    return row | {
        column: next(iter(VALUES[model.__tablename__, column]))
        for column in row
        if (model.__tablename__, column) in VALUES
    }


def _offered(dossier_id):
    return _any_row(Transfer) | {"dossier_id": dossier_id}
