"""The sheets of an uploaded workbook, read by a child process that may die of it.

Reading in this process was turned down: the reader is compiled code, which on a hostile file does
not raise but aborts, and a web worker would go down with everybody's requests.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TypeAlias

from app.domain.roster_files import FileFault, FileRefusedError
from app.intake import reader_child
from app.intake.guard import require_safe


MAX_ROWS = 100_000
_TIMEOUT_SECONDS = 90

Cell: TypeAlias = str | float | date | None
"""What a cell holds: text, a number, a day, or nothing."""

SheetRow: TypeAlias = tuple[int, tuple[Cell, ...]]
"""The number Excel gives to a row, and its cells from column A on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A visible sheet and those of its rows that hold something."""

    name: str
    rows: tuple[SheetRow, ...]


def read_sheets(
    path: Path, *, max_rows: int = MAX_ROWS, timeout: float = _TIMEOUT_SECONDS
) -> tuple[Sheet, ...]:
    """Read the visible sheets of an .xlsx, .xls or .ods file.

    Raises ``FileRefusedError`` for whatever else, and for every file that does harm.
    """
    require_safe(path)
    with tempfile.TemporaryFile() as told:
        _require_read(_run_child(path, told, max_rows=max_rows, timeout=timeout), max_rows)
        told.seek(0)
        return _sheets(told)


def _run_child(path: Path, told: IO[bytes], *, max_rows: int, timeout: float) -> int:
    """Run the reader and return how it ended."""
    command = [sys.executable, "-I", reader_child.__file__, str(path), str(max_rows)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own script; the path is one we chose
            command,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefusedError(FileFault.TOO_HEAVY) from error
    return ended.returncode


def _require_read(exit_code: int, max_rows: int) -> None:
    if exit_code == reader_child.TOO_MANY_ROWS:
        raise FileRefusedError(FileFault.TOO_MANY_ROWS, limit=max_rows)
    if exit_code == reader_child.HAS_PASSWORD:
        raise FileRefusedError(FileFault.HAS_PASSWORD)
    # A negative code is the signal that ended it: out of memory, or out of time.
    if exit_code < 0 or exit_code == reader_child.TOO_MUCH:
        raise FileRefusedError(FileFault.TOO_HEAVY)
    if exit_code:
        raise FileRefusedError(FileFault.DAMAGED)


def _sheets(lines: Iterable[bytes]) -> tuple[Sheet, ...]:
    names: list[str] = []
    rows: list[list[SheetRow]] = []
    for line in lines:
        told = json.loads(line)
        if isinstance(told, dict):
            names.append(told["sheet"])
            rows.append([])
        else:
            number, cells = told
            rows[-1].append((number, _cells(cells)))
    return tuple(
        Sheet(name=name, rows=tuple(its_rows)) for name, its_rows in zip(names, rows, strict=True)
    )


def _cells(told: Sequence[object]) -> tuple[Cell, ...]:
    return tuple(_cell(value) for value in told)


def _cell(value: object) -> Cell:
    if isinstance(value, dict):
        return date.fromisoformat(value["date"])
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"expected text, a number, a day or nothing, found {value!r}")
