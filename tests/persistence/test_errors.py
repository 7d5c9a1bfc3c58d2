"""An error of the database does not carry the person whose row it was about."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.persistence.database import db
from tests.builders.world import DEPARTMENT


ASK = text("SELECT CAST(:number AS integer) FROM no_such_table")


def test_an_error_of_a_page_does_not_quote_the_values(world):
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError) as error:
        db.session.execute(ASK, {"number": "012188001234"})
    assert "012188001234" not in str(error.value)


def test_an_error_of_a_command_does_not_quote_the_values(app, world):
    with app.app_context(), world.owner(), pytest.raises(DBAPIError) as error:
        db.session.execute(ASK, {"number": "012188001234"})
    assert "012188001234" not in str(error.value)
