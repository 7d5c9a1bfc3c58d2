"""How a time grows with the number of dossiers: as which power of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log

from tests.bench.measuring import Measurement


def exponents(measurements: Iterable[Measurement]) -> Mapping[str, float]:
    """Return, for whatever was measured at several sizes, the power of the size it grows with.

    0 is a time that does not depend on the number of dossiers, 1 one that is proportional to it.
    """
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in measurements:
        points[one.name].append((log(one.size), log(one.seconds)))
    return {
        name: _slope(known)
        for name, known in points.items()
        if len({size for size, _ in known}) > 1
    }


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the line that lies nearest to the points, by least squares."""
    middle = sum(x for x, _ in points) / len(points)
    height = sum(y for _, y in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - height) for x, y in points) / spread
