"""What ten scores earn, and what is not a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import RefusedError, Rule
from app.domain.scoring import (
    INDICATORS,
    Shortfall,
    Verdict,
    assess,
    changed_indicators,
    middle_scores,
    read_score,
    require_complete,
)
from tenants.schema import ScoreRule


RULE = ScoreRule()
points = st.integers(RULE.scale_min, RULE.scale_max)
ten_scores = st.lists(points, min_size=INDICATORS, max_size=INDICATORS).map(tuple)


@pytest.mark.parametrize(
    ("scores", "total", "verdict"),
    [
        ((8,) * 10, 80, Verdict.RECOGNISED),
        ((8,) * 9 + (7,), 79, Verdict.NOT_RECOGNISED),
        ((9,) * 8 + (8, 4), 84, Verdict.NOT_RECOGNISED),
        ((10,) * 9 + (5,), 95, Verdict.RECOGNISED),
        ((10,) * 9 + (4,), 94, Verdict.NOT_RECOGNISED),
        ((5, 5) + (9,) * 8, 82, Verdict.RECOGNISED),
        ((9,) * 9 + (None,), 81, Verdict.INCOMPLETE),
    ],
)
def test_the_published_rule_decides_each_known_case(scores, total, verdict):
    assessment = assess(RULE, scores)
    assert (assessment.total, assessment.verdict) == (total, verdict)


@given(ten_scores)
def test_the_title_takes_eighty_points_and_no_indicator_below_five(scores):
    is_recognised = assess(RULE, scores).verdict is Verdict.RECOGNISED
    assert is_recognised == (sum(scores) >= 80 and min(scores) >= 5)


@given(ten_scores, st.integers(0, 9))
def test_a_higher_score_never_costs_the_title(scores, place):
    raised = (*scores[:place], min(scores[place] + 1, 10), *scores[place + 1 :])
    if assess(RULE, scores).verdict is Verdict.RECOGNISED:
        assert assess(RULE, raised).verdict is Verdict.RECOGNISED


@given(ten_scores, st.integers(0, 9))
def test_a_blank_is_incomplete_and_never_a_zero(scores, place):
    draft = (*scores[:place], None, *scores[place + 1 :])
    assessment = assess(RULE, draft)
    assert assessment.verdict is Verdict.INCOMPLETE
    assert assessment.blank == (place + 1,)
    assert assessment.lowest == min(s for s in draft if s is not None)


def test_the_reasons_name_what_is_missing():
    assessment = assess(RULE, (8,) * 8 + (10, 4))
    assert assessment.total == 78
    assert assessment.points_short == 2
    assert assessment.below_floor == (10,)
    assert assessment.shortfalls == (Shortfall.LOW_INDICATOR, Shortfall.LOW_TOTAL)


@pytest.mark.parametrize("typed", ["0", "11", "7.5", "7,5", "-3", "tám", "8 8", "٨", "1e1"])
def test_what_is_not_a_point_of_the_scale_is_refused(typed):
    with pytest.raises(RefusedError) as refusal:
        read_score(RULE, 7, typed)
    assert refusal.value.rule is Rule.SCORE_NOT_ON_SCALE
    assert refusal.value.facts["indicator"] == 7


@given(points)
def test_a_typed_point_is_read_as_itself(score):
    assert read_score(RULE, 1, f" {score} ") == score


def test_nothing_typed_is_a_blank():
    assert read_score(RULE, 1, "  ") is None


def test_a_step_is_data_of_the_set():
    even = ScoreRule(scale_min=2, scale_max=10, step=2)
    assert read_score(even, 1, "8") == 8
    with pytest.raises(RefusedError):
        read_score(even, 1, "7")


def test_a_draft_with_a_blank_is_not_complete():
    with pytest.raises(RefusedError) as refusal:
        require_complete(RULE, (8,) * 6 + (None,) + (8,) * 3)
    assert refusal.value.facts["missing"] == (7,)


@given(st.lists(ten_scores, min_size=1, max_size=7))
def test_the_middle_lies_between_the_lowest_and_the_highest(several):
    middle = middle_scores(several)
    for number, column in enumerate(zip(*several, strict=True)):
        assert min(column) <= middle[number] <= max(column)


@given(ten_scores, ten_scores)
def test_the_changed_indicators_are_those_that_differ(before, after):
    changed = changed_indicators(before, after)
    assert all(before[n - 1] != after[n - 1] for n in changed)
    assert len(changed) == sum(a != b for a, b in zip(before, after, strict=True))
