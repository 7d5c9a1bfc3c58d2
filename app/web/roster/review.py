"""What a list holds, held against the agency and its roster as they are at this moment.

Read anew each time: a unit that was added meanwhile turns its rows good without another upload.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.roster import SortedRow, Standing
from app.domain.roster_files import CellProblem, Field, RosterReading
from app.exports.error_report import ReportedProblem, ReportedRow
from app.intake.cells import Expected
from app.intake.roster_header import ColumnMapping
from app.intake.roster_sheet import read_roster
from app.intake.sheets import Sheet
from app.labels.intake import FIELDS, advise_on_problem, describe_problem
from app.persistence.models import RosterImport
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.rules import criteria_reference, load_rule
from app.services.roster_import import sort_rows
from app.web.roster.forms import masked
from app.web.roster.kept import mapping_from_json
from app.web.roster.room import group_names, number_seal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProblem:
    """A cell that needs somebody's eyes, in the reader's words."""

    row: int
    place: str
    heading: str
    value: str
    sentence: str
    advice: str
    is_warning: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A list that was read, and how its good rows stand to the roster."""

    sheet: Sheet
    mapping: ColumnMapping
    reading: RosterReading
    rows: Sequence[SortedRow]

    def count(self, standing: Standing) -> int:
        """Return how many good rows stand to the roster in this way."""
        return sum(one.standing is standing for one in self.rows)

    @property
    def people(self) -> int:
        """How many people an import would list."""
        return len(self.rows) - self.count(Standing.LISTED)

    @property
    def scored(self) -> int:
        """How many of them come with scores."""
        return sum(
            one.row.scores is not None and one.standing is not Standing.LISTED for one in self.rows
        )


def review_of(upload: RosterImport, sheet: Sheet) -> Review:
    """Read a list by its confirmed columns."""
    mapping = mapping_from_json(upload.mapping)
    reading = read_roster(sheet, mapping, _expected(upload.year))
    return Review(
        sheet=sheet,
        mapping=mapping,
        reading=reading,
        rows=sort_rows(reading.rows, upload, seal=number_seal()),
    )


def _expected(year: int) -> Expected:
    groups = group_names(year)
    rules = [load_rule(criteria_reference(number, year), number) for number in groups]
    return Expected(
        year=year,
        units=tuple(unit.name for unit in units_in_use()),
        groups=groups,
        lowest=max(rule.scale_min for rule in rules),
        highest=min(rule.scale_max for rule in rules),
    )


def shown(problem: CellProblem) -> ShownProblem:
    """Return a problem as the page says it; personal numbers stay masked."""
    return ShownProblem(
        row=problem.row,
        place=f"{problem.column}{problem.row}",
        heading=problem.heading or str(FIELDS[problem.field]),
        value=masked(problem.value) if problem.field is Field.CCCD else problem.value,
        sentence=describe_problem(problem),
        advice=advise_on_problem(problem),
        is_warning=problem.is_warning,
    )


def rows_to_correct(review: Review) -> list[ReportedRow]:
    """Return the refused rows as they were uploaded, each with what is wrong."""
    refused = set(review.reading.refused_rows)
    problems: dict[int, list[ReportedProblem]] = {number: [] for number in refused}
    for problem in review.reading.problems:
        if problem.row in refused:
            problems[problem.row].append(_reported(problem, review.mapping))
    return [
        ReportedRow(number_in_file=number, cells=cells, problems=problems[number])
        for number, cells in review.sheet.rows
        if number in refused
    ]


def _reported(problem: CellProblem, mapping: ColumnMapping) -> ReportedProblem:
    return ReportedProblem(
        column=mapping.columns.get(problem.field),
        sentence=describe_problem(problem),
        advice=advise_on_problem(problem),
    )
