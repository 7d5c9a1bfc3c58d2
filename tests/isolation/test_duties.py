"""Nobody judges himself or twice: every cast of four people with two accounts each."""

from datetime import date
from itertools import product
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import Conflict, conflict_of_interest
from app.persistence.database import db
from app.persistence.unit_of_work import unit_of_work
from app.services.members import NewRole, give_role
from tests.builders.world import DEPARTMENT


# Four people: two without an office, somebody from the level above, and the head.
SINCE = date(2026, 1, 1)
PEOPLE = ("first", "second", "above", "head")
CAST = tuple(product(range(4), range(8), range(8), range(8)))
"""Subject, and the accounts that appraise, propose and decide; account n is of person n // 2."""


def verdict_of(subject: int, *accounts: int) -> str:
    """Return where a cast ends by the written rules: decided, or at an act with a code."""
    appraiser, proposer, decider = (account // 2 for account in accounts)
    is_at_its_level = (PEOPLE[subject] == "head") is (PEOPLE[decider] == "above")
    refusals = (
        (appraiser == subject, "score BV002"),
        (proposer == subject, "propose BV002"),
        (decider == subject, "decide BV002"),
        (decider == appraiser, "decide BV003"),
        (decider == proposer, "decide BV005"),
        (not is_at_its_level, "decide BV006"),
    )
    return next((code for is_refused, code in refusals if is_refused), "decided")


# Runs a whole life of one dossier as the application's role, past the services, and takes it back.
TRY = """
    CREATE FUNCTION pg_temp.try_cast(
        key record_key, wanted uuid, hands uuid[], faces uuid[]
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        step text;
        acts text[] := ARRAY['register', 'submit', 'score', 'agree', 'propose', 'decide'];
        states text[] := ARRAY['listed', 'registered', 'submitted', 'in_appraisal', 'appraised',
            'proposed', 'decided'];
    BEGIN
        FOR place IN 1..6 LOOP
            step := acts[place];
            INSERT INTO dossier_event (province_id, tenant_id, id, dossier_id, event, from_state,
                to_state, round, at, actor_account_id, actor_identity_id, actor_name)
            VALUES ((key).province, (key).tenant, gen_random_uuid(), wanted, step, states[place],
                states[place + 1], 1, now(), hands[place], faces[place], 'x');
        END LOOP;
        RAISE EXCEPTION 'decided' USING ERRCODE = 'BV999';
    EXCEPTION
        WHEN SQLSTATE 'BV999' THEN RETURN 'decided';
        WHEN OTHERS THEN RETURN step || ' ' || SQLSTATE;
    END
    $$
"""


@pytest.fixture
def office(world):
    """Four people with two accounts and a dossier each, and an officer who is none of them."""
    roles = {"above": (Role.SUPERIOR,), "head": (Role.HEAD,)}
    accounts = []
    for name in PEOPLE:
        held = roles.get(name, ())
        first = world.make_account(DEPARTMENT, *held)
        accounts += [first, world.make_account(DEPARTMENT, *held, identity=first.identity_id)]
    return SimpleNamespace(
        accounts=accounts,
        officer=world.make_account(DEPARTMENT, Role.OFFICER),
        dossiers=[
            world.make_dossier(DEPARTMENT, identity=accounts[2 * place].identity_id)
            for place in range(len(PEOPLE))
        ],
    )


def test_the_database_refuses_every_cast_that_the_rules_refuse(world, office):
    with world.inside(DEPARTMENT) as key:
        db.session.execute(
            text("CREATE TYPE pg_temp.record_key AS (province smallint, tenant uuid)")
        )
        db.session.execute(text(TRY.replace("key record_key", "key pg_temp.record_key")))
        found = {one: play(office, key, *one) for one in CAST}
        db.session.rollback()
    assert found == {one: verdict_of(*one) for one in CAST}
    assert len(found) == 2048


def play(office, key, subject, *accounts):
    appraiser, proposer, decider = accounts
    hands = [office.officer, office.officer]
    hands += [office.accounts[place] for place in (appraiser, appraiser, proposer, decider)]
    return db.session.execute(
        text(
            "SELECT pg_temp.try_cast(ROW(:province, :tenant)::pg_temp.record_key, :dossier,"
            " :hands, :faces)"
        ),
        {
            "province": key.province_id,
            "tenant": key.tenant_id,
            "dossier": office.dossiers[subject],
            "hands": [one.id for one in hands],
            "faces": [one.identity_id for one in hands],
        },
    ).scalar_one()


CODES = {
    "decide BV002": Rule.SELF_DEALING,
    "decide BV003": Rule.APPRAISER_DECIDES,
    "decide BV005": Rule.PROPOSER_DECIDES,
    "decide BV006": Rule.HEAD_DECIDED_ONE_LEVEL_UP,
    "decided": None,
}


def test_the_domain_refuses_the_same_casts_by_the_same_rules():
    deciding = [one for one in CAST if verdict_of(*one) in CODES]
    found = {one: rule_for(*one) for one in deciding}
    assert found == {one: CODES[verdict_of(*one)] for one in deciding}
    assert set(found.values()) == set(CODES.values())


def rule_for(subject, appraiser, proposer, decider):
    return conflict_of_interest(
        UUID(int=subject),
        hands={
            Conflict.APPRAISER: {UUID(int=appraiser // 2)},
            Conflict.PROPOSER: {UUID(int=proposer // 2)},
        },
        heads={UUID(int=PEOPLE.index("head"))},
        decider=UUID(int=decider // 2),
        roles={Role.SUPERIOR} if PEOPLE[decider // 2] == "above" else {Role.HEAD},
    )


def test_no_account_acts_under_the_name_of_another_human_being(world, office):
    first, head = office.accounts[0], office.accounts[6]
    with world.inside(DEPARTMENT) as key, pytest.raises(DBAPIError, match="fk_dossier_event_human"):
        db.session.execute(
            text(
                "INSERT INTO dossier_event (province_id, tenant_id, id, dossier_id, event,"
                " from_state, to_state, round, at, actor_account_id, actor_identity_id,"
                " actor_name) VALUES (:province, :tenant, :id, :dossier, 'register', 'listed',"
                " 'registered', 1, now(), :account, :identity, 'x')"
            ),
            {
                "province": key.province_id,
                "tenant": key.tenant_id,
                "id": new_id(),
                "dossier": office.dossiers[1],
                "account": first.id,
                "identity": head.identity_id,
            },
        )


def test_nobody_gives_himself_a_role_that_judges_with_either_account(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN)
    second = world.make_account(DEPARTMENT, Role.CITIZEN, identity=admin.identity_id)
    for account in (admin, second):
        with (
            world.inside(DEPARTMENT),
            pytest.raises(RefusedError) as refusal,
            unit_of_work(),
        ):
            give_role(account, NewRole(role=Role.HEAD, since=SINCE), by=admin.actor())
        assert refusal.value.rule is Rule.ROLE_GIVEN_TO_ONESELF


def test_the_database_refuses_a_role_given_to_oneself_too(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN)
    second = world.make_account(DEPARTMENT, Role.CITIZEN, identity=admin.identity_id)
    with world.inside(DEPARTMENT) as key, pytest.raises(DBAPIError, match="gives himself"):
        db.session.execute(
            text(
                "INSERT INTO membership (province_id, tenant_id, id, account_id, role, since,"
                " granted_by) VALUES (:province, :tenant, :id, :account, 'head', '2026-01-01',"
                " :admin)"
            ),
            {
                "province": key.province_id,
                "tenant": key.tenant_id,
                "id": new_id(),
                "account": second.id,
                "admin": admin.id,
            },
        )
