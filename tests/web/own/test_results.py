"""What came of a dossier is seen once it is published, and not before."""

from datetime import UTC, date, datetime
from html import unescape

import pytest
from sqlalchemy import text

from app.domain.dossiers import Outcome, State
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Decision, DecisionItem
from app.persistence.unit_of_work import unit_of_work
from tests.builders.world import DEPARTMENT, PASSING, THIS_YEAR


AGREED = [8, 8, 9, 8, 8, 8, 8, 8, 8, 8]
WRITE = text(
    "UPDATE dossier SET state = :state, outcome = :outcome, outcome_reason = :reason,"
    " agreed_scores = CAST(:agreed AS smallint[]), agreed_reasons = CAST(:reasons AS jsonb)"
    " WHERE id = :id"
)


@pytest.fixture
def settle(world):
    """Write down what came of a dossier, past the long way through the team."""

    def write(dossier_id, state, outcome="recognised"):
        with world.app.app_context(), world.owner(), unit_of_work():
            db.session.execute(
                WRITE,
                {
                    "state": state.value,
                    "outcome": outcome,
                    "agreed": AGREED,
                    "reason": None if outcome == "recognised" else "Chưa đủ điều kiện",
                    "reasons": '{"3": "Cả nhà cùng học"}',
                    "id": dossier_id,
                },
            )

    return write


@pytest.fixture
def scored(citizen):
    citizen.register()
    citizen.fill(PASSING)
    citizen.submit()
    return citizen


def publish_decision(world, dossier_id):
    head = world.make_account(DEPARTMENT, Role.HEAD, name="Vàng Văn Thắng")
    with world.inside(DEPARTMENT), unit_of_work():
        decision = Decision(
            year=THIS_YEAR,
            number="05/QĐ-SCT",
            signed_on=date(THIS_YEAR, 2, 20),
            signed_year=THIS_YEAR,
            signer_name=head.name,
            signer_title="GIÁM ĐỐC",
            signer_identity_id=head.identity_id,
            seal="x",
            published_at=datetime(THIS_YEAR, 2, 21, tzinfo=UTC),
        )
        db.session.add(decision)
        db.session.flush()
        db.session.add(
            DecisionItem(
                decision_id=decision.id,
                dossier_id=dossier_id,
                position=1,
                outcome=Outcome.RECOGNISED,
            )
        )


@pytest.mark.parametrize("state", [State.APPRAISED, State.PROPOSED, State.DECIDED])
def test_nothing_of_the_result_is_seen_before_it_is_published(scored, settle, state):
    settle(scored.dossier().id, state, outcome="recognised" if state is State.DECIDED else None)
    for page in ("/", f"/years/{THIS_YEAR}"):
        shown = unescape(scored.get(page).text)
        assert "Cả nhà cùng học" not in shown
        assert "Agreed score" not in shown
        assert "Congratulations" not in shown
        assert f"Recognised in {THIS_YEAR}" not in shown


def test_a_published_result_shows_both_scores_the_reason_and_the_decision(world, scored, settle):
    settle(scored.dossier().id, State.PUBLISHED)
    publish_decision(world, scored.dossier().id)
    shown = unescape(scored.get(f"/years/{THIS_YEAR}").text)
    assert f"you are recognised as a Learning Citizen of {THIS_YEAR}" in shown
    assert "Cả nhà cùng học" in shown
    assert "<strong>9</strong>" in shown
    assert "No. 05/QĐ-SCT of 20/02/2026, signed by Vàng Văn Thắng" in shown
    assert f"/decisions/appeals/{scored.dossier().id}" in shown
    assert f"Recognised in {THIS_YEAR}." in unescape(scored.get().text)


def test_a_refusal_is_told_kindly_and_with_its_reason(scored, settle):
    settle(scored.dossier().id, State.PUBLISHED, outcome="not_recognised")
    shown = unescape(scored.get(f"/years/{THIS_YEAR}").text)
    assert "What you have learned stays yours" in shown
    assert "Chưa đủ điều kiện" in shown


def test_four_years_in_a_row_promise_what_the_fifth_will_be(world, citizen, settle):
    for year in range(THIS_YEAR - 4, THIS_YEAR):
        settle(world.make_dossier(DEPARTMENT, citizen.actor.person_id, year=year), State.PUBLISHED)
    shown = unescape(citizen.get().text)
    assert "4 years" in shown
    assert "Year 5 in a row will make you an outstanding Learning Citizen." in shown
    assert f"/own/years/{THIS_YEAR - 4}" in shown
