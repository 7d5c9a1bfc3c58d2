"""What PostgreSQL complains of reaches a log without the values of a row."""

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.domain.ids import new_id
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.owner import owner_engine
from app.persistence.unit_of_work import unit_of_work
from tests.builders.world import DEPARTMENT


LOGIN, WORD = "quzaa.trung.ten", "quzaa"


def account(identity_id):
    return Account(id=new_id(), identity_id=identity_id, login=LOGIN, name="Quzaa")


@pytest.fixture
def twin(world):
    """The account of somebody whose sign-in name is taken."""
    first, second = (world.make_account(DEPARTMENT, Role.OFFICER) for _ in range(2))
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.add(account(first.identity_id))
    return lambda: account(second.identity_id)


def add(someone):
    with unit_of_work():
        db.session.add(someone)


def everything_told(error):
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.orig)


def test_a_name_that_is_taken_is_named_by_its_constraint_alone(world, twin):
    with world.inside(DEPARTMENT), pytest.raises(IntegrityError) as caught:
        add(twin())
    told = everything_told(caught.value)
    assert "uq_account_login" in told
    assert WORD not in told.lower()
    # Whoever handles the error still finds all of it.
    assert LOGIN in caught.value.orig.diag.message_detail


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT CAST(:word AS uuid)",
        "SELECT CAST(:word AS date)",
        "INSERT INTO consent (province_id, tenant_id, id, wording) VALUES (12, NULL, NULL, :word)",
    ],
)
def test_no_complaint_quotes_a_value(app, config, statement):
    with app.app_context(), owner_engine(config.owner_database_url):
        with pytest.raises(DBAPIError) as caught:
            db.session.execute(text(statement), {"word": WORD})
        assert WORD not in everything_told(caught.value)


def test_a_row_that_is_there_twice_leaves_no_value_in_the_log(app, twin, client, caplog):
    def add_it_again():
        add(twin())
        return ""

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["portal.index"] = add_it_again
    assert client.get("/").status_code == 500
    assert "uq_account_login" in caplog.text
    assert WORD not in caplog.text.lower()
