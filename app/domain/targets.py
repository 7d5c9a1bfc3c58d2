"""Targets against what was reached: of whom a share is taken, and how many people are missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.domain.results import Figures, percent
from tenants.schema import Denominator, Target, TargetName, TenantKind


ByKind = Mapping[TenantKind, Figures]
"""Figures added up over the agencies of one kind."""

# A plan for adults speaks of the people of the communes; one for staff, of those of the offices.
_KINDS_OF: Mapping[TargetName, frozenset[TenantKind]] = {
    TargetName.RECOGNISED_ADULTS: frozenset({TenantKind.COMMUNE}),
    TargetName.RECOGNISED_STAFF: frozenset(TenantKind) - {TenantKind.COMMUNE},
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReached:
    """A target and how far it was reached."""

    target: Target
    part: int
    whole: int

    @property
    def percent(self) -> Fraction | None:
        """The share that was reached; None of nobody."""
        return percent(self.part, self.whole)

    @property
    def short_by(self) -> int:
        """How many people more would have reached it; 0 when it is reached."""
        wanted = Fraction(self.target.percent * self.whole, 100)
        needed = wanted.__floor__() + 1 if self.target.is_strict else wanted.__ceil__()
        return max(0, needed - self.part)

    @property
    def is_met(self) -> bool:
        """Whether somebody was counted, and enough of them."""
        return self.whole > 0 and self.short_by == 0


def to_target(value: Mapping[str, Any]) -> Target:
    """Return a target as the settings keep it."""
    words = {"name": TargetName(value["name"]), "denominator": Denominator(value["denominator"])}
    return Target(**{**value, **words})


def targets_of_year(targets: Iterable[Target], year: int) -> tuple[Target, ...]:
    """Return, for each thing counted, the target that comes due next; after the last, the last."""
    chosen: dict[TargetName, Target] = {}
    for one in sorted(targets, key=lambda each: each.year):
        held = chosen.get(one.name)
        if held is None or held.year < year:
            chosen[one.name] = one
    return tuple(chosen[name] for name in TargetName if name in chosen)


def reached(targets: Iterable[Target], by_kind: ByKind) -> tuple[TargetReached, ...]:
    """Return how far each target was reached; without those that nothing here is counted for."""
    return tuple(_reach(one, by_kind) for one in targets if _is_counted(one, by_kind))


def recognition_target(targets: Iterable[Target], kind: TenantKind) -> Target | None:
    """Return the target for the share of the eligible that agencies of a kind recognise."""
    for one in targets:
        if one.denominator is Denominator.ELIGIBLE and kind in _KINDS_OF.get(one.name, ()):
            return one
    return None


def _is_counted(target: Target, by_kind: ByKind) -> bool:
    is_known = target.name in _COUNTED and target.denominator in _WHOLE
    return is_known and bool(by_kind.keys() & _KINDS_OF.get(target.name, frozenset(TenantKind)))


def _reach(target: Target, by_kind: ByKind) -> TargetReached:
    kinds = _KINDS_OF.get(target.name, frozenset(TenantKind))
    figures = sum((of for kind, of in by_kind.items() if kind in kinds), Figures())
    return TargetReached(
        target=target,
        part=getattr(figures, _COUNTED[target.name]),
        whole=getattr(figures, _WHOLE[target.denominator]),
    )
