"""Drawn scores keep to the rule and look as if people had given them."""

from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demonstration.dice import dice_for
from app.demonstration.people import PUPILS, RESIDENTS, STAFF, WORKERS
from app.demonstration.scores import (
    RULE,
    claimed_scores,
    failing_scores,
    one_opinion,
    passing_scores,
    raised,
    weakest,
)
from app.domain.scoring import Verdict, assess


dice = st.integers().map(dice_for)
groups = st.sampled_from([RESIDENTS, WORKERS, STAFF, PUPILS])


def on_scale(scores):
    return len(scores) == 10 and all(isinstance(one, int) and 1 <= one <= 10 for one in scores)


@given(dice, groups)
def test_passing_scores_earn_the_title(random, group):
    scores = passing_scores(random, group)
    assert on_scale(scores)
    assert assess(RULE, scores).verdict is Verdict.RECOGNISED


@given(dice, groups)
def test_failing_scores_do_not_earn_the_title(random, group):
    scores = failing_scores(random, group)
    assert on_scale(scores)
    assert assess(RULE, scores).verdict is Verdict.NOT_RECOGNISED


@given(dice, groups, st.booleans())
def test_claims_and_opinions_stay_on_the_scale(random, group, is_bold):
    agreed = passing_scores(random, group)
    assert on_scale(claimed_scores(random, agreed, is_bold=is_bold))
    assert on_scale(one_opinion(random, agreed))


@given(dice, groups, st.integers(1, 3))
def test_raising_the_weakest_touches_nothing_else(random, group, count):
    scores = failing_scores(random, group)
    named = weakest(scores, count)
    lifted = raised(scores, named, by=2)
    assert len(named) == count
    for place, (before, after) in enumerate(zip(scores, lifted, strict=True), start=1):
        assert (after > before) is (place in named)


def test_some_fail_by_a_single_indicator_only():
    random = dice_for(1)
    drawn = [failing_scores(random, RESIDENTS) for _ in range(300)]
    assert 5 < sum(sum(scores) >= RULE.pass_total for scores in drawn) < 60


def test_people_claim_a_little_more_than_the_team_agrees_on():
    random = dice_for(1)
    agreed = [passing_scores(random, WORKERS) for _ in range(400)]
    claims = [claimed_scores(random, scores, is_bold=False) for scores in agreed]
    surplus = mean(map(sum, claims)) - mean(map(sum, agreed))
    assert 1 < surplus < 5


@pytest.mark.parametrize("group", [RESIDENTS, WORKERS, STAFF])
def test_the_foreign_language_is_the_weakest_point_of_grown_ups(group):
    random = dice_for(1)
    drawn = [passing_scores(random, group) for _ in range(400)]
    means = [mean(column) for column in zip(*drawn, strict=True)]
    assert min(means) == means[5]


def test_the_foreign_language_is_harder_in_the_village_than_in_the_office():
    random = dice_for(1)
    village, office = (
        mean(passing_scores(random, group)[5] for _ in range(400)) for group in (RESIDENTS, STAFF)
    )
    assert village < office - 0.7
