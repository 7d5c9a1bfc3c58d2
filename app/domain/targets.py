"""Targets against what was reached: of whom a share is taken, and how many people are missing.

A plan speaks of adults, the people of the communes, and of staff, the people of the offices. Each
share is taken within one of the two: of those adults that are recognised so many have digital
skills, and of those staff so many. The two are never added up.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from app.domain.refusals import RefusedError, Rule
from app.domain.results import Figures, percent
from tenants.schema import Denominator, Target, TargetName, TenantKind


ByKind = Mapping[TenantKind, Figures]
"""Figures added up over the agencies of one kind."""


class Audience(StrEnum):
    """The people that a target is about."""

    ADULTS = "adults"
    STAFF = "staff"


KINDS_OF: Mapping[Audience, frozenset[TenantKind]] = {
    Audience.ADULTS: frozenset({TenantKind.COMMUNE}),
    Audience.STAFF: frozenset(TenantKind) - {TenantKind.COMMUNE},
}
"""The agencies in which the people of an audience are assessed."""

_ABOUT: Mapping[TargetName, Audience] = {
    TargetName.RECOGNISED_ADULTS: Audience.ADULTS,
    TargetName.RECOGNISED_STAFF: Audience.STAFF,
}
_COUNTED: Mapping[TargetName, str] = {
    TargetName.REGISTERED: "registered",
    TargetName.RECOGNISED_ADULTS: "recognised",
    TargetName.RECOGNISED_STAFF: "recognised",
    TargetName.DIGITAL_SKILLS: "with_digital_skills",
    TargetName.DIGITAL_FLUENCY: "digitally_fluent",
}
_WHOLE: Mapping[Denominator, str] = {
    Denominator.ELIGIBLE: "eligible",
    Denominator.REGISTERED: "registered",
    Denominator.RECOGNISED: "recognised",
    Denominator.DIGITALLY_SKILLED: "with_digital_skills",
}
# Each of these holds all of the next; a share is taken of what holds everybody counted.
_NESTED = (
    Denominator.ELIGIBLE,
    Denominator.REGISTERED,
    Denominator.RECOGNISED,
    Denominator.DIGITALLY_SKILLED,
)
_WITHIN: Mapping[TargetName, Collection[Denominator]] = {
    TargetName.REGISTERED: _NESTED[:1],
    TargetName.RECOGNISED_ADULTS: _NESTED[:2],
    TargetName.RECOGNISED_STAFF: _NESTED[:2],
    TargetName.DIGITAL_SKILLS: _NESTED[:3],
    TargetName.DIGITAL_FLUENCY: _NESTED,
    TargetName.TRAINED_MEMBERS: (Denominator.MEMBERS,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReached:
    """A target and how far it was reached."""

    target: Target
    audience: Audience
    part: int
    whole: int

    @property
    def counted(self) -> str:
        """The figure that is counted."""
        return _COUNTED[self.target.name]

    @property
    def counted_of(self) -> str:
        """The figure that it is taken as a share of."""
        return _WHOLE[self.target.denominator]

    @property
    def percent(self) -> Fraction | None:
        """The share that was reached; None of nobody."""
        return percent(self.part, self.whole)

    @property
    def needed(self) -> int:
        """How many people reach it."""
        wanted = Fraction(self.target.percent * self.whole, 100)
        return wanted.__floor__() + 1 if self.target.is_strict else wanted.__ceil__()

    @property
    def short_by(self) -> int:
        """How many people more would have reached it; 0 when it is reached."""
        return max(0, self.needed - self.part)

    @property
    def is_met(self) -> bool:
        """Whether somebody was counted, and enough of them."""
        return self.whole > 0 and self.short_by == 0


def to_target(value: Mapping[str, Any]) -> Target:
    """Return a target as the settings keep it."""
    words = {"name": TargetName(value["name"]), "denominator": Denominator(value["denominator"])}
    return Target(**{**value, **words})


def require_targets(values: Iterable[Mapping[str, Any]]) -> None:
    """Raise ``RefusedError`` for a share of people who are not all among those it is taken of.

    And for two targets that count the same for the same year: nobody could say which one binds.
    """
    seen: set[tuple[TargetName, int]] = set()
    for target in map(to_target, values):
        facts = {"target": target.name, "year": target.year}
        within = _WITHIN[target.name]
        if target.denominator not in within:
            raise RefusedError(
                Rule.TARGET_OF_OTHERS, of=target.denominator, within=tuple(within), **facts
            )
        if (target.name, target.year) in seen:
            raise RefusedError(Rule.TARGET_TWICE, **facts)
        seen.add((target.name, target.year))


def targets_of_year(targets: Iterable[Target], year: int) -> tuple[Target, ...]:
    """Return, for each thing counted, the target that comes due next; after the last, the last."""
    chosen: dict[TargetName, Target] = {}
    for one in sorted(targets, key=lambda each: each.year):
        held = chosen.get(one.name)
        if held is None or held.year < year:
            chosen[one.name] = one
    return tuple(chosen[name] for name in TargetName if name in chosen)


def reached(targets: Iterable[Target], by_kind: ByKind) -> tuple[TargetReached, ...]:
    """Return how far each target was reached, by adults and by staff apart, adults first.

    Without those that nothing here is counted for.
    """
    known = [one for one in targets if one.name in _COUNTED and one.denominator in _WHOLE]
    return tuple(
        _reach(one, audience, by_kind)
        for audience in Audience
        if by_kind.keys() & KINDS_OF[audience]
        for one in known
        if _ABOUT.get(one.name, audience) is audience
    )


def not_counted(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Return the targets of the plans for which the house counts nobody."""
    return tuple(one for one in targets if one.name not in _COUNTED)


def recognition_target(targets: Iterable[Target], kind: TenantKind) -> Target | None:
    """Return the target for the share of the eligible that agencies of a kind recognise."""
    for one in targets:
        about = _ABOUT.get(one.name)
        if about and one.denominator is Denominator.ELIGIBLE and kind in KINDS_OF[about]:
            return one
    return None


def _reach(target: Target, audience: Audience, by_kind: ByKind) -> TargetReached:
    kinds = KINDS_OF[audience]
    figures = sum((of for kind, of in by_kind.items() if kind in kinds), Figures())
    return TargetReached(
        target=target,
        audience=audience,
        part=getattr(figures, _COUNTED[target.name]),
        whole=getattr(figures, _WHOLE[target.denominator]),
    )
