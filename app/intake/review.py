"""What a list holds, held against the agency and its roster as they are at this moment.

A short list is read anew each time that somebody looks: a unit that was added meanwhile turns its
rows good without another upload. Of a long one a job keeps what was found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.roster import SortedRow, Standing
from app.domain.roster_files import (
    CellFault,
    CellProblem,
    Field,
    FileFault,
    FileRefusedError,
    RosterReading,
)
from app.intake.cells import Expected
from app.intake.kept import mapping_from_json
from app.intake.roster_sheet import read_roster
from app.intake.sheets import Sheet
from app.persistence.models import RosterImport
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.rules import (
    criteria_reference,
    groups_in_effect,
    load_criteria,
    load_rule,
)
from app.persistence.sealing import NumberSeal
from app.services.roster_import import sort_rows


MOST_SHOWN = 200
"""How many of the good rows, and of the cells to look at, anybody wants to see."""
_DEFAULT_LANGUAGE = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A good row, as the page shows it."""

    name: str
    birth_year: int
    unit_name: str | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was found in a list: how its good rows stand to the roster, and what is to be done."""

    counts: Mapping[Standing, int]
    scored: int
    numbers: int
    """How many good rows hold a personal number."""
    errors: Sequence[CellProblem]
    warnings: Sequence[CellProblem]
    warnings_in_all: int
    refused_rows: Sequence[int]
    skipped: int
    coming: Sequence[ShownRow]
    there: Sequence[ShownRow]

    def count(self, standing: Standing) -> int:
        """Return how many good rows stand to the roster in this way."""
        return self.counts.get(standing, 0)

    @property
    def people(self) -> int:
        """How many people an import would list."""
        return sum(self.counts.values()) - self.count(Standing.LISTED)


def read_list(
    upload: RosterImport,
    sheet: Sheet,
    *,
    language: str,
    on_progress: Callable[[int, int], None] | None = None,
) -> RosterReading:
    """Read a list by its confirmed columns."""
    mapping = mapping_from_json(upload.mapping)
    return read_roster(sheet, mapping, _expected(upload.year, language), on_progress=on_progress)


def review_of(upload: RosterImport, reading: RosterReading, *, seal: NumberSeal) -> Review:
    """Hold what was read against the roster as it is now."""
    return review_of_rows(reading, sort_rows(reading.rows, upload, seal=seal))


def review_of_rows(reading: RosterReading, rows: Sequence[SortedRow]) -> Review:
    """Say what was found in a list whose good rows have been held against the roster."""
    refused = set(reading.refused_rows)
    other_warnings = [one for one in reading.warnings if one.row not in refused]
    of_refused = [one for one in reading.warnings if one.row in refused]
    return Review(
        counts={kind: sum(one.standing is kind for one in rows) for kind in Standing},
        scored=sum(one.row.scores is not None for one in rows if _is_coming(one)),
        numbers=sum(one.cccd is not None for one in reading.rows),
        errors=reading.errors,
        warnings=[*other_warnings[:MOST_SHOWN], *of_refused],
        warnings_in_all=len(reading.warnings),
        refused_rows=reading.refused_rows,
        skipped=len(reading.skipped_rows),
        coming=[_shown(one) for one in rows if _is_coming(one)][:MOST_SHOWN],
        there=[_shown(one) for one in rows if not _is_coming(one)][:MOST_SHOWN],
    )


def _is_coming(one: SortedRow) -> bool:
    return one.standing is not Standing.LISTED


def _shown(one: SortedRow) -> ShownRow:
    row = one.row
    return ShownRow(
        name=row.name,
        birth_year=row.birth_year,
        unit_name=row.unit_name,
        standing=one.standing,
    )


def _expected(year: int, language: str) -> Expected:
    groups = group_names(year, language)
    rules = [load_rule(criteria_reference(number, year), number) for number in groups]
    return Expected(
        year=year,
        units=tuple(unit.name for unit in units_in_use()),
        groups=groups,
        lowest=max(rule.scale_min for rule in rules),
        highest=min(rule.scale_max for rule in rules),
    )


def group_names(year: int, language: str) -> dict[int, str]:
    """Return what the groups that the agency recognises in a year are called."""
    return {number: _name_of(number, year, language) for number in groups_in_effect(year)}


def _name_of(number: int, year: int, language: str) -> str:
    names = dict(load_criteria(criteria_reference(number, year)).group(number).name)
    return names.get(language) or names[_DEFAULT_LANGUAGE]


def to_json(found: Review | FileRefusedError) -> dict[str, Any]:
    """Write down what was found, or why the list could not be read."""
    if isinstance(found, FileRefusedError):
        return {"refused": found.fault.value, "facts": dict(found.facts)}
    return asdict(found)


def from_json(kept: Mapping[str, Any]) -> Review:
    """Read back what was found; raise ``FileRefusedError`` again if the list was refused."""
    if "refused" in kept:
        raise FileRefusedError(FileFault(kept["refused"]), **kept["facts"])
    return Review(
        **{
            **kept,
            "counts": {Standing(kind): number for kind, number in kept["counts"].items()},
            "errors": [_problem(one) for one in kept["errors"]],
            "warnings": [_problem(one) for one in kept["warnings"]],
            "coming": [_row(one) for one in kept["coming"]],
            "there": [_row(one) for one in kept["there"]],
        }
    )


def _problem(kept: Mapping[str, Any]) -> CellProblem:
    fault, field = CellFault(kept["fault"]), Field(kept["field"])
    return CellProblem(**{**kept, "fault": fault, "field": field})


def _row(kept: Mapping[str, Any]) -> ShownRow:
    return ShownRow(**{**kept, "standing": Standing(kept["standing"])})
