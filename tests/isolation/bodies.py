"""Names objects of others where a form or a query names one's own: Sentry's commonest hole."""

from collections.abc import Iterator

from app.domain.permissions import Role
from tests.isolation.doors import NOBODYS, ids_for
from tests.isolation.forms import Fields
from tests.isolation.matrix import KEPT_WHEN_READING, Matrix
from tests.isolation.oracle import FOREIGN, Cell, Thing
from tests.isolation.visits import Answer


_IN_A_QUERY = {"agency below": "slug"}


def try_bodies(matrix: Matrix) -> None:
    """Try every object that a form or a query names, with one of each other agency."""
    for line in matrix.table.lines:
        if not matrix.doors.is_known(line):
            continue
        role = next((role for role in Role if matrix.oracle.may(line, role)), Role.OFFICER)
        for kind in line.also:
            for relation in FOREIGN:
                if kind == "agency below" and relation == "child":
                    continue
                cell = Cell(
                    line=line, role=role, place="own", relation=relation, thing=Thing.FOREIGN
                )
                _try_one(matrix, cell, kind)


def _try_one(matrix: Matrix, cell: Cell, kind: str) -> None:
    matrix.tally.cells += 1
    [foreign, *_] = matrix.house.agencies[cell.relation].of_kind(kind.split(maxsplit=1)[0])
    ours, told = matrix.house.agencies["own"], []
    for named in (foreign, str(NOBODYS)):
        for fields, query in _sent(matrix, cell, kind, named):
            answer = _send(matrix, cell, fields, query)
            # What was done leads on to something new, whose id is another each time.
            is_done = 300 <= answer.status < 400
            told.append(answer.status if is_done else answer.told(named, at=ours.slug))
            _hold(matrix, cell, kind, answer)
    half = len(told) // 2
    if told[:half] != told[half:]:
        matrix.tally.fail(cell, f"a foreign {kind} is not like one that is not there")


def _sent(matrix: Matrix, cell: Cell, kind: str, named: str) -> Iterator[tuple[Fields, str]]:
    """Yield the form with the object in the place of ours, and the page with it in its query."""
    ours = matrix.house.agencies["own"]
    own = set(ours.of_kind(kind.split(maxsplit=1)[0]))
    fields = matrix.fields(cell, ours) if cell.line.method != "GET" else []
    swapped = [(_swap(name, own, named), _swap(value, own, named)) for name, value in fields]
    is_in_form = swapped != fields
    yield swapped, "" if is_in_form else f"?{_IN_A_QUERY.get(kind, kind)}={named}"
    if not is_in_form and fields:
        yield [*fields, (kind, named)], ""


def _swap(text: str, own: set[str], named: str) -> str:
    for one in own:
        text = text.replace(one, named)
    return text


def _send(matrix: Matrix, cell: Cell, fields: Fields, query: str) -> Answer:
    ids = ids_for(cell.line, matrix.house.agencies["own"])
    address = matrix.address(cell.line, "own", ids).partition("?")[0]
    return matrix.knock(cell, address + query, fields)


def _hold(matrix: Matrix, cell: Cell, kind: str, answer: Answer) -> None:
    written = answer.written.keys() - KEPT_WHEN_READING
    is_taken = answer.status < 400 and bool(written)
    if answer.status >= 500 or (is_taken and cell.line.is_change and _names(matrix, cell, kind)):
        matrix.tally.fail(cell, f"{answer.status}: wrote to {sorted(written)} naming a {kind}")
    if answer.others and answer.others != matrix.others[cell.place]:
        matrix.tally.fail(cell, f"changed rows of another agency, naming a {kind}")
    matrix.hold_words(cell, answer)


def _names(matrix: Matrix, cell: Cell, kind: str) -> bool:
    """Tell whether the form of the page names an object of ours, and not only its filter."""
    ours = matrix.house.agencies["own"]
    own = set(ours.of_kind(kind.split(maxsplit=1)[0]))
    return any(one in f"{name} {value}" for name, value in matrix.fields(cell, ours) for one in own)
