"""Of a transfer each agency sees its side: the offer, and nothing that stands behind it."""

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.domain.dossiers import State
from app.domain.ids import new_id
from app.domain.transfers import TransferState
from app.launch.postgres import GROUP, OWNER
from app.persistence.database import db
from app.persistence.models import Consent, Dossier, DossierEvent, Person, Transfer
from app.persistence.queries.dossiers import load_dossier
from app.persistence.queries.transfers import find_offered
from app.persistence.unit_of_work import unit_of_work
from app.services.departures import withdraw_transfer
from tests.builders.appraisals import make_submitted
from tests.builders.transfers import accept, officer_of, propose
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, PROVINCE
from tests.isolation.walls import Standing, standing


EVERYBODY = (DEPARTMENT, COMMUNE, PROVINCE, OTHER_COMMUNE)


@pytest.fixture
def left(world):
    return make_submitted(world, DEPARTMENT, name="Vàng A Sáng")


@pytest.fixture
def transfer_id(world, left):
    return propose(world, left)


def readers(world, question):
    """Return the agencies whose session gets an answer."""
    found = set()
    for slug in EVERYBODY:
        with world.inside(slug):
            if db.session.execute(question).first() is not None:
                found.add(slug)
    return found


@pytest.mark.parametrize("walls", Standing)
def test_an_offer_is_read_by_the_two_agencies_alone(world, transfer_id, config, walls):
    with standing(walls, config.owner_database_url):
        assert readers(world, select(Transfer)) == {DEPARTMENT, COMMUNE}


def test_past_the_orm_too(world, transfer_id):
    assert readers(world, text("SELECT name FROM transfer")) == {DEPARTMENT, COMMUNE}


@pytest.mark.parametrize("walls", Standing)
def test_what_was_taken_back_is_the_senders_alone_again(world, transfer_id, config, walls):
    officer = officer_of(world, DEPARTMENT)
    with world.inside(DEPARTMENT), unit_of_work():
        withdraw_transfer(transfer_id, "Ở lại", by=officer)
    with standing(walls, config.owner_database_url):
        assert readers(world, select(Transfer)) == {DEPARTMENT}


@pytest.mark.parametrize("table", [Person, Dossier, DossierEvent, Consent])
def test_an_offer_shows_nothing_that_stands_behind_it(world, transfer_id, table):
    past_the_orm = text(f"SELECT id FROM {table.__tablename__}")  # noqa: S608
    assert readers(world, select(table.id)) <= {DEPARTMENT}
    assert readers(world, past_the_orm) <= {DEPARTMENT}


def test_the_sender_does_not_see_the_receivers_dossier(world, transfer_id):
    received = accept(world, transfer_id)
    with world.inside(DEPARTMENT):
        assert (
            db.session.execute(
                text("SELECT id FROM dossier WHERE id = :id"), {"id": received}
            ).first()
            is None
        )


def test_the_content_is_given_to_the_receiver_alone_while_the_offer_stands(world, transfer_id):
    def given():
        found = set()
        for slug in EVERYBODY:
            with world.inside(slug):
                if find_offered(transfer_id) is not None:
                    found.add(slug)
        return found

    assert given() == {COMMUNE}
    events = text("SELECT * FROM offered_events(:id)").bindparams(id=transfer_id)
    assert readers(world, events) == {COMMUNE}
    accept(world, transfer_id)
    assert given() == set()
    assert readers(world, events) == set()


ANSWERS = {
    "accept": "SELECT accept_transfer("
    ":transfer, :fresh, :dossier, 3, :account, :human, 'x', now())",
    "refuse": "SELECT refuse_transfer(:transfer, 'x', :account, 'x', now())",
    "undo": "SELECT undo_transfer(:transfer, :fresh, 'x', :account, :human, 'x', now())",
}


@pytest.mark.parametrize("slug", [DEPARTMENT, PROVINCE, OTHER_COMMUNE])
@pytest.mark.parametrize("answer", ANSWERS)
def test_sql_answers_for_no_other_agency(world, left, transfer_id, slug, answer):
    officer = officer_of(world, slug)
    values = {
        "transfer": transfer_id,
        "fresh": new_id(),
        "dossier": left,
        "account": officer.account_id,
        "human": officer.identity_id,
    }
    needed = {name: one for name, one in values.items() if f":{name}" in ANSWERS[answer]}
    with world.inside(slug), pytest.raises(DBAPIError, match="the transfer is not"):
        db.session.execute(text(ANSWERS[answer]), needed)
    assert state_of(world, left) is State.SUBMITTED


def state_of(world, dossier_id):
    with world.inside(DEPARTMENT):
        return load_dossier(dossier_id).state


def test_the_receiver_cannot_accept_without_holding_the_dossier(world, left, transfer_id):
    officer, somebody = officer_of(world, COMMUNE), world.make_dossier(COMMUNE)
    values = {
        "transfer": transfer_id,
        "fresh": new_id(),
        "dossier": somebody,
        "account": officer.account_id,
        "human": officer.identity_id,
    }
    with world.inside(COMMUNE), pytest.raises(DBAPIError, match="has not arrived"):
        db.session.execute(text(ANSWERS["accept"]), values)
    assert state_of(world, left) is State.SUBMITTED


@pytest.mark.parametrize("slug", [DEPARTMENT, COMMUNE])
@pytest.mark.parametrize("state", ["accepted", "refused", "undone", "lapsed"])
def test_nobody_writes_an_answer_into_the_table(world, transfer_id, slug, state):
    change = text("UPDATE transfer SET state = :state, settled_at = now()")
    with world.inside(slug):
        try:
            changed = db.session.execute(change, {"state": state}).rowcount
        except DBAPIError:
            changed = 0
    assert changed == 0
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(Transfer.state)).one() is TransferState.PROPOSED


def test_an_offer_cannot_be_turned_to_another_agency(world, transfer_id):
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text("UPDATE transfer SET receiver_id = tenant_id"))


INNER = ("lock_transfer", "move_transferred", "record_transfer_answer", "lapse_transfer")


@pytest.mark.parametrize("name", INNER)
def test_the_application_calls_no_part_of_an_answer_by_itself(postgres, database, name):
    with psycopg.connect(postgres.dsn(database, OWNER)) as connection:
        allowed = connection.execute(
            "SELECT has_function_privilege(%s, oid, 'EXECUTE') FROM pg_proc WHERE proname = %s",
            (GROUP, name),
        ).fetchall()
    assert allowed == [(False,)]
