"""What ten scores come to so far, as the running total of a page shows it."""

from dataclasses import dataclass

from app.domain.scoring import INDICATORS, DraftScores, Verdict, assess
from tenants.schema import ScoreRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The total and why it is not enough yet."""

    total: int
    maximum: int
    answered: int
    count: int
    pass_mark: int
    floor: int
    short_by: int
    missing: tuple[int, ...]
    below: tuple[int, ...]
    is_met: bool


def standing_of(rule: ScoreRule, scores: DraftScores) -> Standing:
    """Hold scores against their rule, for ``macros/totals.html``."""
    found = assess(rule, scores)
    return Standing(
        total=found.total,
        maximum=rule.scale_max * INDICATORS,
        answered=INDICATORS - len(found.blank),
        count=INDICATORS,
        pass_mark=rule.pass_total,
        floor=rule.pass_floor,
        short_by=found.points_short,
        missing=found.blank,
        below=found.below_floor,
        is_met=found.verdict is Verdict.RECOGNISED,
    )
