"""A head of unit confirms the people of that unit, never himself, and may take it back."""

from contextlib import contextmanager

import pytest
from sqlalchemy.exc import DBAPIError

from app.domain.dossiers import Event, State
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import DossierEvent
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.appraisals import score
from app.services.confirmations import confirm, take_confirmation_back
from tests.builders.appraisals import ask_for_confirmation, make_submitted
from tests.builders.world import DEPARTMENT, PASSING


@pytest.fixture
def unit(world):
    ask_for_confirmation(world, DEPARTMENT)
    return world.unit_of(DEPARTMENT)


@pytest.fixture
def head(world, unit):
    return world.make_account(DEPARTMENT, Role.UNIT_HEAD, unit_id=unit).actor()


@contextmanager
def opened(world, dossier_id):
    with world.inside(DEPARTMENT), unit_of_work():
        yield load_dossier_to_change(dossier_id)


def test_the_head_of_the_unit_confirms_and_takes_back(world, unit, head):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit)
    with opened(world, dossier_id) as dossier:
        confirm(dossier, version=dossier.version, by=head)
        assert dossier.state is State.CONFIRMED
    with opened(world, dossier_id) as dossier:
        take_confirmation_back(dossier, "Nhầm người", version=dossier.version, by=head)
        assert dossier.state is State.SUBMITTED


def test_taking_back_needs_a_reason(world, unit, head):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit)
    with opened(world, dossier_id) as dossier:
        confirm(dossier, version=dossier.version, by=head)
    with pytest.raises(RefusedError) as refusal, opened(world, dossier_id) as dossier:
        take_confirmation_back(dossier, "", version=dossier.version, by=head)
    assert refusal.value.rule is Rule.REASON_NEEDED


def test_nothing_is_taken_back_once_the_team_has_scored(world, unit, head):
    member = world.make_account(DEPARTMENT, Role.APPRAISER).actor()
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit)
    with opened(world, dossier_id) as dossier:
        confirm(dossier, version=dossier.version, by=head)
        score(dossier, tuple(PASSING), "", version=dossier.version, by=member)
    with pytest.raises(RefusedError) as refusal, opened(world, dossier_id) as dossier:
        take_confirmation_back(dossier, "Muộn rồi", version=dossier.version, by=head)
    assert refusal.value.rule is Rule.ACT_OUT_OF_ORDER


def test_another_units_head_does_not_confirm(world, unit):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit)
    stranger = world.make_account(DEPARTMENT, Role.UNIT_HEAD).actor()
    with pytest.raises(RefusedError) as refusal, opened(world, dossier_id) as dossier:
        confirm(dossier, version=dossier.version, by=stranger)
    assert refusal.value.rule is Rule.NOT_YOUR_UNIT


def test_nobody_confirms_a_dossier_of_their_own(world, unit, head):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit, identity=head.identity_id)
    with pytest.raises(RefusedError) as refusal, opened(world, dossier_id) as dossier:
        confirm(dossier, version=dossier.version, by=head)
    assert refusal.value.rule is Rule.SELF_DEALING


def append_past_the_service(dossier, head):
    event = DossierEvent(
        id=new_id(),
        dossier_id=dossier.id,
        event=Event.CONFIRM,
        from_state=State.SUBMITTED,
        to_state=State.CONFIRMED,
        round=1,
        at=transaction_time(),
        actor_account_id=head.account_id,
        actor_identity_id=head.identity_id,
        actor_name=head.name,
    )
    db.session.add(event)
    db.session.flush()


def test_the_database_refuses_it_too(world, unit, head):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit, identity=head.identity_id)
    with (
        pytest.raises(DBAPIError, match="the subject of a dossier"),
        opened(world, dossier_id) as dossier,
    ):
        append_past_the_service(dossier, head)


def test_a_stale_screen_confirms_nothing(world, unit, head):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit)
    with pytest.raises(RefusedError) as refusal, opened(world, dossier_id) as dossier:
        confirm(dossier, version=dossier.version - 1, by=head)
    assert refusal.value.rule is Rule.STALE_SCREEN
    with world.inside(DEPARTMENT):
        assert load_dossier(dossier_id).state is State.SUBMITTED
