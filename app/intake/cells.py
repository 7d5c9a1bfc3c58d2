"""What a single cell of a roster says, and what is wrong with it.

Each reader returns the value and what it found; a value of None beside an error keeps its row out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property, lru_cache

from app.domain.cccd import CccdFault, CccdReading, birth_year_in, read_cccd
from app.domain.roster_files import CellFault
from app.domain.vietnamese import clean, match_key, plain
from app.intake.sheets import Cell


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a roster is held against: the agency's year, units, groups and scale."""

    year: int  # the assessment year
    units: tuple[str, ...] = ()  # none: any unit will do
    groups: Mapping[int, str]  # their names by number
    lowest: int = 1
    highest: int = 10

    @cached_property
    def unit_by_key(self) -> Mapping[str, str]:
        """Return the units as the agency writes them, by what any way of writing has in common."""
        return {match_key(unit): unit for unit in self.units}


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and its facts."""

    fault: CellFault
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Birth:
    """When somebody was born, as far as the cell says, and what was found on the way."""

    year: int | None = None
    on: date | None = None
    findings: tuple[Finding, ...] = ()


_MAX_NAME = 100
_OLDEST = 120
_YOUNGEST = 6  # two digits are read as 20xx only if that makes somebody of school age
# Day 0 of Excel for all days after February 1900; numbers below the first stand for years.
_SERIAL_ZERO = date(1899, 12, 30)
_FIRST_SERIAL = 3_654  # 1 January 1910
_CENTURY = 100

_DAY = re.compile(r"(\d{0,2})[/.\-](\d{0,2})[/.\-](\d{4}|\d{2})")
_MONTH = re.compile(r"\d{1,2}[/.\-](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_GROUP = re.compile(r"(?:nhom|group)? ?(\d{1,2})\b.*")
_ROMAN_GROUP = re.compile(r"(?:nhom |group )?(i|ii|iii|iv)\b.*")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")
# Letters of the old TCVN3 fonts, which stand in no Vietnamese word: "NguyÔn V¨n §«ng".
_OLD_FONT = re.compile(r"[\u00a1-\u00bf\u00d7\u00f7]")

_CCCD_FAULTS = {
    CccdFault.IS_CMND: CellFault.CCCD_IS_CMND,
    CccdFault.NOT_DIGITS: CellFault.CCCD_NOT_DIGITS,
    CccdFault.OTHER_BIRTH_YEAR: CellFault.CCCD_OTHER_BIRTH_YEAR,
    CccdFault.UNKNOWN_PLACE: CellFault.CCCD_UNKNOWN_PLACE,
    CccdFault.WRONG_LENGTH: CellFault.CCCD_WRONG_LENGTH,
}


def text_of(cell: Cell) -> str:
    """Return a cell as a person reads it; "" for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, str):
        return clean(cell)
    return f"{int(cell)}" if cell == int(cell) else f"{cell:.15g}"


def whole_number(cell: Cell) -> int | None:
    """Return the whole number in a cell, typed as a number or as text; None for all else."""
    if isinstance(cell, int | float):
        return int(cell) if cell == int(cell) else None
    text = clean(cell).rstrip(".") if isinstance(cell, str) else ""
    return int(text) if text.isascii() and text.isdigit() else None


def read_name(text: str) -> Finding | None:
    """Return what is wrong with a name, if anything."""
    if not text:
        return Finding(CellFault.NAME_MISSING, {})
    if len(text) > _MAX_NAME:
        return Finding(CellFault.NAME_TOO_LONG, {"limit": _MAX_NAME})
    if _OLD_FONT.search(text):
        return Finding(CellFault.NAME_IN_OLD_FONT, {})
    if any(character.isdigit() for character in text):
        return Finding(CellFault.NAME_HAS_DIGITS, {})
    return None


def read_birth(cell: Cell, *, year: int) -> Birth:
    """Read a day or a year of birth as lists write them, seen from the assessment year."""
    birth = _birth(cell, year)
    if birth.year is not None and not year - _OLDEST <= birth.year <= year:
        facts = {"year": birth.year, "earliest": year - _OLDEST, "latest": year}
        return Birth(findings=(Finding(CellFault.BIRTH_OUT_OF_RANGE, facts),))
    return birth


def read_personal_number(
    cell: Cell, *, birth_year: int | None
) -> tuple[str | None, Finding | None]:
    """Read a CCCD number, which a spreadsheet may have kept as a number without its zeros."""
    typed = text_of(cell)
    if not typed:
        return None, None
    was_number = isinstance(cell, int | float)
    reading = read_cccd(typed, birth_year=birth_year, was_number=was_number)
    if reading.fault:
        return None, Finding(_CCCD_FAULTS[reading.fault], _cccd_facts(typed, reading, birth_year))
    if reading.zeros_added:
        return reading.digits, Finding(CellFault.CCCD_ZEROS_ADDED, {"zeros": reading.zeros_added})
    return reading.digits, None


def read_group(cell: Cell, expected: Expected) -> tuple[int | None, Finding | None]:
    """Read a group, given by number, by "Nhóm 3" or by its name."""
    text = text_of(cell)
    if not text:
        return None, Finding(CellFault.GROUP_MISSING, {"groups": _numbers(expected)})
    number = _group_number(plain(text), expected)
    if number in expected.groups:
        return number, None
    return None, Finding(CellFault.GROUP_UNKNOWN, {"groups": _numbers(expected)})


def read_unit(cell: Cell, expected: Expected) -> tuple[str | None, Finding | None]:
    """Read a unit and return it as the agency writes it."""
    text = text_of(cell)
    if not text:
        return None, Finding(CellFault.UNIT_MISSING, {})
    key, known = match_key(text), expected.unit_by_key
    if not known or key in known:
        return known.get(key, text), None
    return None, Finding(CellFault.UNIT_UNKNOWN, {"nearest": _nearest(key, expected.units)})


def read_score(cell: Cell, indicator: int, expected: Expected) -> tuple[int | None, Finding | None]:
    """Read the score of one indicator; a blank is a warning, never a zero."""
    facts = {"indicator": indicator, "lowest": expected.lowest, "highest": expected.highest}
    text = text_of(cell)
    if not text:
        return None, Finding(CellFault.SCORE_BLANK, facts)
    if not _NUMBER.fullmatch(text):
        return None, Finding(CellFault.SCORE_NOT_A_NUMBER, facts)
    score = float(text.replace(",", "."))
    if not expected.lowest <= score <= expected.highest:
        return None, Finding(CellFault.SCORE_OFF_SCALE, facts)
    if score != int(score):
        return None, Finding(CellFault.SCORE_NOT_WHOLE, facts)
    return int(score), None


@lru_cache(maxsize=1_024)
def _nearest(key: str, units: tuple[str, ...]) -> str:
    """Return the unit whose name is most like a key. A list repeats its mistakes: keep answers."""
    known = {match_key(unit): unit for unit in units}
    alike = get_close_matches(key, known, n=1)
    return known[alike[0]] if alike else units[0]


def _birth(cell: Cell, year: int) -> Birth:
    if isinstance(cell, date):
        return Birth(cell.year, cell)
    if isinstance(cell, int | float) and _FIRST_SERIAL <= cell <= (date.max - _SERIAL_ZERO).days:
        day = _SERIAL_ZERO + timedelta(days=int(cell))
        return Birth(day.year, day, (_day_finding(CellFault.BIRTH_SERIAL_NUMBER, day),))
    text = text_of(cell).replace(" ", "")
    if not text:
        return Birth(findings=(Finding(CellFault.BIRTH_MISSING, {}),))
    return _birth_in_text(text, year)


def _birth_in_text(text: str, year: int) -> Birth:
    if not text.isascii():
        return Birth(findings=(Finding(CellFault.BIRTH_UNREADABLE, {}),))
    if text.isdigit() and len(text) in {2, 4}:
        return _year_of(text, year)
    if iso := _ISO_DAY.fullmatch(text):
        return _day_of(iso[3], iso[2], _year_of(iso[1], year))
    if day := _DAY.fullmatch(text):
        return _day_of(day[1], day[2], _year_of(day[3], year))
    if month := _MONTH.fullmatch(text):
        return _day_of("", "", _year_of(month[1], year))
    return Birth(findings=(Finding(CellFault.BIRTH_UNREADABLE, {}),))


def _year_of(digits: str, year: int) -> Birth:
    born = int(digits)
    if len(digits) > 2:  # noqa: PLR2004 - two digits of a year
        return Birth(born)
    this_century = year // _CENTURY * _CENTURY
    born += this_century if this_century + born <= year - _YOUNGEST else this_century - _CENTURY
    return Birth(born, None, (Finding(CellFault.BIRTH_TWO_DIGIT_YEAR, {"year": born}),))


def _day_of(day: str, month: str, birth: Birth) -> Birth:
    """Add day and month to a year; where they are zero, missing or impossible, keep the year."""
    if birth.year is None:
        return birth
    facts = {"year": birth.year}
    if not int(day or 0) or not int(month or 0):
        return Birth(birth.year, None, (*birth.findings, Finding(CellFault.BIRTH_YEAR_ONLY, facts)))
    try:
        return Birth(birth.year, date(birth.year, int(month), int(day)), birth.findings)
    except ValueError:
        finding = Finding(CellFault.BIRTH_DATE_IMPOSSIBLE, facts)
        return Birth(birth.year, None, (*birth.findings, finding))


def _day_finding(fault: CellFault, day: date) -> Finding:
    return Finding(fault, {"day": f"{day:%d/%m/%Y}"})


def _cccd_facts(typed: str, reading: CccdReading, birth_year: int | None) -> dict[str, object]:
    if reading.fault is CccdFault.OTHER_BIRTH_YEAR:
        digits = "".join(filter(str.isdigit, typed)).zfill(12)
        return {"year_in_number": birth_year_in(digits), "year": birth_year}
    return {"digits": reading.length}


def _group_number(text: str, expected: Expected) -> int | None:
    if number := _GROUP.fullmatch(text):
        return int(number[1])
    if roman := _ROMAN_GROUP.fullmatch(text):
        return _ROMAN[roman[1]]
    return next((n for n, name in expected.groups.items() if plain(name) == text), None)


def _numbers(expected: Expected) -> str:
    return ", ".join(str(number) for number in sorted(expected.groups))
