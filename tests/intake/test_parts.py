"""A long list is cut into parts that can be brought in by themselves."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import new_id
from app.domain.roster import SortedRow, Standing
from app.domain.roster_files import RosterRow
from app.intake.parts import cut_into_parts
from app.intake.sheets import Sheet


MOST = 4
UNIT = new_id()


def sorted_row(number, name):
    row = RosterRow(number_in_file=number, name=name, birth_year=1980)
    alike = (name.lower(), 1980)
    return SortedRow(row=row, unit_id=UNIT, group_number=3, standing=Standing.NEW, alike=alike)


@given(st.lists(st.sampled_from("ABCDEFGHIJKLM")))
def test_every_row_is_in_one_part_beside_its_namesakes_and_no_part_is_long(names):
    rows = [sorted_row(number, name) for number, name in enumerate(names, start=2)]
    sheet = Sheet(name="ds", rows=((1, ("Họ tên",)), *((n, (x,)) for n, x in enumerate(names, 2))))
    parts = list(cut_into_parts(sheet, rows, MOST))
    assert sorted(row for part in parts for row in part.rows) == list(sheet.rows[1:])
    for part in parts:
        assert len(part.rows) <= MOST or len({cells for _, cells in part.rows}) == 1
    for name in set(names):
        assert sum((name,) in {cells for _, cells in part.rows} for part in parts) == 1


def test_rows_that_were_refused_are_in_no_part():
    sheet = Sheet(name="ds", rows=((2, ("A",)), (3, (None,)), (4, ("B",))))
    [part] = cut_into_parts(sheet, [sorted_row(2, "A"), sorted_row(4, "B")], MOST)
    assert part == Sheet(name="ds", rows=((2, ("A",)), (4, ("B",))))
