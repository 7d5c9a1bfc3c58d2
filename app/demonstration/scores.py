"""Ten scores that look as if people had given them.

Villagers score low on the foreign language and high on getting along; staff are even; pupils are
at home with computers. People claim a little more than the team agrees on.
"""

from collections.abc import Mapping, Sequence
from random import Random

from app.demonstration.dice import between, chance
from app.demonstration.people import PUPILS, RESIDENTS, STAFF, WORKERS
from app.domain.scoring import INDICATORS, Scores
from tenants.schema import ScoreRule


RULE = ScoreRule()
"""The rule that both published sets share."""

_PROFILES: Mapping[int, Sequence[float]] = {
    RESIDENTS: (-0.3, 0.3, 0.4, -0.2, -1.0, -2.6, 0.3, -0.3, 1.5, 1.5),
    WORKERS: (-0.2, 0.2, 0.2, 0.1, -0.3, -1.7, 0.5, 0.0, 0.7, 0.7),
    STAFF: (0.2, 0.1, 0.1, 0.4, 0.4, -1.2, 0.1, -0.1, 0.4, 0.4),
    PUPILS: (0.3, 0.0, -0.4, 0.4, 0.7, -0.4, 0.2, 0.0, 0.0, 0.1),
}
_SPREAD: Mapping[int, int] = {RESIDENTS: 12, WORKERS: 14, STAFF: 18, PUPILS: 16}
_CROWDING = 1.7
_LOWEST_TOTAL_DROP = 19
_SHARE_FAILING_ONE_INDICATOR = 0.09
_WEAKEST = 6
_FAILING_FLOOR = 3


def passing_scores(random: Random, group_number: int) -> Scores:
    """Draw agreed scores that earn the title: many at the threshold, fewer the higher."""
    extra = int(_SPREAD[group_number] * random.random() ** _CROWDING)
    return _spread(random, group_number, RULE.pass_total + extra, RULE.pass_floor)


def failing_scores(random: Random, group_number: int) -> Scores:
    """Draw agreed scores that do not: most short of the total, some with one indicator too low."""
    if chance(random, _SHARE_FAILING_ONE_INDICATOR):
        return _with_one_too_low(random, group_number)
    drop = 1 + int(_LOWEST_TOTAL_DROP * random.random() ** _CROWDING)
    return _spread(random, group_number, RULE.pass_total - drop, _FAILING_FLOOR)


def _with_one_too_low(random: Random, group_number: int) -> Scores:
    scores = list(
        _spread(random, group_number, RULE.pass_total + between(random, 3, 7), RULE.pass_floor)
    )
    scores[_WEAKEST - 1] = between(random, _FAILING_FLOOR, RULE.pass_floor - 1)
    return tuple(scores)


def _spread(random: Random, group_number: int, total: int, floor: int) -> Scores:
    """Spread ``total`` over ten indicators in the manner of the group."""
    mean = total / INDICATORS
    scores = [
        min(RULE.scale_max, max(floor, round(mean + lean + random.uniform(-1.0, 1.0))))
        for lean in _PROFILES[group_number]
    ]
    missing = total - sum(scores)
    while missing:
        place = int(random.random() * INDICATORS)
        step = 1 if missing > 0 else -1
        if floor <= scores[place] + step <= RULE.scale_max:
            scores[place] += step
            missing -= step
    return tuple(scores)


_CLAIMS = (2,) * 1 + (1,) * 5 + (0,) * 13 + (-1,) * 1
_BOLD_CLAIMS = (2,) * 2 + (1,) * 7 + (0,) * 10 + (-1,) * 1
_OPINIONS = (1,) * 3 + (0,) * 14 + (-1,) * 3


def claimed_scores(random: Random, agreed: Scores, *, is_bold: bool) -> Scores:
    """Draw what a person claims on whose scores the team agrees in the end."""
    return _vary(random, agreed, _BOLD_CLAIMS if is_bold else _CLAIMS)


def one_opinion(random: Random, agreed: Scores) -> Scores:
    """Draw what one appraiser gives before the meeting."""
    return _vary(random, agreed, _OPINIONS)


def _vary(random: Random, scores: Scores, steps: Sequence[int]) -> Scores:
    return tuple(
        min(RULE.scale_max, max(RULE.scale_min, score + steps[int(random.random() * len(steps))]))
        for score in scores
    )


def raised(scores: Scores, indicators: Sequence[int], by: int) -> Scores:
    """Return ``scores`` with the named indicators raised, as far as the scale goes."""
    return tuple(
        min(RULE.scale_max, score + by) if place in indicators else score
        for place, score in enumerate(scores, start=1)
    )


def weakest(scores: Scores, count: int) -> tuple[int, ...]:
    """Return the ``count`` indicators that score lowest, in their order."""
    ranked = sorted(range(1, INDICATORS + 1), key=lambda place: scores[place - 1])
    return tuple(sorted(ranked[:count]))


def earns_title(scores: Scores) -> bool:
    """Tell whether agreed scores earn the title under the rule of both published sets."""
    return sum(scores) >= RULE.pass_total and min(scores) >= RULE.pass_floor
