"""Turns the sheet of an uploaded list, and what its columns tell, into text and back."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.roster_files import Field
from app.intake.roster_header import ColumnMapping
from app.intake.sheets import Cell, Sheet


def sheet_to_text(sheet: Sheet) -> str:
    """Write a sheet as text."""
    rows = [[number, [_to_plain(cell) for cell in cells]] for number, cells in sheet.rows]
    return json.dumps({"name": sheet.name, "rows": rows}, ensure_ascii=False)


def sheet_from_text(text: str) -> Sheet:
    """Read a sheet back."""
    kept = json.loads(text)
    rows = ((number, tuple(_from_plain(cell) for cell in cells)) for number, cells in kept["rows"])
    return Sheet(name=kept["name"], rows=tuple(rows))


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
