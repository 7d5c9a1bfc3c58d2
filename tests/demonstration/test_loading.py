"""What is loaded in bulk is what the house itself would have written."""

import os
from datetime import UTC, date, datetime
from hashlib import sha256

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text

from app.demonstration.loading import Wish, count_dossiers, load_demonstration
from app.demonstration.roles import PASSWORD
from app.domain.decisions import Addressee, ProposalState, Ruling, Signature
from app.domain.dossiers import Event, replay
from app.domain.proposals import ProposalLine, seal
from app.domain.streaks import is_outstanding, streak_ending
from app.domain.tenants import TenantKey
from app.launch.postgres import OWNER
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import DossierEvent, Proposal, ProposalItem, Tenant
from app.persistence.queries.accounts import find_actor
from app.persistence.queries.boards import load_board
from app.persistence.queries.results import figures_counted_directly, figures_of
from app.persistence.queries.tenants import find_tenant
from app.persistence.sealing import NumberSeal, number_of
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import find_account_by_password
from app.services.decisions import decide
from tests.builders.reporting import paper_for_tests
from tests.builders.shared import config_on
from tests.builders.world import DEPARTMENT, OTHER_COMMUNE, World
from tests.conftest import THE_DAY, copy_of, drop_database


SEAL = NumberSeal.with_key(b"\xab" * 32)
NOVEMBER = date(2026, 11, 22)
WISH = Wish(today=NOVEMBER, provinces=(12, 20), people=200)
IN_FORCE = ("decided", "published", "appealed")


@pytest.fixture(scope="module")
def told(postgres, valkey, template, shared_application):
    """A database in which the stories were told once, and how many dossiers these have."""
    name = f"told_{os.getpid()}"
    postgres.create_database(name, OWNER, template=template)
    lent = shared_application.lend(config_on(postgres, valkey, name), name)
    with lent as app, clock_set_to(THE_DAY):
        dossiers = load_into(app, WISH)
    yield name, dossiers
    drop_database(postgres, name)


@pytest.fixture
def database(request, postgres, template):
    """A copy of the database with the stories, for tests that only look at what was loaded."""
    source = request.getfixturevalue("told")[0] if "loaded" in request.fixturenames else template
    yield from copy_of(postgres, source)


@pytest.fixture
def loaded(told):
    return told[1]


def load_into(app: Flask, wish: Wish) -> int:
    with app.app_context(), World(app).owner(), unit_of_work():
        return load_demonstration(wish, seal=SEAL, report=lambda *_: None, paper=paper_for_tests)


@pytest.fixture
def load(app):
    """Load stories as the owner, and return how many dossiers these have."""
    return lambda wish=WISH: load_into(app, wish)


@pytest.fixture
def ask(app, world):
    """Ask the database as its owner."""

    def rows(statement: str, **values: object):
        with app.app_context(), world.owner():
            return db.session.execute(text(statement), values).all()

    return rows


def test_every_dossier_stands_where_its_events_lead(loaded, ask):
    histories: dict[object, list[tuple[Event, int]]] = {}
    for dossier, event, number in ask(
        "SELECT dossier_id, event, round FROM dossier_event ORDER BY dossier_id, at, id"
    ):
        histories.setdefault(dossier, []).append((Event(event), number))
    states = dict(ask("SELECT id, state FROM dossier"))
    assert len(states) == loaded > 700
    assert all(state == replay(histories.get(key, ())) for key, state in states.items())


def test_whoever_is_recognised_has_earned_it(loaded, ask):
    rows = ask(
        "SELECT agreed_scores, pass_total, pass_floor FROM dossier WHERE outcome = 'recognised'"
    )
    assert len(rows) > 100
    assert all(sum(scores) >= total and min(scores) >= floor for scores, total, floor in rows)


def test_nobody_decided_on_himself_and_no_appraiser_decided(loaded, ask):
    assert not ask(
        "SELECT 1 FROM dossier_event AS one JOIN dossier ON dossier.id = one.dossier_id"
        " JOIN dossier_duty AS duty ON duty.event = one.event AND duty.conflict = 'subject'"
        " WHERE one.actor_identity_id = dossier.identity_id"
    )
    assert not ask(
        "SELECT 1 FROM dossier_event AS one JOIN dossier_event AS past"
        " ON past.dossier_id = one.dossier_id AND past.actor_identity_id = one.actor_identity_id"
        " WHERE one.event IN ('decide', 'correct', 'uphold') AND past.event IN ('score', 'agree')"
    )


def test_secretaries_put_nobody_on_a_list_who_is_themselves(loaded, ask):
    assert not ask(
        "SELECT 1 FROM dossier_event AS one JOIN dossier ON dossier.id = one.dossier_id"
        " WHERE one.event = 'propose' AND one.actor_identity_id = dossier.identity_id"
    )


def test_figures_equal_a_direct_count_in_every_agency_and_year(app, world, loaded):
    with app.app_context(), world.owner():
        keys = [one.key for one in db.session.scalars(select(Tenant))]
        for key in keys:
            for year in range(2022, 2027):
                with tenant_scope(key):
                    counted = figures_counted_directly(year)
                assert figures_of_agency(key, year) == counted


def figures_of_agency(key, year):
    with tenant_scope(key):
        return figures_of(key, year)


def test_a_province_counts_everybody_once_and_some_are_found_twice(app, world, loaded, ask):
    overlaps = 0
    for province, slug in ((12, "lai-chau"), (20, "lang-son")):
        for year in range(2022, 2027):
            with world.inside(slug) as key:
                board = load_board(key, year)
            (people,) = ask(
                "SELECT count(DISTINCT identity_id) FROM dossier WHERE province_id = :province"
                " AND year = :year AND state NOT IN ('withdrawn', 'transferred')",
                province=province,
                year=year,
            )
            assert board.total.eligible == people[0]
            overlaps += board.overlap.eligible
    assert overlaps > 0


def test_years_in_a_row_are_counted_over_all_agencies(loaded, ask):
    years: dict[object, set[int]] = {}
    for identity, year in ask(
        "SELECT identity_id, year FROM dossier WHERE outcome = 'recognised'"
        " AND state IN ('decided', 'published', 'appealed')"
    ):
        years.setdefault(identity, set()).add(year)
    items = ask(
        "SELECT dossier.identity_id, dossier.year, item.outcome, item.streak,"
        " item.is_outstanding, dossier.is_outstanding FROM decision_item AS item"
        " JOIN dossier ON dossier.id = item.dossier_id"
    )
    assert any(outstanding for *_, outstanding in items)
    for identity, year, outcome, streak, on_paper, on_dossier in items:
        recognised = years.get(identity, set())
        if outcome == "recognised":
            assert streak == streak_ending(year, recognised)
            assert on_paper == is_outstanding(year, recognised, years_needed=5) == on_dossier


def test_the_seal_of_every_list_is_that_of_its_lines(loaded, ask):
    lines: dict[object, list[ProposalLine]] = {}
    for key, position, dossier, name, agreed, criteria, verdict in ask(
        "SELECT proposal_id, position, dossier_id, name, agreed_scores, criteria_set, verdict"
        " FROM proposal_item ORDER BY position"
    ):
        line = ProposalLine(
            position=position,
            dossier_id=dossier,
            name=name,
            agreed=tuple(agreed),
            criteria=criteria,
            verdict=verdict,
        )
        lines.setdefault(key, []).append(line)
    lists = ask("SELECT id, year, number, seal FROM proposal")
    assert lists
    assert all(sealed == seal(year, number, lines[key]) for key, year, number, sealed in lists)


def test_a_personal_number_is_sealed_for_its_row_and_found_by_its_index(loaded, ask):
    rows = ask(
        "SELECT person.id, person.province_id, person.tenant_id, cccd_sealed, cccd_last_four,"
        " cccd_index FROM person JOIN identity ON identity.id = identity_id"
        " WHERE cccd_sealed IS NOT NULL"
    )
    assert rows
    for person, province, tenant, sealed, last_four, index in rows[:20]:
        number = SEAL.open(sealed, place=number_of(person, TenantKey(province, tenant)))
        assert number.endswith(last_four)
        assert SEAL.index(number, province_id=province) == index


def test_whoever_registered_has_given_their_word(loaded, ask):
    assert not ask(
        "SELECT 1 FROM dossier_event AS one JOIN dossier ON dossier.id = one.dossier_id"
        " WHERE one.event = 'register' AND NOT EXISTS (SELECT FROM consent"
        " WHERE consent.person_id = dossier.person_id AND consent.given_at = one.at)"
    )


DIGESTED = {
    "dossier": "id, year, person_id, identity_id, state, self_scores, agreed_scores, outcome",
    "dossier_event": "id, dossier_id, event, at, actor_identity_id, reason, facts::text",
    "decision": "id, number, signed_on, signer_identity_id, seal",
    "person": "id, identity_id, name, birth_year, cccd_last_four",
    "account": "id, login, name",
}


def digest(ask) -> str:
    total = sha256()
    for table, columns in DIGESTED.items():
        for row in ask(f"SELECT {columns} FROM {table} ORDER BY id"):  # noqa: S608
            total.update(repr(tuple(row)).encode())
    return total.hexdigest()


def test_the_same_seed_and_day_write_the_same_rows(load, ask, told, postgres):
    load()
    with psycopg.connect(postgres.dsn(told[0], OWNER)) as connection:
        assert digest(ask) == digest(lambda statement: connection.execute(statement).fetchall())


def test_more_people_are_added_beside_those_who_are_there(loaded, load, app, world):
    added = load(Wish(today=NOVEMBER, provinces=(12,), people=60, seed=7, is_more=True))
    with app.app_context(), world.owner():
        assert count_dossiers((12, 20)) == loaded + added


@pytest.mark.parametrize("today", [date(2026, 1, 3), date(2026, 6, 15), NOVEMBER], ids=str)
def test_where_newcomers_try_things_out_there_is_work_at_every_station(load, ask, today):
    load(Wish(today=today, provinces=(12, 20)))
    for slug, besides in ((DEPARTMENT, set()), (OTHER_COMMUNE, {"confirmed"})):
        states = {
            state
            for (state,) in ask(
                "SELECT state FROM dossier JOIN tenant ON tenant.id = tenant_id"
                " WHERE year = 2026 AND slug = :slug",
                slug=slug,
            )
        }
        wanted = {"listed", "registered", "submitted", "in_appraisal", "returned", "appraised"}
        assert wanted | {"proposed", *IN_FORCE} | besides <= states


@pytest.mark.usefixtures("loaded")
def test_a_list_waits_for_the_head_another_for_the_superior_a_third_for_its_secretary(ask):
    waiting = set(
        map(
            tuple,
            ask(
                "SELECT proposal.state, addressee FROM proposal"
                " JOIN tenant ON tenant.id = tenant_id"
                " WHERE year = 2026 AND slug = :slug",
                slug=DEPARTMENT,
            ),
        )
    )
    assert {("submitted", "head"), ("submitted", "superior"), ("sealed", "head")} <= waiting


@pytest.mark.usefixtures("loaded")
def test_the_head_can_decide_on_the_list_that_waits(app):
    with app.app_context(), unit_of_work():
        head = find_account_by_password("sct.giamdoc", PASSWORD)
        now = datetime(2026, 11, 23, 3, tzinfo=UTC)
        with tenant_scope(find_tenant(DEPARTMENT).key), clock_set_to(now):
            waiting = db.session.scalars(
                select(Proposal).where(
                    Proposal.state == ProposalState.SUBMITTED,
                    Proposal.addressee == Addressee.HEAD,
                    Proposal.year == 2026,
                )
            ).one()
            items = db.session.scalars(
                select(ProposalItem).where(ProposalItem.proposal_id == waiting.id)
            ).all()
            signature = Signature(
                number="1000/QĐ-SCT",
                signed_on=NOVEMBER,
                signer_name=head.name,
                signer_title="GIÁM ĐỐC",
            )
            rulings = {
                one.dossier_id: Ruling(outcome=one.verdict, reason="theo danh sách")
                for one in items
            }
            actor = find_actor(head, on=NOVEMBER)
            decide(waiting.id, signature=signature, rulings=rulings, by=actor)
            assert waiting.state is ProposalState.DECIDED


@pytest.mark.usefixtures("loaded")
def test_newcomers_sign_in_with_a_name_they_can_remember(app):
    roles = [
        "congdan",
        "vanphong",
        "truongphong",
        "thanhvien",
        "thuky",
        "totruong",
        "giamdoc",
        "quantri",
    ]
    with app.app_context():
        for role in roles:
            assert find_account_by_password(f"sct.{role}", PASSWORD)
        assert find_account_by_password("langson.khuyenhoc", PASSWORD)
        assert find_account_by_password("laichau.captren", PASSWORD)


def test_nobody_else_can_sign_in(loaded, ask):
    (open_accounts,) = ask("SELECT count(*) FROM account WHERE password_hash IS NOT NULL")[0]
    (accounts,) = ask("SELECT count(*) FROM account")[0]
    assert 0 < open_accounts < 40 < accounts


def test_people_can_still_register_whatever_day_it_is(loaded, ask):
    assert set(
        map(
            tuple,
            ask("SELECT month, day FROM deadline WHERE kind = 'registration' AND is_assumed"),
        )
    ) == {(12, 31)}


def test_events_name_who_acted(app, world, loaded):
    with app.app_context(), world.owner():
        events = select(DossierEvent.__table__.c.actor_name).limit(50)
        assert all(db.session.scalars(events))


@pytest.mark.usefixtures("loaded")
def test_reports_lie_on_the_desk_of_each_association(ask):
    states = "SELECT province_id, state, count(*) FROM report GROUP BY 1, 2"
    assert {(province, state): number for province, state, number in ask(states)} == {
        (12, "accepted"): 1
    }
    expected = "SELECT province_id, count(*) FROM expected_report GROUP BY 1"
    assert dict(ask(expected)) == {12: 2, 20: 1}


@pytest.mark.usefixtures("loaded")
def test_what_was_asked_at_short_notice_is_answered_late_and_awaited(ask):
    sent = "SELECT count(*) FILTER (WHERE sent_at IS NULL), count(*) FROM adhoc_request"
    assert ask(f"{sent} WHERE province_id = 12") == [(1, 3)]
    lines = dict(ask("SELECT state, count(*) FROM adhoc_line GROUP BY 1"))
    assert lines.keys() >= {"asked", "answered"}
    late = "due_on < (answered_first_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
    assert ask("SELECT bool_or(" + late + ") FROM adhoc_line") == [(True,)]  # noqa: S608
