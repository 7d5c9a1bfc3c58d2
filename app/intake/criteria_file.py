"""An uploaded file with the texts of a criteria set: a workbook, or TOML as ``tenants/`` has it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from app.domain.criteria import Cells, cells_of
from app.domain.criteria_faults import CellFault, Fault, sift
from app.domain.roster_files import FileFault, FileRefusedError
from app.intake import criteria_child
from app.intake.criteria_sheet import CriteriaReading, FileProblem, read_criteria_sheets
from app.intake.sheets import read_sheets
from tenants.loading import DefinitionError, read_criteria_set


_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MAX_ROWS = 2_000
_MAX_BYTES = 512 << 10
_PATIENCE_SECONDS = 20


class CriteriaKeyError(Exception):
    """A key of a TOML file that cannot be read."""

    def __init__(self, key: str, found: str) -> None:
        super().__init__(key)
        self.key = key
        self.found = found


def read_criteria_file(path: Path, current: Cells, reference: str) -> CriteriaReading:
    """Return the cells of a file that hold up in a draft based on ``reference``.

    Raises ``FileRefusedError`` for a file that is not read at all, and ``CriteriaKeyError`` for
    TOML with a key that says something it cannot mean.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start in _CONTAINERS:
        sheets = read_sheets(path, max_rows=_MAX_ROWS, timeout=_PATIENCE_SECONDS)
        return read_criteria_sheets(sheets, current)
    return _read_toml(path, current, reference)


def _read_toml(path: Path, current: Cells, reference: str) -> CriteriaReading:
    try:
        criteria = read_criteria_set(_values(path), reference)
    except DefinitionError as error:
        raise CriteriaKeyError(error.key, str(error.found)) from error
    typed = cells_of(criteria)
    if typed.keys() != current.keys():
        fault = CellFault("", Fault.STRUCTURE_DIFFERS, {})
        return CriteriaReading(cells={}, problems=(FileProblem(row=0, column="", fault=fault),))
    good, faults = sift(current, typed)
    problems = tuple(FileProblem(row=0, column="", fault=fault) for fault in faults)
    return CriteriaReading(cells=good, problems=problems)


def _values(path: Path) -> dict[str, Any]:
    """Read a TOML file in a process of its own."""
    size = path.stat().st_size
    if not size:
        raise FileRefusedError(FileFault.EMPTY)
    if size > _MAX_BYTES:
        raise FileRefusedError(FileFault.TOO_HEAVY)
    with tempfile.TemporaryFile() as told:
        try:
            ended = subprocess.run(  # noqa: S603 - our own script; the path is one we chose
                [sys.executable, "-I", criteria_child.__file__, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8"},
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FileRefusedError(FileFault.TOO_HEAVY) from error
        if ended.returncode < 0:
            raise FileRefusedError(FileFault.TOO_HEAVY)
        if ended.returncode:
            raise FileRefusedError(FileFault.NOT_A_CRITERIA_FILE)
        told.seek(0)
        values: dict[str, Any] = json.load(told)
        return values
