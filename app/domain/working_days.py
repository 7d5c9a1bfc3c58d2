"""On which days offices are open: Monday to Friday without public holidays, and some Saturdays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """The calendar of offices. Of a year that is not among ``years``, weekends alone are known.

    ``off`` are days from Monday to Friday, ``worked`` Saturdays and Sundays; ``assumed`` are those
    of both that no notice was seen for.
    """

    years: frozenset[int] = frozenset()
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    assumed: frozenset[date] = frozenset()

    def is_open(self, day: date) -> bool:
        """Tell whether offices work on a day."""
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def count(self, first: date, last: date) -> int:
        """Count the working days from ``first`` to ``last``, both among them."""
        return sum(1 for day in _days(first, last) if self.is_open(day))

    def before(self, day: date) -> Iterator[date]:
        """Yield the working days before a day, the latest first, without end."""
        while True:
            day -= _DAY
            if self.is_open(day):
                yield day

    def reckoned_with(self, day: date) -> date:
        """Return the working day that counts what is done on a day: itself, or the one before."""
        return day if self.is_open(day) else next(self.before(day))

    def on_or_after(self, day: date) -> date:
        """Return the day itself or, if offices are closed, the next working day."""
        while not self.is_open(day):
            day += _DAY
        return day

    def later(self, day: date, working_days: int) -> date:
        """Return the working day that is so many working days after a day."""
        for _ in range(working_days):
            day = self.on_or_after(day + _DAY)
        return day

    def exceptions(self, first: date, last: date) -> tuple[date, ...]:
        """Return the days of a stretch on which offices do other than on every such weekday."""
        return tuple(day for day in _days(first, last) if day in self.off | self.worked)

    def knows(self, first: date, last: date) -> bool:
        """Tell whether the public holidays of every year of a stretch are known."""
        return set(range(first.year, last.year + 1)) <= self.years


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
