"""Turns an uploaded list, what its columns tell, and what was found in it, into text and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.roster_files import Field
from app.intake.roster_header import ColumnMapping
from app.intake.sheets import Cell, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList:
    """A sheet, and what a job has found in it, where one has looked."""

    sheet: Sheet
    found: Mapping[str, Any] | None = None


def list_to_text(sheet: Sheet, found: Mapping[str, Any] | None = None) -> str:
    """Write a sheet as text, with what was found in it."""
    rows = [[number, [_to_plain(cell) for cell in cells]] for number, cells in sheet.rows]
    kept = {"name": sheet.name, "rows": rows, "found": found}
    return json.dumps(kept, ensure_ascii=False)


def list_from_text(text: str) -> KeptList:
    """Read a sheet back, with what was found in it."""
    kept = json.loads(text)
    rows = ((number, tuple(_from_plain(cell) for cell in cells)) for number, cells in kept["rows"])
    return KeptList(sheet=Sheet(name=kept["name"], rows=tuple(rows)), found=kept.get("found"))


def mapping_to_json(mapping: ColumnMapping) -> dict[str, Any]:
    """Write down what the columns tell."""
    return {
        "header_row": mapping.header_row,
        "first_row": mapping.first_row,
        "headings": list(mapping.headings),
        "columns": {field.value: column for field, column in mapping.columns.items()},
    }


def mapping_from_json(kept: Mapping[str, Any]) -> ColumnMapping:
    """Read back what the columns tell."""
    return ColumnMapping(
        header_row=kept["header_row"],
        first_row=kept["first_row"],
        headings=tuple(kept["headings"]),
        columns={Field(name): column for name, column in kept["columns"].items()},
    )


def _to_plain(cell: Cell) -> object:
    return {"date": cell.isoformat()} if isinstance(cell, date) else cell


def _from_plain(cell: Any) -> Cell:
    if isinstance(cell, dict):
        return date.fromisoformat(cell["date"])
    plain: Cell = cell
    return plain
