"""A crowd echoes stories, and is nothing that the house itself could not have written."""

from datetime import date

import pytest
from psycopg.errors import ForeignKeyViolation
from sqlalchemy import text

from app.demonstration import loading
from app.demonstration.crowd import EchoError, Wanted, write_crowd
from app.demonstration.endings import roll_up
from app.demonstration.loading import Wish, load_demonstration
from app.domain.dossiers import Event, replay
from app.domain.proposals import ProposalLine, seal
from app.domain.tenants import TenantKey
from app.persistence.bulk import references_proved_at_once
from app.persistence.database import db
from app.persistence.models import DecisionItem
from app.persistence.queries.boards import load_board
from app.persistence.sealing import NumberSeal
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.audit_chain import Progress, verify_chain
from tests.builders.world import PROVINCE


SEAL = NumberSeal.with_key(b"\xab" * 32)
LINE = ("position", "dossier_id", "name", "agreed", "criteria", "verdict")
LAI_CHAU, TOLD, CROWD = 12, 80, 150
HELD_BY = """
    SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename, indexname, true, indexdef FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2, 4
"""
WISH = Wish(today=date(2026, 11, 22), provinces=(LAI_CHAU,), people=TOLD)


@pytest.fixture
def house(app, world):
    """Load stories and a crowd as the owner, and stay there."""
    with app.app_context(), world.owner():
        with unit_of_work():
            load_demonstration(WISH, seal=SEAL, report=lambda *_: None)
        before = ask("SELECT count(*) FROM dossier")[0][0]
        held = ask(HELD_BY)
        db.session.rollback()
        with unit_of_work():
            written = write_crowd(Wanted((LAI_CHAU,), CROWD, 7), report=lambda *_: None)
            roll_up((LAI_CHAU,))
        assert written == CROWD
        assert ask("SELECT count(*) FROM dossier") == [(before + CROWD,)]
        yield held


def ask(statement, **values):
    return db.session.execute(text(statement), values).all()


def test_every_dossier_of_a_crowd_stands_where_its_events_lead(house):
    histories = {}
    for dossier, event, number in ask(
        "SELECT dossier_id, event, round FROM dossier_event ORDER BY dossier_id, at, id"
    ):
        histories.setdefault(dossier, []).append((Event(event), number))
    states = dict(map(tuple, ask("SELECT id, state FROM dossier")))
    assert all(state == replay(histories.get(key, ())) for key, state in states.items())
    assert len(set(states.values())) > 2


def test_nobody_of_a_crowd_has_a_number_or_an_account_or_two_dossiers(house):
    crowd = ask(
        "SELECT person.id FROM person JOIN dossier ON dossier.person_id = person.id"
        " WHERE cccd_sealed IS NULL AND NOT EXISTS ("
        " SELECT FROM account WHERE account.identity_id = person.identity_id)"
        " GROUP BY person.id HAVING count(*) = 1"
    )
    assert len(crowd) >= CROWD


def test_lists_and_decisions_of_a_crowd_are_sealed_over_their_lines(house):
    papers = {}
    for paper, year, number, sealed, *line in ask(
        "SELECT proposal_id, year, number, seal, position, dossier_id, name, agreed_scores,"
        " criteria_set, verdict FROM proposal_item AS item JOIN proposal"
        " ON proposal.id = item.proposal_id ORDER BY proposal_id, position"
    ):
        papers.setdefault((paper, year, number, sealed), []).append(
            ProposalLine(**dict(zip(LINE, line, strict=True)))
        )
    assert all(
        sealed == seal(year, number, lines) for (_, year, number, sealed), lines in papers.items()
    )
    numbers = ask("SELECT number, seal FROM decision WHERE number ~ '^[0-9]+a'")
    assert numbers
    assert not ask("SELECT 1 FROM decision WHERE seal = ''")


def test_events_name_the_papers_that_the_dossier_stands_on(house):
    assert not ask(
        "SELECT 1 FROM dossier_event AS past WHERE event = 'decide' AND NOT EXISTS ("
        " SELECT FROM decision_item AS item WHERE item.dossier_id = past.dossier_id"
        " AND CAST(item.decision_id AS text) = past.facts ->> 'decision')"
    )


def test_the_chain_of_an_agency_holds_with_its_crowd(house):
    keys = ask("SELECT DISTINCT province_id, tenant_id FROM dossier")
    assert not ask("SELECT 1 FROM audit_unlinked")
    assert ask("SELECT count(*) FROM audit_link WHERE source = 'dossier_event'") == ask(
        "SELECT count(*) FROM dossier_event"
    )
    for key in keys:
        with tenant_scope(TenantKey(*key)):
            assert list(verify_chain(Progress())) == []


def test_a_province_counts_its_crowd(app, world, house):
    ((recognised,),) = ask(
        "SELECT count(DISTINCT identity_id) FROM dossier WHERE outcome = 'recognised'"
        " AND state IN ('decided', 'published', 'appealed') AND year = 2025"
    )
    key = world.find_key(PROVINCE)
    with tenant_scope(key):
        assert load_board(key, 2025).total.recognised == recognised


def test_triggers_and_references_are_back_and_references_were_proved(house):
    assert not ask("SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'")
    assert ask(HELD_BY) == house
    assert len(house) > 100
    with (
        pytest.raises(ForeignKeyViolation, match="fk_decision_item"),
        references_proved_at_once([DecisionItem]),
    ):
        db.session.execute(text("UPDATE decision_item SET dossier_id = gen_random_uuid()"))
    db.session.rollback()


def test_the_same_seed_gives_the_same_crowd_and_another_crowd_may_follow(app, world):
    with app.app_context(), world.owner():
        with unit_of_work():
            load_demonstration(WISH, seal=SEAL, report=lambda *_: None)
        first, again = (crowd_taken_back(7) for _ in range(2))
        assert first == again
        with unit_of_work():
            write_crowd(Wanted((LAI_CHAU,), CROWD, 7), report=lambda *_: None)
        assert crowd_taken_back(8) != first


def crowd_taken_back(seed):
    write_crowd(Wanted((LAI_CHAU,), CROWD, seed), report=lambda *_: None)
    rows = ask("SELECT id, person_id, state, agreed_scores FROM dossier ORDER BY id")
    lists = ask("SELECT id, seal FROM decision ORDER BY id")
    db.session.rollback()
    return rows, lists


def test_a_history_that_no_event_would_allow_is_refused(app, world):
    with app.app_context(), world.owner():
        with unit_of_work():
            load_demonstration(WISH, seal=SEAL, report=lambda *_: None)
        with unit_of_work():
            db.session.execute(text("UPDATE dossier SET state = 'listed' WHERE is_on_behalf"))
        with pytest.raises(EchoError), unit_of_work():
            write_crowd(Wanted((LAI_CHAU,), CROWD, 7), report=lambda *_: None)


def test_beyond_the_stories_there_is_a_crowd(app, world, monkeypatch):
    monkeypatch.setattr(loading, "MOST_STORIES", 100)
    with app.app_context(), world.owner(), unit_of_work():
        load_demonstration(
            Wish(today=WISH.today, provinces=(LAI_CHAU,), people=700),
            seal=SEAL,
            report=lambda *_: None,
        )
        assert ask("SELECT count(*) FROM person") == [(700,)]
