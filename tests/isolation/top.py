"""Tries what is done at the top of a province alone, as its own administrator: there it is done."""

import io
from typing import Any

from flask.testing import FlaskClient

from app.domain.permissions import Role
from tenants.loading.criteria import CRITERIA
from tests.isolation.access_table import Line
from tests.isolation.agencies import RELATIONS
from tests.isolation.doors import sent_to
from tests.isolation.forms import forms_in
from tests.isolation.matrix import KEPT_WHEN_READING, RECORD, Matrix
from tests.isolation.oracle import Cell, Thing
from tests.isolation.visits import Answer


TOP = "parent"
AT_THE_TOP = frozenset(
    f"criteria.{act}" for act in ("bring_in", "discard", "draft", "edit", "publish", "start")
)
"""Pages whose acts a rule refuses to every agency below the one at the top of a province."""

_FILES = {"criteria.bring_in": CRITERIA / "qd-324-2023" / "1.toml"}


def try_at_the_top(matrix: Matrix) -> None:
    """Open and send each such page with the top's own draft, and with everybody else's."""
    browser = matrix.sign_in(matrix.house.above)
    for line in matrix.table.lines:
        if line.endpoint in AT_THE_TOP:
            _try_own(matrix, browser, line)
            for relation in RELATIONS if line.kinds else ():
                if relation != TOP:
                    _try_foreign(matrix, browser, line, relation)


def _cell(line: Line, relation: str, thing: Thing) -> Cell:
    return Cell(line=line, role=Role.TENANT_ADMIN, place=TOP, relation=relation, thing=thing)


def _try_own(matrix: Matrix, browser: FlaskClient, line: Line) -> None:
    cell = _cell(line, TOP, Thing.OWN if line.kinds else Thing.UNNAMED)
    answer = _send(matrix, browser, cell, matrix.ids(cell))
    written = answer.written.keys() - KEPT_WHEN_READING
    if answer.status >= 400 or bool(written) is not line.is_change:
        matrix.tally.fail(cell, f"{answer.status}: wrote to {sorted(written)}")
    if answer.others and answer.others != matrix.others[TOP]:
        matrix.tally.fail(cell, "changed rows of another agency")
    _hold_words(matrix, cell, answer)
    matrix.tally.answered.add(line.key)
    if answer.written.keys() - RECORD:
        matrix.tally.did.add(line.key)


def _try_foreign(matrix: Matrix, browser: FlaskClient, line: Line, relation: str) -> None:
    cell = _cell(line, relation, Thing.FOREIGN)
    theirs, nobodys = matrix.ids(cell), matrix.doors.nobodys(line)
    answer, missing = (_send(matrix, browser, cell, ids) for ids in (theirs, nobodys))
    at = matrix.house.agencies[TOP].slug
    if answer.status != 404 or answer.told(*theirs, at=at) != missing.told(*nobodys, at=at):
        matrix.tally.fail(cell, f"{answer.status}: not like one that is not there")
    if answer.written.keys() - KEPT_WHEN_READING:
        matrix.tally.fail(cell, f"wrote to {sorted(answer.written)}")
    _hold_words(matrix, cell, answer)


def _send(matrix: Matrix, browser: FlaskClient, cell: Cell, ids: tuple[str, ...]) -> Answer:
    matrix.tally.cells += 1
    fields: list[Any] = []
    if cell.line.method != "GET":
        fields = [*_filled_in(matrix, browser, cell.line), *_file(cell.line)]
    return matrix.knock(cell, matrix.address(cell.line, TOP, ids), fields, browser)


def _filled_in(matrix: Matrix, browser: FlaskClient, line: Line) -> list[Any]:
    """Return the form of the top's own page, as somebody fills it in."""
    top = matrix.house.agencies[TOP]
    own = matrix.address(line, TOP, matrix.ids(_cell(line, TOP, Thing.OWN)))
    page = browser.get(own).get_data(as_text=True)
    form = next((one for one in forms_in(page, own) if one.action == own), None)
    return list(sent_to(line, form, top))


def _file(line: Line) -> list[Any]:
    path = _FILES.get(line.endpoint)
    return [("file", (io.BytesIO(path.read_bytes()), path.name))] if path else []


def _hold_words(matrix: Matrix, cell: Cell, answer: Answer) -> None:
    strange = matrix.words_of_others(answer, cell.place)
    if strange:
        matrix.tally.fail(cell, f"showed words of others: {sorted(strange)}")
