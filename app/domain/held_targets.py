"""Targets along the line of an agency: each from the nearest agency that sets it.

An agency sets what it wants to set, one target at a time; whatever it leaves alone stays inherited.
Two targets are the same when they count the same for the same year.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.settings import Held, SettingName
from app.domain.targets import to_target
from tenants.schema import Target, TargetName


_ORDER = tuple(TargetName)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTarget:
    """A target, who holds it, and which one of an agency above it takes the place of."""

    target: Target
    held: Held
    instead_of: "HeldTarget | None" = None

    @property
    def word(self) -> str:
        """What names it in an address."""
        return f"{self.target.name}-{self.target.year}"


def targets_in_line(held: Iterable[Held]) -> tuple[HeldTarget, ...]:
    """Return every target that binds, in the order of what is counted and of the years."""
    nearest: dict[str, HeldTarget] = {}
    lists = [one for one in held if one.name is SettingName.TARGETS]
    for one in sorted(lists, key=lambda each: -each.depth):
        for value in one.value:
            line = HeldTarget(target=to_target(value), held=one)
            above = nearest.get(line.word)
            nearest[line.word] = HeldTarget(target=line.target, held=one, instead_of=above)
    return tuple(sorted(nearest.values(), key=_place))


def _place(line: HeldTarget) -> tuple[int, int]:
    """Put first what the next is a share of, year by year."""
    return line.target.year, _ORDER.index(line.target.name)
