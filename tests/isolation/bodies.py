"""Names objects of others where a form or a query names one's own: Sentry's commonest hole."""

from collections.abc import Iterator, Mapping

from app.domain.permissions import Role
from tests.isolation.doors import NOBODYS, ids_for
from tests.isolation.forms import Fields
from tests.isolation.matrix import KEPT_WHEN_READING, Matrix
from tests.isolation.oracle import FOREIGN, Cell, Thing
from tests.isolation.visits import Answer


_BELOW = "agency below"
_IN_A_QUERY = {_BELOW: "slug"}


def try_bodies(matrix: Matrix) -> None:
    """Try every object that a form or a query names, with one of each other agency."""
    for line in matrix.table.lines:
        if not matrix.doors.is_known(line):
            continue
        role = next((role for role in Role if matrix.oracle.may(line, role)), Role.OFFICER)
        for kind in line.also:
            for relation in FOREIGN:
                if kind == _BELOW and relation == "child":
                    continue
                cell = Cell(
                    line=line, role=role, place="own", relation=relation, thing=Thing.FOREIGN
                )
                _try_one(matrix, cell, kind)


def _try_one(matrix: Matrix, cell: Cell, kind: str) -> None:
    matrix.tally.cells += 1
    ours, told = matrix.house.agencies["own"], []
    foreign = _named(matrix, cell.relation, kind)
    for named in (foreign, tuple(str(NOBODYS) for _ in foreign)):
        for fields, query in _sent(matrix, cell, kind, named):
            answer = _send(matrix, cell, fields, query)
            # What was done leads on to something new, whose id is another each time.
            is_done = 300 <= answer.status < 400
            told.append(answer.status if is_done else answer.told(*named, at=ours.slug))
            _hold(matrix, cell, kind, answer)
    half = len(told) // 2
    if told[:half] != told[half:]:
        matrix.tally.fail(cell, f"a foreign {kind} is not like one that is not there")


def _named(matrix: Matrix, relation: str, kind: str) -> tuple[str, ...]:
    """Return what forms and queries call an object of another agency."""
    agency = matrix.house.agencies[relation]
    if kind == _BELOW:
        return agency.slug, str(agency.key.tenant_id)
    return (next(agency.of_kind(kind)),)


def _own(matrix: Matrix, kind: str) -> tuple[str, ...]:
    """Return what forms and queries of our own people call such objects."""
    if kind == _BELOW:
        return _named(matrix, "child", kind)
    return tuple(matrix.house.agencies["own"].of_kind(kind))


def _sent(
    matrix: Matrix, cell: Cell, kind: str, named: tuple[str, ...]
) -> Iterator[tuple[Fields, str]]:
    """Yield the form with the object in the place of ours, and the page with it in its query."""
    ours = matrix.house.agencies["own"]
    fields = matrix.fields(cell, ours) if cell.line.method != "GET" else []
    swaps = _swaps(_own(matrix, kind), named)
    swapped = [(_swap(name, swaps), _swap(value, swaps)) for name, value in fields]
    is_in_form = swapped != fields
    yield swapped, "" if is_in_form else f"?{_IN_A_QUERY.get(kind, kind)}={named[0]}"
    if not is_in_form and fields:
        yield [*fields, (kind, named[0])], ""


def _swaps(own: tuple[str, ...], named: tuple[str, ...]) -> dict[str, str]:
    """Say what stands for each of our objects; where there are more of ours, the first one."""
    return {one: named[place] if place < len(named) else named[0] for place, one in enumerate(own)}


def _swap(text: str, swaps: Mapping[str, str]) -> str:
    for one, other in swaps.items():
        text = text.replace(one, other)
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
    own, ours = _own(matrix, kind), matrix.house.agencies["own"]
    return any(one in f"{name} {value}" for name, value in matrix.fields(cell, ours) for one in own)
