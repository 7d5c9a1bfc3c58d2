"""A dossier moves by events alone, in order, and never by the hands of its own subject."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.dossiers import Event, State
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.database import db
from app.persistence.models import Dossier
from app.persistence.queries.dossiers import history_of, load_dossier, load_dossier_to_change
from app.persistence.queries.proposals import dossiers_to_change
from app.persistence.queries.results import count_marks
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event, append_events
from tests.builders.world import DEPARTMENT, THIS_YEAR


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


def test_many_move_as_one(world):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    ids = [world.make_dossier(DEPARTMENT) for _ in range(3)]
    with world.inside(DEPARTMENT):
        with unit_of_work():
            dossiers = dossiers_to_change(ids)
            append_events(
                dossiers, Event.REGISTER, by=officer, facts=lambda one: {"id": str(one.id)}
            )
            assert {one.state for one in dossiers} == {State.REGISTERED}
        for dossier_id in ids:
            assert load_dossier(dossier_id).version == 2
            assert [one.facts for one in history_of(dossier_id)] == [{"id": str(dossier_id)}]
        assert count_marks(THIS_YEAR) == 1


@pytest.mark.parametrize(
    ("state_on_screen", "rule"),
    [
        (State.REGISTERED, Rule.ACT_OUT_OF_ORDER),
        # What only the database can know: somebody was faster.
        (State.LISTED, Rule.STALE_SCREEN),
    ],
)
def test_a_refusal_in_the_middle_of_many_leaves_nothing(world, state_on_screen, rule):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    ids = [world.make_dossier(DEPARTMENT) for _ in range(3)]
    with world.inside(DEPARTMENT):
        with unit_of_work():
            append_event(load_dossier_to_change(ids[1]), Event.REGISTER, by=officer)
        dossiers = dossiers_to_change(ids)
        set_committed_value(load_dossier(ids[1]), "state", state_on_screen)
        with pytest.raises(RefusedError) as refusal, unit_of_work():
            append_events(dossiers, Event.REGISTER, by=officer, facts=lambda _: {})
        assert refusal.value.rule is rule
        for dossier_id in (ids[0], ids[2]):
            assert load_dossier(dossier_id).state is State.LISTED
            assert load_dossier(dossier_id).version == 1
            assert history_of(dossier_id) == []
        assert count_marks(THIS_YEAR) == 1


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
