"""What is aimed at, beside what was measured: nothing here fails a build."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.measuring import Measurement


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure, and the most that it should be."""

    what: str
    figure: float
    most: float

    @property
    def is_reached(self) -> bool:
        """Tell whether the figure is no greater than it should be."""
        return self.figure <= self.most


_RATIOS = {
    "province: recompute from source": 1.5,
    "page: the province's board": 3.0,
    "page: the province's board, most beside fewest": 1.2,
    "rush: a decision on a person, 1,000 a minute": 1.05,
    "rush: a decision on a person, 1,000 a minute in lists": 1.05,
}
_SECONDS = {
    "decision to province, idle, p95": 5.0,
    "decision to province, 1,000 a minute, p95": 60.0,
    "decision to province, 1,000 a minute in lists, p95": 60.0,
}
_EXPONENT = 1.05


def goals(measurements: Sequence[Measurement], growth: Mapping[str, float]) -> Iterator[Goal]:
    """Yield every goal for which there is a figure, at each size."""
    for one in measurements:
        if one.name in _RATIOS and one.ratio is not None:
            yield Goal(f"{one.name}, {one.size:,}: ratio", one.ratio, _RATIOS[one.name])
        if one.name in _SECONDS:
            yield Goal(f"{one.name}, {one.size:,}: seconds", one.seconds, _SECONDS[one.name])
    if growth:
        steepest = max(growth, key=lambda name: growth[name])
        yield Goal(f"growth, steepest: {steepest}", growth[steepest], _EXPONENT)
