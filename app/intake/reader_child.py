"""The process that opens an uploaded workbook, and may die of it.

Run as a script, isolated (``python -I``), with the path of the file: it imports nothing of the
application and gets no environment, so what it reads cannot reach a secret. One line of JSON for
each sheet and each row that holds something goes to standard output::

    {"sheet": "Danh sách"}
    [7, ["1", "Lò Thị Mai", {"date": "1974-08-15"}, null]]

The operating system holds the limits: memory, seconds, bytes written.
"""

import json
import resource
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any


MEMORY = 1 << 30
CPU_SECONDS = 60
OUTPUT_BYTES = 96 << 20
MAX_COLUMNS = 100
MAX_CHARACTERS = 2_000

# How it ends: the exit codes that the parent knows.
TOO_MANY_ROWS = 3
TOO_MUCH = 4
HAS_PASSWORD = 5


def limit_itself() -> None:
    """Ask the operating system to end this process before it harms its neighbours."""
    for kind, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (amount, amount))


def plain_cell(value: object) -> object:
    """Return a cell as JSON can carry it."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return {"date": value.date().isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value if abs(value) < float("inf") else str(value)
    return str(value)[:MAX_CHARACTERS]


def say(line: object) -> None:
    """Write one line for the parent."""
    sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")


def tell_sheet(sheet: Any, *, max_rows: int) -> None:
    """Write the rows of one sheet that hold something, numbered as Excel does."""
    say({"sheet": sheet.name})
    if sheet.start is None:
        return
    before = [None] * min(sheet.start[1], MAX_COLUMNS)
    told = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = (before + [plain_cell(value) for value in row[:MAX_COLUMNS]])[:MAX_COLUMNS]
        if any(cell is not None for cell in cells):
            told += 1
            if told > max_rows:
                sys.exit(TOO_MANY_ROWS)
            say([number, cells])


def main(path: Path, max_rows: int) -> None:
    """Tell everything in the visible sheets of a workbook."""
    limit_itself()
    # Imported when the limits stand: from here on everything may be the file's doing.
    from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            # By content, not by name: workbooks renamed from .xlsx to .xls are common.
            workbook = CalamineWorkbook.from_filelike(file)
            for sheet in workbook.sheets_metadata:
                if sheet.visible == SheetVisibleEnum.Visible:
                    tell_sheet(workbook.get_sheet_by_name(sheet.name), max_rows=max_rows)
        sys.stdout.flush()
    except PasswordError:
        sys.exit(HAS_PASSWORD)
    except (MemoryError, OSError):
        sys.exit(TOO_MUCH)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
