"""What a decision must say before it is one."""

from datetime import date
from uuid import uuid4

import pytest

from app.domain.decisions import (
    Ruling,
    last_day_to_appeal,
    require_all_ruled,
    require_date_come,
    require_ruling,
)
from app.domain.dossiers import Outcome
from app.domain.refusals import RefusedError, Rule


ONE, OTHER = uuid4(), uuid4()
LINES = {ONE: "Lò Thị Pánh", OTHER: "Vừ A Chứ"}


def refused(rule):
    return pytest.raises(RefusedError, match=rule.value)


def test_a_decision_may_be_dated_today_and_not_tomorrow():
    require_date_come(date(2026, 11, 21), today=date(2026, 11, 21))
    with refused(Rule.DECISION_DATE_IN_FUTURE):
        require_date_come(date(2026, 11, 22), today=date(2026, 11, 21))


def test_every_line_is_ruled_on_or_struck():
    require_all_ruled(LINES, {ONE}, {OTHER: "Xem lại"})
    with refused(Rule.LINE_UNDECIDED) as refusal:
        require_all_ruled(LINES, {ONE}, {})
    assert refusal.value.facts == {"names": ["Vừ A Chứ"]}


def test_no_line_is_both_ruled_on_and_struck():
    with refused(Rule.LINE_UNDECIDED):
        require_all_ruled(LINES, {ONE, OTHER}, {OTHER: "Xem lại"})


def test_somebody_who_is_not_on_the_list_cannot_be_decided():
    with refused(Rule.LINE_UNDECIDED):
        require_all_ruled(LINES, {ONE, OTHER, uuid4()}, {})


def test_striking_needs_a_reason_and_leaves_somebody():
    with refused(Rule.REFUSAL_NEEDS_REASON):
        require_all_ruled(LINES, {ONE}, {OTHER: " "})
    with refused(Rule.LIST_ALL_STRUCK):
        require_all_ruled(LINES, (), {ONE: "x", OTHER: "x"})


@pytest.mark.parametrize(
    ("verdict", "outcome", "reason", "rule"),
    [
        (Outcome.RECOGNISED, Outcome.RECOGNISED, "", None),
        (Outcome.RECOGNISED, Outcome.NOT_RECOGNISED, "Vi phạm", None),
        (Outcome.NOT_RECOGNISED, Outcome.NOT_RECOGNISED, "Thiếu điểm", None),
        (Outcome.NOT_RECOGNISED, Outcome.NOT_RECOGNISED, "  ", Rule.REFUSAL_NEEDS_REASON),
        (Outcome.NOT_RECOGNISED, Outcome.RECOGNISED, "x", Rule.TITLE_NOT_EARNED),
    ],
)
def test_what_the_head_may_rule(verdict, outcome, reason, rule):
    ruling = Ruling(outcome=outcome, reason=reason)
    if rule is None:
        require_ruling("Lò Thị Pánh", verdict, ruling)
        return
    with refused(rule):
        require_ruling("Lò Thị Pánh", verdict, ruling)


def test_the_day_of_publication_does_not_count():
    assert last_day_to_appeal(date(2026, 12, 1), 5) == date(2026, 12, 6)
    with refused(Rule.APPEAL_NOT_OFFERED):
        last_day_to_appeal(date(2026, 12, 1), None)
