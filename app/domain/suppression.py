"""Which cells of a public table are hidden, so that nobody works out a count of one to four.

A small count says something about the few people behind it. Hiding it alone is not enough: what is
left of a total gives it away, so further cells are hidden until each small count may be any of one
to four, or a great one, and every other hidden number at least two (``app.domain.leeway``). What
other public pages tell of a row cannot be hidden here: whoever has read them may learn how few a
row holds, and still no cell of it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.leeway import Leeway
from app.domain.public_tables import Place, PublicTable, is_small


def hidden_places(table: PublicTable) -> frozenset[Place]:
    """Return which cells and which sums may not be shown."""
    hidden = {place for place in _places(table) if is_small(table.count(place))}
    for row, counts in enumerate(table.rows):
        if is_small(sum(counts)):
            hidden.update(table.line((row, 0), by_row=True))
    # First for who reads this table alone, then for who has read elsewhere what is told of it.
    alone = _with_companions(replace(table, told=frozenset()), hidden)
    both = _with_companions(table, alone)
    # What was hidden for the second and gives itself away all the same protects nobody.
    leeway = Leeway(table, both)
    vain = {place for place in leeway.unknown if leeway.gives_away(place)} - alone
    return frozenset(both - vain)


def _places(table: PublicTable) -> Iterator[Place]:
    for row in range(table.last[0] + 1):
        yield from table.line((row, 0), by_row=True)


def _with_companions(table: PublicTable, small: set[Place]) -> set[Place]:
    """Return what is hidden so that nothing of it gives itself away, as far as that can be."""
    hidden, safe = set(small), set[Place]()
    while more := _companions(table, hidden, safe):
        hidden.update(more)
    return hidden


def _companions(table: PublicTable, hidden: set[Place], safe: set[Place]) -> Sequence[Place]:
    """Return what to hide beside cells that give themselves away, the best; nothing if none do.

    A cell that is hidden alone in its row needs another there, and so in its column. After that,
    whatever stands in line with one; what columns add up to goes last, and then whole lines, with
    their zeros. What is ``safe`` stays so, since hiding more leaves more open.
    """
    lonely = _beside_lonely(table, hidden)
    if lonely is not None:
        return [lonely]
    leeway, is_given_away = Leeway(table, hidden), False
    for place in leeway.unknown:
        if place in safe:
            continue
        if not leeway.gives_away(place):
            safe.add(place)
            continue
        is_given_away = True
        for by_row in (True, False):
            best = _best(table, hidden, table.line(place, by_row=by_row))
            if best:
                return best[:1]
    return _whole_line(table, hidden) if is_given_away else ()


def _beside_lonely(table: PublicTable, hidden: set[Place]) -> Place | None:
    """Return what to hide beside a cell that nothing else is hidden with, in its row or column."""
    unknown = sorted(place for place in hidden if not table.is_told(place))
    for by_row in (True, False):
        beside = Counter(place[not by_row] for place in unknown)
        for place in unknown:
            if beside[place[not by_row]] == 1 and place[0] < table.last[0]:
                best = _best(table, hidden, table.line(place, by_row=by_row))
                if best:
                    return best[0]
    return None


def _whole_line(table: PublicTable, hidden: set[Place]) -> Sequence[Place]:
    """Return what is left to hide of a line with all its zeros: of the sums before any other."""
    last, width = table.last
    sums = [(last, column) for column in range(width)]
    rows = (table.line((row, 0), by_row=True) for row in range(last) if any(table.rows[row]))
    lines = ([one for one in line if one not in hidden] for line in (sums, *rows))
    return next((line for line in lines if line), ())


def _best(table: PublicTable, hidden: set[Place], line: Sequence[Place]) -> list[Place]:
    """Return the filled cells of a line: before sums, where others are hidden, the smallest."""
    by_row = len({row for row, _ in line}) == 1
    across = {place[by_row] for place in hidden}

    def cost(place: Place) -> tuple[bool, bool, int, Place]:
        meets = place[by_row] in across
        is_sum = place[0] == table.last[0] or place[1] == table.last[1]
        return (is_sum, not meets, abs(table.count(place)), place)

    filled = [place for place in line if place not in hidden and table.count(place)]
    return sorted((place for place in filled if not table.is_told(place)), key=cost)
