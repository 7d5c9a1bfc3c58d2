"""What a file with a roster may hold, and everything that may be wrong with it.

Faults carry facts, never prose: ``app.labels.intake`` has the sentence and the advice for each.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from app.domain.scoring import DraftScores


class Field(StrEnum):
    """What a column of the file may tell about a person."""

    NUMBER = "number"
    NAME = "name"
    GIVEN_NAME = "given_name"  # lists that keep "Họ đệm" and "Tên" in two columns
    BIRTH = "birth"
    BIRTH_OF_WOMEN = "birth_of_women"  # lists that keep "Nam" and "Nữ" in two columns
    GROUP = "group"
    UNIT = "unit"
    POSITION = "position"
    CCCD = "cccd"
    SCORE_1 = "score_1"
    SCORE_2 = "score_2"
    SCORE_3 = "score_3"
    SCORE_4 = "score_4"
    SCORE_5 = "score_5"
    SCORE_6 = "score_6"
    SCORE_7 = "score_7"
    SCORE_8 = "score_8"
    SCORE_9 = "score_9"
    SCORE_10 = "score_10"


SCORE_FIELDS: tuple[Field, ...] = tuple(one for one in Field if one.value.startswith("score_"))
REQUIRED_FIELDS = (Field.NAME, Field.BIRTH)


class FileFault(StrEnum):
    """Why a whole file is refused."""

    DAMAGED = "damaged"
    EMPTY = "empty"
    HAS_MACROS = "has-macros"
    HAS_PASSWORD = "has-password"  # noqa: S105 - a fault, no secret
    NO_HEADER = "no-header"
    NO_PEOPLE = "no-people"
    NOT_A_CRITERIA_FILE = "not-a-criteria-file"
    NOT_A_SPREADSHEET = "not-a-spreadsheet"
    TEXT_IN_DISGUISE = "text-in-disguise"
    TOO_BIG = "too-big"
    TOO_HEAVY = "too-heavy"
    TOO_MANY_CELLS = "too-many-cells"
    TOO_MANY_ROWS = "too-many-rows"
    UNMAPPED_COLUMN = "unmapped-column"


class CellFault(StrEnum):
    """What is wrong with one cell, or was read otherwise than it was typed."""

    BIRTH_DATE_IMPOSSIBLE = "birth-date-impossible"
    BIRTH_MISSING = "birth-missing"
    BIRTH_OUT_OF_RANGE = "birth-out-of-range"
    BIRTH_SERIAL_NUMBER = "birth-serial-number"
    BIRTH_TWO_DIGIT_YEAR = "birth-two-digit-year"
    BIRTH_UNREADABLE = "birth-unreadable"
    BIRTH_YEAR_ONLY = "birth-year-only"
    CCCD_IS_CMND = "cccd-is-cmnd"
    CCCD_NOT_DIGITS = "cccd-not-digits"
    CCCD_OTHER_BIRTH_YEAR = "cccd-other-birth-year"
    CCCD_UNKNOWN_PLACE = "cccd-unknown-place"
    CCCD_WRONG_LENGTH = "cccd-wrong-length"
    CCCD_ZEROS_ADDED = "cccd-zeros-added"
    DUPLICATE_CCCD = "duplicate-cccd"
    DUPLICATE_PERSON = "duplicate-person"
    GROUP_MISSING = "group-missing"
    GROUP_UNKNOWN = "group-unknown"
    NAME_HAS_DIGITS = "name-has-digits"
    NAME_IN_OLD_FONT = "name-in-old-font"
    NAME_MISSING = "name-missing"
    NAME_TOO_LONG = "name-too-long"
    SCORE_BLANK = "score-blank"
    SCORE_NOT_A_NUMBER = "score-not-a-number"
    SCORE_NOT_WHOLE = "score-not-whole"
    SCORE_OFF_SCALE = "score-off-scale"
    UNIT_MISSING = "unit-missing"
    UNIT_UNKNOWN = "unit-unknown"


WARNINGS = frozenset(
    {
        CellFault.BIRTH_DATE_IMPOSSIBLE,
        CellFault.BIRTH_SERIAL_NUMBER,
        CellFault.BIRTH_TWO_DIGIT_YEAR,
        CellFault.BIRTH_YEAR_ONLY,
        CellFault.CCCD_ZEROS_ADDED,
        CellFault.SCORE_BLANK,
    }
)
"""Faults that leave their row good: the cell was read, and somebody should look at how."""


class FileRefusedError(Exception):
    """A file that is not read at all. Carries the fault and the facts, never prose."""

    def __init__(self, fault: FileFault, **facts: object) -> None:
        super().__init__(f"{fault.value}: {facts}" if facts else fault.value)
        self.fault = fault
        self.facts = facts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """One cell that needs somebody's eyes, named as they see it in the file."""

    row: int
    column: str  # "C"; of a field without a column: ""
    field: Field
    heading: str
    value: str = dataclasses.field(repr=False)  # may be a personal number: keep it out of logs
    fault: CellFault
    facts: Mapping[str, object]

    @property
    def is_warning(self) -> bool:
        """Tell whether the row was kept all the same."""
        return self.fault in WARNINGS


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One person of the file, read without a fault."""

    number_in_file: int  # the row in the sheet, as Excel numbers it
    name: str
    birth_year: int
    birth_on: date | None = None
    unit_name: str | None = None  # None: the file has no such column
    group_number: int | None = None  # None: the file has no such column
    cccd: str | None = dataclasses.field(default=None, repr=False)
    position: str | None = None
    scores: DraftScores | None = None  # None: the file has no scores, or none for this person


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RosterReading:
    """Everything found in a file: the people, the problems, and the rows that are no people."""

    rows: tuple[RosterRow, ...]
    problems: tuple[CellProblem, ...]
    refused_rows: tuple[int, ...]  # rows of people with an error
    skipped_rows: tuple[int, ...]  # titles, totals, signatures

    @property
    def errors(self) -> tuple[CellProblem, ...]:
        """List what kept a row out."""
        return tuple(problem for problem in self.problems if not problem.is_warning)

    @property
    def warnings(self) -> tuple[CellProblem, ...]:
        """List what was read otherwise than it was typed."""
        return tuple(problem for problem in self.problems if problem.is_warning)
