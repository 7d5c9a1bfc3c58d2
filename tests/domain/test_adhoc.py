"""Ad-hoc requests: what may be asked, until when, and what the answers add up to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.adhoc import (
    MOST_FIELDS,
    REMINDED_AGAIN_AFTER,
    Line,
    LineState,
    is_closed,
    may_be_reminded,
    require_days,
    require_fields,
    totals,
)
from app.domain.adhoc_answers import Answer, Field, FieldKind
from app.domain.refusals import RefusedError, Rule


NUMBER = Field(label="Số lớp", kind=FieldKind.NUMBER)
DECIMAL = Field(label="Kinh phí", kind=FieldKind.DECIMAL, unit="triệu đồng")
SHARE = Field(label="Tỉ lệ mở lại", kind=FieldKind.PERCENT)
DAY = Field(label="Ngày khai mạc", kind=FieldKind.DATE)
YES_NO = Field(label="Có kế hoạch", kind=FieldKind.YES_NO)
TEXT = Field(label="Khó khăn", kind=FieldKind.TEXT)

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ([], Rule.ADHOC_FIELDS),
        ([NUMBER] * (MOST_FIELDS + 1), Rule.ADHOC_FIELDS),
        ([NUMBER, Field(label="", kind=FieldKind.TEXT)], Rule.ADHOC_FIELD_INCOMPLETE),
        ([Field(label="Số", kind=FieldKind.KNOWN)], Rule.ADHOC_FIELD_INCOMPLETE),
    ],
)
def test_a_form_asks_something_that_can_be_answered(fields, rule):
    with pytest.raises(RefusedError) as refusal:
        require_fields(fields)
    assert refusal.value.rule is rule


@pytest.mark.parametrize(
    ("due", "closes", "rule"),
    [
        (-1, None, Rule.ADHOC_DUE_OVER),
        (7, 6, Rule.ADHOC_CLOSES_BEFORE_DUE),
        (1_000, None, Rule.DAY_TOO_FAR),
        (7, (date.max - TODAY).days, Rule.DAY_TOO_FAR),
    ],
)
def test_a_request_is_due_ahead_and_closes_no_earlier(due, closes, rule):
    closes_on = None if closes is None else TODAY + timedelta(days=closes)
    with pytest.raises(RefusedError) as refusal:
        require_days(TODAY + timedelta(days=due), closes_on, TODAY)
    assert refusal.value.rule is rule


def test_it_may_be_due_today_and_close_the_same_day():
    require_days(TODAY, TODAY, TODAY)
    assert not is_closed(None, TODAY, TODAY)
    assert is_closed(None, TODAY, TODAY + timedelta(days=1))
    assert is_closed(NOW, None, TODAY)
    assert not is_closed(None, None, TODAY)


@pytest.mark.parametrize("state", LineState)
def test_who_is_waited_for_is_reminded_once_a_day(state):
    assert may_be_reminded(state, None, NOW) is (state is not LineState.ANSWERED)
    assert not may_be_reminded(state, NOW, NOW + timedelta(hours=8))
    is_due = may_be_reminded(state, NOW, NOW + REMINDED_AGAIN_AFTER)
    assert is_due is (state is not LineState.ANSWERED)


def line(state, *answers):
    return Line(state=state, due_on=date(2026, 11, 30), answers=answers)


def added_up(field, *answers):
    return totals([field], [line(LineState.ANSWERED, one) for one in answers])[0]


@given(st.lists(st.tuples(st.sampled_from(LineState), st.integers(0, 10**6)), max_size=30))
def test_received_answers_add_up_and_no_others(given_answers):
    lines = [line(state, Answer(number=number)) for state, number in given_answers]
    received = [number for state, number in given_answers if state is LineState.ANSWERED]
    total = totals([NUMBER], lines)[0]
    assert (total.sum, total.answered) == (sum(received), len(received))


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=30))
def test_a_share_is_the_share_of_the_sums_and_no_average(pairs):
    parts = [(min(pair), max(pair)) for pair in pairs]
    total = added_up(SHARE, *(Answer(number=part, whole=whole) for part, whole in parts))
    part, whole = sum(one for one, _ in parts), sum(one for _, one in parts)
    assert (total.sum, total.whole) == (part, whole)


def test_decimals_add_up_exactly():
    tenths = [Answer(number=Decimal("0.1")) for _ in range(3)]
    assert added_up(DECIMAL, *tenths).sum == Decimal("0.3")


def test_of_days_the_first_and_the_last_are_told():
    total = added_up(DAY, Answer(text="2026-10-02"), Answer(text="2026-09-30"), Answer())
    assert (total.first, total.last, total.answered) == (date(2026, 9, 30), date(2026, 10, 2), 2)
    assert added_up(DAY, Answer()).first is None


def test_of_yes_and_no_those_who_said_yes_are_counted():
    total = added_up(YES_NO, Answer(number=1), Answer(number=0), Answer(number=1))
    assert (total.sum, total.answered) == (2, 3)


def test_text_does_not_add_up():
    assert totals([TEXT], [line(LineState.ANSWERED, Answer(text="Không"))]) == {}
