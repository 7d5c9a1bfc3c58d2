"""Whatever is tried with a report, wherever it stands: done, or refused by a rule in two languages.

Every state is met by every act, on the pages on which people do it, and by those of the year.
"""

from html import escape
from itertools import product

import pytest
from flask_babel import force_locale
from sqlalchemy import text

from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.reports import (
    MOVES,
    Counting,
    ReportEvent,
    ReportState,
    Side,
    open_events,
    require_report_move,
)
from app.labels.refusals import advice_of, sentence_of
from app.persistence.database import db
from app.persistence.queries.reports import find_report, moves_of, reports_below
from app.persistence.unit_of_work import unit_of_work
from app.services.report_reviews import close_reports
from tests.builders.reporting import TITLE, Desk
from tests.builders.world import DEPARTMENT, PROVINCE, THIS_YEAR


S = ReportState
STANDINGS = [
    *((one, Counting.LAST if one in {S.ACCEPTED, S.CLOSED} else Counting.NONE) for one in S),
    (S.COMPILED, Counting.LAST),
    (S.COMPILED, Counting.EARLIER),
]
"""Each state; and those of a correction, before and after a further version was signed."""
ACCEPTED = {Counting.NONE: None, Counting.EARLIER: 1, Counting.LAST: 2}
BY_HAND = [one for one in ReportEvent if MOVES[one].side is not Side.HOUSE]
OWN = f"/{DEPARTMENT}/-/reports/own"
ABOVE = f"/{PROVINCE}/-/reports/acts"
PUT = "UPDATE report SET state = :state, accepted_version = :accepted"


@pytest.fixture
def desk(world):
    desk = Desk(world, DEPARTMENT)
    desk.hand_in()
    desk.recall()
    desk.submit(reason="Sửa")
    return desk


def put(world, state, *, counts):
    """Let the report stand somewhere, past all acts."""
    with world.inside(DEPARTMENT), world.owner(), unit_of_work():
        standing = {"state": state.value, "accepted": ACCEPTED[counts]}
        db.session.execute(text(PUT), standing)


def refusal_of(state, event, *, counts):
    try:
        require_report_move(state, event, MOVES[event].side, counts=counts)
    except RefusedError as refusal:
        return refusal
    return None


def address_of(event):
    if MOVES[event].side is Side.AGENCY:
        return f"{OWN}/{event.value}"
    return f"{ABOVE}/{event.value}/{DEPARTMENT}"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_act_that_is_not_in_the_table_is_refused_by_a_rule_that_says_why(
    app, world, sign_in, desk, language
):
    browsers = {
        Side.AGENCY: sign_in(world.make_account(DEPARTMENT, Role.OFFICER), language=language),
        Side.PARENT: sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language=language),
    }
    typed = {"revision": desk.revision(), "title": TITLE, "reason": "Vì sao", "items": "Nhóm 3"}
    met = set()
    for state, counts in STANDINGS:
        put(world, state, counts=counts)
        for event in set(BY_HAND) - {ReportEvent.CLOSE}:
            refusal = refusal_of(state, event, counts=counts)
            if refusal is None:
                continue
            answer = browsers[MOVES[event].side].post(address_of(event), data=typed)
            with app.test_request_context(), force_locale(language):
                told = (sentence_of(refusal), advice_of(refusal))
            page = " ".join(answer.text.split())
            assert answer.status_code in {409, 422}, (state, event)
            assert [one for one in told if escape(one) not in page] == [], (state, event)
            assert "%(" not in "".join(told)
            met.add(refusal.rule)
    assert met == {
        Rule.REPORT_CLOSED,
        Rule.REPORT_COUNTS_ABOVE,
        Rule.REPORT_NOT_CORRECTED,
        Rule.REPORT_OUT_OF_ORDER,
        Rule.REPORT_UNDER_REVIEW,
    }
    with world.inside(DEPARTMENT) as key:
        assert find_report(key, THIS_YEAR).revision == desk.revision()


def test_closing_a_year_takes_what_is_accepted_and_nothing_else(world, desk):
    for state, counts in STANDINGS:
        put(world, state, counts=counts)
        with world.inside(PROVINCE) as key:
            moves = moves_of(reports_below(key, THIS_YEAR))
            ready = close_reports(THIS_YEAR, moves=moves, by=desk.association)
            db.session.rollback()
        assert ready == int(state is S.ACCEPTED)


@pytest.mark.parametrize(("state", "event"), list(product(S, ReportEvent)))
def test_a_refusal_names_the_act_where_it_stands_and_what_it_takes(app, state, event):
    refusal = refusal_of(state, event, counts=Counting.NONE)
    if refusal is None:
        assert event in open_events(state, MOVES[event].side, counts=Counting.NONE)
        return
    told = []
    for language in ("vi", "en"):
        with app.test_request_context(), force_locale(language):
            told.append((sentence_of(refusal), advice_of(refusal)))
    (said, advised), (said_in_english, advised_in_english) = told
    assert said != said_in_english
    assert advised != advised_in_english
    assert refusal.facts["needed"] == tuple(one for one in S if one in MOVES[event].sources)
