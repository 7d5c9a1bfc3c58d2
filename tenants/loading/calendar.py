"""Reads on which days offices are closed, and on which Saturdays they work instead."""

from datetime import date
from functools import cache
from pathlib import Path

from tenants.loading.tables import Table, open_document
from tenants.schema import OfficeYear


CALENDAR = Path(__file__).parents[1] / "calendar.toml"

_SATURDAY = 5


def load_calendar(path: Path = CALENDAR) -> tuple[OfficeYear, ...]:
    """Read every year of the calendar, in its order."""
    return _load(path)


@cache
def _load(path: Path) -> tuple[OfficeYear, ...]:
    with open_document(path) as document:
        return document.each("years", _year)


def _year(table: Table) -> OfficeYear:
    year = table.integer("year")
    off = _days(table, "off", year, is_weekend=False)
    worked = _days(table, "worked", year, is_weekend=True)
    if table.maybe("is_assumed", table.flag, default=False):
        assumed = (*off, *worked)
    else:
        assumed = table.maybe("assumed", table.days, ())
        if not set(assumed) <= {*off, *worked}:
            raise table.error("assumed", "days that stand above", assumed)
    return OfficeYear(
        year=year, source=table.string("source"), off=off, worked=worked, assumed=assumed
    )


def _days(table: Table, key: str, year: int, *, is_weekend: bool) -> tuple[date, ...]:
    days = table.maybe(key, table.days, ())
    for day in days:
        if day.year != year or (day.weekday() >= _SATURDAY) is not is_weekend:
            wanted = "a Saturday or Sunday" if is_weekend else "a day from Monday to Friday"
            raise table.error(key, f"{wanted} of {year}", day)
    return days
