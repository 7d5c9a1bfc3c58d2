"""Which assessment year a page is about: the one asked for, else the newest that is open."""

from app.persistence.clock import today
from app.persistence.queries.cycles import newest_year
from app.web.choices import chosen


_FIRST_YEAR = 2020
_LAST_YEAR = 2100


def chosen_year() -> int:
    """Return the year that a form or ``?year=`` says, else the newest open one, else this year."""
    asked = chosen("year", int)
    if asked is not None and _FIRST_YEAR <= asked <= _LAST_YEAR:
        return asked
    return newest_year() or today().year
