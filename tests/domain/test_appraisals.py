"""The meeting is about differences, each with a reason; a return names what it wants."""

from datetime import date

import pytest

from app.domain.appraisals import (
    Doubt,
    disputed_indicators,
    doubts_about,
    require_quorum,
    require_reasons,
    require_return,
    suggested_scores,
)
from app.domain.refusals import RefusedError, Rule
from tenants.schema import ScoreRule


OWN = (8,) * 10
RULE = ScoreRule()
TODAY = date(2026, 11, 20)
PROVEN = ["Sổ học tập"] * 10


def with_score(indicator: int, score: int) -> tuple[int, ...]:
    return (*OWN[: indicator - 1], score, *OWN[indicator:])


def test_only_indicators_on_which_somebody_differs_are_disputed():
    assert disputed_indicators(OWN, [OWN, with_score(3, 6), with_score(7, 9)]) == (3, 7)
    assert disputed_indicators(OWN, [OWN, OWN]) == ()


def test_the_meeting_begins_at_the_self_score_where_all_gave_it():
    assert suggested_scores(OWN, [OWN, OWN]) == OWN


def test_the_meeting_begins_at_the_middle_where_members_differ():
    given = [with_score(3, 5), with_score(3, 6), with_score(3, 9)]
    assert suggested_scores(OWN, given) == with_score(3, 6)


def test_every_changed_score_needs_a_reason():
    with pytest.raises(RefusedError) as refusal:
        require_reasons(OWN, with_score(3, 6), {3: "  "})
    assert refusal.value.rule is Rule.AGREED_SCORE_NEEDS_REASON
    assert refusal.value.facts["missing"] == (3,)


def test_reasons_beside_unchanged_scores_are_dropped():
    agreed = with_score(3, 6)
    assert require_reasons(OWN, agreed, {3: " thiếu minh chứng ", 4: "…"}) == {
        3: "thiếu minh chứng"
    }


def test_two_scores_do_not_make_a_quorum_of_three():
    require_quorum(3, 3)
    with pytest.raises(RefusedError) as refusal:
        require_quorum(2, 3)
    assert refusal.value.rule is Rule.QUORUM_NOT_REACHED


@pytest.mark.parametrize(
    ("reasons", "due_on"),
    [
        ({}, date(2026, 11, 25)),
        ({3: ""}, date(2026, 11, 25)),
        ({3: "thiếu minh chứng"}, None),
        ({3: "thiếu minh chứng"}, TODAY),
    ],
)
def test_a_return_names_indicators_with_reasons_and_a_day_to_come(reasons, due_on):
    with pytest.raises(RefusedError) as refusal:
        require_return(reasons, due_on, today=TODAY)
    assert refusal.value.rule is Rule.RETURN_NEEDS_INDICATORS


def test_a_sound_dossier_raises_no_doubt():
    assert doubts_about(RULE, OWN, PROVEN, last_total=78) == ()


def test_each_doubt_is_found():
    assert doubts_about(RULE, with_score(2, 4), PROVEN, last_total=None) == (
        Doubt.LOW_INDICATOR,
        Doubt.LOW_TOTAL,
    )
    assert doubts_about(RULE, OWN, [""] * 10, last_total=None) == (Doubt.NO_EVIDENCE,)
    assert doubts_about(RULE, OWN, PROVEN, last_total=65) == (Doubt.LARGE_JUMP,)
