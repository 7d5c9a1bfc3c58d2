"""What ten scores add up to, and whether they earn the title.

The rule is the one that every plan repeats: each of ten indicators scored 1 to 10, recognised
from 80 points in all with no indicator below 5 (plan of the Lạng Sơn department, II.2b; QĐ 244 and
QĐ 324/QĐ-KHVN). All its numbers are data of the criteria set, per version and group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_high
from typing import TypeAlias

from app.domain.refusals import RefusedError, Rule
from tenants.schema import ScoreRule


INDICATORS = 10

Scores: TypeAlias = tuple[int, ...]
"""Ten whole points, indicator 1 first."""

DraftScores: TypeAlias = tuple[int | None, ...]
"""Ten places, of which some may still be blank. A blank is never a zero."""

BLANK: DraftScores = (None,) * INDICATORS


class Verdict(StrEnum):
    """What the scores earn."""

    INCOMPLETE = "incomplete"
    NOT_RECOGNISED = "not_recognised"
    RECOGNISED = "recognised"


class Shortfall(StrEnum):
    """Why scores do not earn the title."""

    BLANK = "blank"
    LOW_INDICATOR = "low-indicator"
    LOW_TOTAL = "low-total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Ten scores held against a rule. ``total`` counts the indicators scored so far."""

    verdict: Verdict
    total: int
    lowest: int | None
    blank: tuple[int, ...]
    below_floor: tuple[int, ...]
    points_short: int
    shortfalls: tuple[Shortfall, ...]


def require_score(rule: ScoreRule, indicator: int, score: int) -> int:
    """Return ``score``, or raise ``RefusedError`` when it is not a point of the scale."""
    if not rule.scale_min <= score <= rule.scale_max or (score - rule.scale_min) % rule.step:
        raise RefusedError(
            Rule.SCORE_NOT_ON_SCALE,
            indicator=indicator,
            score=score,
            lowest=rule.scale_min,
            highest=rule.scale_max,
        )
    return score


def read_score(rule: ScoreRule, indicator: int, text: str) -> int | None:
    """Return the score that somebody typed; None for a blank.

    Raises ``RefusedError`` for text, for a part of a point and for a number off the scale.
    """
    typed = text.strip()
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit():
        raise RefusedError(
            Rule.SCORE_NOT_ON_SCALE,
            indicator=indicator,
            score=typed,
            lowest=rule.scale_min,
            highest=rule.scale_max,
        )
    return require_score(rule, indicator, int(typed))


def assess(rule: ScoreRule, scores: DraftScores) -> Assessment:
    """Hold ``scores`` against ``rule``.

    Raises ``ValueError`` unless there are ten places; every score present is taken to be on the
    scale (see ``require_score``).
    """
    if len(scores) != INDICATORS:
        raise ValueError(f"expected {INDICATORS} scores, found {len(scores)}")
    present = [score for score in scores if score is not None]
    blank = tuple(n for n, score in enumerate(scores, start=1) if score is None)
    below = tuple(
        n
        for n, score in enumerate(scores, start=1)
        if score is not None and score < rule.pass_floor
    )
    short = max(rule.pass_total - sum(present), 0)
    shortfalls = _shortfalls(has_blank=bool(blank), has_low=bool(below), is_short=short > 0)
    return Assessment(
        verdict=_verdict(shortfalls),
        total=sum(present),
        lowest=min(present, default=None),
        blank=blank,
        below_floor=below,
        points_short=short,
        shortfalls=shortfalls,
    )


def _shortfalls(*, has_blank: bool, has_low: bool, is_short: bool) -> tuple[Shortfall, ...]:
    found = (
        (Shortfall.BLANK, has_blank),
        (Shortfall.LOW_INDICATOR, has_low),
        (Shortfall.LOW_TOTAL, is_short),
    )
    return tuple(shortfall for shortfall, is_found in found if is_found)


def _verdict(shortfalls: Sequence[Shortfall]) -> Verdict:
    if Shortfall.BLANK in shortfalls:
        return Verdict.INCOMPLETE
    return Verdict.NOT_RECOGNISED if shortfalls else Verdict.RECOGNISED


def require_complete(rule: ScoreRule, scores: DraftScores) -> Scores:
    """Return ten scores with none blank and each on the scale, or raise ``RefusedError``."""
    missing = tuple(n for n, score in enumerate(scores, start=1) if score is None)
    if missing or len(scores) != INDICATORS:
        raise RefusedError(Rule.SCORES_INCOMPLETE, missing=missing)
    return tuple(
        require_score(rule, n, score)
        for n, score in enumerate(scores, start=1)
        if score is not None
    )


def middle_scores(several: Sequence[Scores]) -> Scores:
    """Return, for each indicator, the middle of what several appraisers gave.

    With an even number of appraisers the higher of the two middle scores stands: the meeting
    that follows may only lower a doubt with a reason on the record.
    """
    return tuple(median_high(column) for column in zip(*several, strict=True))


def changed_indicators(before: DraftScores, after: Scores) -> tuple[int, ...]:
    """Return the numbers of the indicators on which the two disagree."""
    return tuple(
        n for n, (old, new) in enumerate(zip(before, after, strict=True), start=1) if old != new
    )
