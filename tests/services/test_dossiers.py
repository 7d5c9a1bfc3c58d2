"""A dossier moves by events alone, in order, and never by the hands of its own subject."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from app.domain.dossiers import Event, State
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.database import db
from app.persistence.models import Dossier
from app.persistence.queries.dossiers import history_of, load_dossier, load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from tests.builders.world import DEPARTMENT


def test_an_event_moves_the_dossier_and_stays_in_its_history(world):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    dossier_id = world.make_dossier(DEPARTMENT)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            append_event(load_dossier_to_change(dossier_id), Event.REGISTER, by=officer)
        assert load_dossier(dossier_id).state is State.REGISTERED
        assert load_dossier(dossier_id).version == 2
        assert [one.event for one in history_of(dossier_id)] == [Event.REGISTER]


def test_an_act_out_of_order_is_refused_by_name(world):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    dossier_id = world.make_dossier(DEPARTMENT)
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        append_event(load_dossier_to_change(dossier_id), Event.PUBLISH, by=officer)
    assert refusal.value.rule is Rule.ACT_OUT_OF_ORDER


def test_the_application_cannot_write_a_state(world):
    dossier_id = world.make_dossier(DEPARTMENT)
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(
            update(Dossier).where(Dossier.id == dossier_id).values(state=State.PUBLISHED)
        )


def test_the_application_cannot_rewrite_history(world):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    dossier_id = world.make_dossier(DEPARTMENT)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            append_event(load_dossier_to_change(dossier_id), Event.REGISTER, by=officer)
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(text("DELETE FROM dossier_event"))
