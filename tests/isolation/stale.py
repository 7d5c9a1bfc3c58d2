"""Tries every act that wants a fresh second factor with one that was given too long ago."""

from collections.abc import Iterator

from app.domain.permissions import Role
from tests.isolation.access_table import Line
from tests.isolation.forms import forms_in
from tests.isolation.matrix import KEPT_WHEN_READING, Matrix
from tests.isolation.oracle import FOREIGN, Cell, Thing
from tests.isolation.visits import Answer


_MINUTES = 11
_FACTOR_PAGE = "/factor"


def try_stale_factors(matrix: Matrix) -> None:
    """Send each such form as everybody who may: they are asked for the factor, and no more."""
    for line in matrix.table.lines:
        if line.factor == "fresh" and matrix.doors.is_known(line):
            for cell in _cells_of(matrix, line):
                _try_one(matrix, cell)


def _cells_of(matrix: Matrix, line: Line) -> Iterator[Cell]:
    thing = Thing.OWN if line.kinds else Thing.UNNAMED
    roles = [role for role in Role if matrix.oracle.may(line, role)]
    for role in roles:
        yield Cell(line=line, role=role, place="own", relation="own", thing=thing)
    for relation in FOREIGN if line.kinds else ():
        yield Cell(line=line, role=roles[0], place="own", relation=relation, thing=Thing.FOREIGN)


def _try_one(matrix: Matrix, cell: Cell) -> None:
    matrix.tally.cells += 1
    address = matrix.address(cell.line, "own", matrix.ids(cell))
    fields = matrix.fields(cell, matrix.house.agencies["own"])
    browser = matrix.browser(cell.role, cell.line, factor_minutes=_MINUTES)
    sent = fields if cell.line.method != "GET" else []
    answer = matrix.knock(cell, address, sent, browser)
    written = answer.written.keys() - KEPT_WHEN_READING
    if written or not _asks_for_factor(cell.line, answer, address):
        told = f"{answer.status} {answer.location}, wrote to {sorted(written)}"
        matrix.tally.fail(cell, f"with a stale factor: {told}")
    matrix.hold_words(cell, answer)


def _asks_for_factor(line: Line, answer: Answer, address: str) -> bool:
    if line.method == "GET":
        return answer.status == 302 and _FACTOR_PAGE in answer.location.partition("?")[0]
    forms = forms_in(answer.body.decode(errors="replace"), address)
    return answer.status == 403 and any(form.action.endswith(_FACTOR_PAGE) for form in forms)
