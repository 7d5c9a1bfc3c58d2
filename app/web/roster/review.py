"""What is wrong with a list, in the reader's words, and the rows to be given back."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.roster_files import CellProblem, Field
from app.exports.error_report import ReportedProblem, ReportedRow
from app.intake.review import Review
from app.intake.roster_header import ColumnMapping
from app.intake.sheets import Sheet
from app.labels.intake import FIELDS, advise_on_problem, describe_problem
from app.web.roster.forms import masked


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


def rows_to_correct(sheet: Sheet, mapping: ColumnMapping, found: Review) -> list[ReportedRow]:
    """Return the refused rows as they were uploaded, each with what is wrong."""
    problems: Mapping[int, list[ReportedProblem]] = {number: [] for number in found.refused_rows}
    for problem in sorted((*found.errors, *found.warnings), key=lambda one: one.row):
        if problem.row in problems:
            problems[problem.row].append(_reported(problem, mapping))
    return [
        ReportedRow(number_in_file=number, cells=cells, problems=problems[number])
        for number, cells in sheet.rows
        if number in problems
    ]


def _reported(problem: CellProblem, mapping: ColumnMapping) -> ReportedProblem:
    return ReportedProblem(
        column=mapping.columns.get(problem.field),
        sentence=describe_problem(problem),
        advice=advise_on_problem(problem),
    )
