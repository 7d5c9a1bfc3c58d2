"""No hidden count of a public table can be worked out from what is shown, nor told to be few."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.leeway import CHOICES, Leeway
from app.domain.public_tables import SMALLEST_SHOWN, PublicTable, is_small
from app.domain.suppression import hidden_places
from tests.builders.disclosure import attacked, pinned, places_of, small_found


@st.composite
def tables(draw):
    """Draw a small table of several columns; perhaps its last row is taken off."""
    columns = draw(st.integers(2, 3))
    counts = st.integers(0, 9)
    rows = draw(st.lists(st.tuples(*[counts] * columns), min_size=1, max_size=3))
    sums = [sum(column) for column in zip(*rows, strict=True)]
    if len(rows) < 3 and draw(st.booleans()):
        twice = tuple(draw(st.integers(0, min(3, most))) for most in sums)
        return PublicTable((*rows, twice), frozenset({len(rows)}))
    return PublicTable(tuple(rows))


@st.composite
def provinces(draw):
    """Draw a table as a province may have it, with many small counts; totals may be told.

    Without empty cells: where a table is nearly empty, there may be nothing left to hide beside.
    """
    columns = draw(st.integers(2, 4))
    counts = st.one_of(st.integers(1, 6), st.integers(1, 400))
    rows = draw(st.lists(st.tuples(*[counts] * columns), min_size=2, max_size=6))
    told = frozenset(range(len(rows))) if draw(st.booleans()) else frozenset()
    twice = tuple(draw(st.integers(0, min(6, sum(one)))) for one in zip(*rows, strict=True))
    return PublicTable((*rows, twice), frozenset({len(rows)}), told)


@st.composite
def sparse_tables(draw):
    """Draw a table as a young province may have it: nearly empty, and some people in two places."""
    columns = draw(st.integers(2, 4))
    counts = st.one_of(st.just(0), st.just(0), st.integers(1, 6), st.integers(1, 40))
    rows = draw(st.lists(st.tuples(*[counts] * columns), min_size=1, max_size=6))
    if not draw(st.booleans()):
        return PublicTable(tuple(rows))
    # Whoever is counted twice is in some other agency too.
    most = [min(3, sum(one) - max(one)) for one in zip(*rows, strict=True)]
    twice = tuple(draw(st.integers(0, one)) for one in most)
    return PublicTable((*rows, twice), frozenset({len(rows)}))


def what_fits(table, hidden, by=1):
    """Yield the tables that fit what is shown, sums and all.

    Only those that differ by so much at most in each cell: one other value is enough.
    """
    rows = []
    for row, counts in enumerate(table.rows):
        is_blank = all((row, column) in hidden for column in range(len(counts) + 1))
        choices = [
            range(max(1 - is_blank, count - by), count + by + 1)
            if (row, column) in hidden
            else [count]
            for column, count in enumerate(counts)
        ]
        rows.append([one for one in product(*choices) if any(one) == any(counts)])
    shown = [place for place in places_of(table) if place not in hidden]
    for found in product(*rows):
        one = PublicTable(found, table.taken_off)
        if all(one.count(place) == table.count(place) for place in shown):
            yield one


@settings(deadline=None)
@given(tables())
def test_every_hidden_count_could_be_another(table):
    hidden = hidden_places(table)
    fitting = list(what_fits(table, hidden))
    assert table in fitting
    for place in hidden:
        assert len({one.count(place) for one in fitting}) > 1, (table, sorted(hidden), place)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.integers(1, 6)] * 2), min_size=2, max_size=2))
def test_every_small_count_could_be_any_small_count_or_a_great_one(rows):
    table = PublicTable(tuple(rows))
    hidden = hidden_places(table)
    fitting = list(what_fits(table, hidden, by=CHOICES))
    for place in (one for one in hidden if is_small(table.count(one))):
        found = {one.count(place) for one in fitting}
        assert found >= set(range(1, SMALLEST_SHOWN)) or max(found) >= SMALLEST_SHOWN, table


@settings(deadline=None, max_examples=80)
@given(st.one_of(sparse_tables(), provinces()))
def test_no_small_count_is_told_to_be_one_of_few_by_the_table_alone(table):
    alone = replace(table, told=frozenset())
    hidden = hidden_places(table)
    assert not pinned(alone, hidden, CHOICES), (table, sorted(hidden))


@settings(deadline=None, max_examples=80)
@given(sparse_tables())
def test_nobody_works_a_small_count_of_a_nearly_empty_table_out(table):
    told = frozenset(range(len(table.rows) - len(table.taken_off)))
    for one in (table, replace(table, told=told)):
        hidden = hidden_places(one)
        assert not small_found(one, hidden), (one, sorted(hidden))
        leeway = Leeway(one, hidden)
        for place in leeway.unknown:
            is_open = leeway.more(place, 1) or leeway.less(place, 1)
            assert is_open or not is_small(one.count(place)) or place == one.last, (one, place)


def test_the_leeway_of_a_number_is_what_fits():
    table = PublicTable(((1, 2, 30), (2, 2, 31), (40, 41, 42)))
    hidden = {(0, 0), (0, 1), (1, 0), (1, 1)}
    fitting = list(what_fits(table, hidden, by=5))
    leeway = Leeway(table, hidden)
    for place in hidden:
        found = {one.count(place) for one in fitting}
        count = table.count(place)
        assert (count - leeway.less(place, 9), count + leeway.more(place, 9)) == (
            min(found),
            max(found),
        )
    assert leeway.gives_away((0, 0))


def test_sums_are_hidden_with_their_zeros_where_one_of_them_tells_all():
    rows = ((1, 0, 0), (0, 16, 0), (0, 0, 20))
    table = PublicTable(rows, told=frozenset({0, 1, 2}))
    assert {(3, 0), (3, 1), (3, 2)} <= hidden_places(table)


@given(tables())
def test_every_small_count_is_hidden(table):
    hidden = hidden_places(table)
    assert all(place in hidden for place in places_of(table) if is_small(table.count(place)))


def test_a_table_of_great_counts_is_shown_whole():
    assert hidden_places(PublicTable(((10, 20), (30, SMALLEST_SHOWN)))) == frozenset()


def test_a_small_count_hides_another_in_its_row_and_both_columns():
    hidden = hidden_places(PublicTable(((3, 20, 30), (10, 12, 14), (40, 50, 60))))
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_zero_is_shown():
    assert hidden_places(PublicTable(((0, 20), (30, 0)))) == frozenset()


@settings(deadline=None, max_examples=60)
@given(provinces())
def test_nobody_works_a_hidden_count_out_from_the_sums_beside_it(table):
    hidden = hidden_places(table)
    assert not small_found(table, hidden), table
    found = attacked(replace(table, told=frozenset()), hidden)
    assert not [place for place in found if table.count(place)], (table, found)


@settings(deadline=None, max_examples=60)
@given(provinces())
def test_a_small_count_that_is_hidden_alone_is_worked_out(table):
    small = {place for place in places_of(table) if is_small(table.count(place))}
    secrets = {place for place in small if not table.is_told(place)}
    if len(secrets) == 1:
        assert attacked(table, small) == secrets


def test_what_an_honour_roll_tells_of_a_row_hides_nothing():
    rows = ((3, 20), (9, 30), (40, 50))
    hidden = hidden_places(PublicTable(rows, told=frozenset({0, 1, 2})))
    assert {(0, 0), (0, 1)} <= hidden
    assert len({row for row, _ in hidden}) > 1
