"""What is typed becomes an answer, or is refused with the numbers of its questions."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.adhoc import (
    MOST_FIELDS,
    Answer,
    Field,
    FieldKind,
    KnownFigure,
    Line,
    LineState,
    Typed,
    known_figures,
    read_answers,
    require_fields,
    totals,
)
from app.domain.refusals import RefusedError, Rule
from app.domain.results import Figures


NUMBER = Field(label="Số lớp", kind=FieldKind.NUMBER)
KNOWN = Field(label="Số được công nhận", kind=FieldKind.KNOWN, figure=KnownFigure.RECOGNISED)
YES_NO = Field(label="Có kế hoạch", kind=FieldKind.YES_NO)
TEXT = Field(label="Khó khăn", kind=FieldKind.TEXT)


def read(field, value, *, known=None, reason=""):
    (answer,) = read_answers([field], [Typed(value=value, reason=reason)], [known])
    return answer


def refused(field, value, **more):
    with pytest.raises(RefusedError) as refusal:
        read(field, value, **more)
    return refusal.value


@pytest.mark.parametrize("written", ["1250", "1.250", "1,250", " 1 250 "])
def test_a_number_is_read_as_either_language_groups_it(written):
    assert read(NUMBER, written).number == 1250


@pytest.mark.parametrize("written", ["mười", "12a", "-3", "٣", "1" * 40])
def test_anything_else_is_no_number(written):
    assert refused(NUMBER, written).rule is Rule.ADHOC_NOT_A_NUMBER


@pytest.mark.parametrize("field", [NUMBER, KNOWN, YES_NO])
def test_only_text_may_be_left_out(field):
    assert refused(field, "").facts["numbers"] == (1,)
    assert read(TEXT, "").text == ""


def test_yes_and_no_are_the_only_answers_to_yes_or_no():
    assert [read(YES_NO, value).number for value in ("yes", "no")] == [1, 0]
    assert refused(YES_NO, "maybe").rule is Rule.ADHOC_ANSWERS_MISSING


def test_another_number_than_is_counted_needs_a_reason():
    assert refused(KNOWN, "9", known=8).rule is Rule.ADHOC_DEVIATES
    told = read(KNOWN, "9", known=8, reason="Tính cả người mới")
    assert (told.number, told.known, told.reason) == (9, 8, "Tính cả người mới")


def test_a_reason_beside_the_number_that_is_counted_is_dropped():
    assert read(KNOWN, "8", known=8, reason="thừa").reason == ""


def test_what_the_system_counts_is_filled_in():
    assert known_figures([NUMBER, KNOWN], Figures(recognised=8)) == [None, 8]


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


def line(state, *answers):
    return Line(state=state, due_on=date(2026, 11, 30), answers=answers)


@given(st.lists(st.tuples(st.sampled_from(LineState), st.integers(0, 10**6)), max_size=30))
def test_received_answers_add_up_and_no_others(given_answers):
    lines = [line(state, Answer(number=number)) for state, number in given_answers]
    received = [number for state, number in given_answers if state is LineState.ANSWERED]
    total = totals([NUMBER], lines)[0]
    assert (total.sum, total.answered) == (sum(received), len(received))


def test_text_does_not_add_up():
    assert totals([TEXT], [line(LineState.ANSWERED, Answer(text="Không"))]) == {}
