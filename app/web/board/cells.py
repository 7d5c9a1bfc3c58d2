"""The cells of the board's tables: a figure as it is written, and where it is explained.

They are written here and in no template: tables have thousands, and templates are slow.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from app.domain.results import Figures
from app.labels.boards import COLUMNS
from app.web.board.pictures import share
from app.web.figure_links import COLUMNS as SHARES
from app.web.language import show_number, show_percent


# What a card on a phone does without.
_LEFT_OUT = frozenset({"self_assessed", "appraised", "undecided", "not_recognised", "outstanding"})


_CELL = Markup('<td class="{place}" data-label="{label}">')
_LINK = Markup('<a class="{look}" data-figure="{name}" href="')
_TEXT, _END, _END_OF_LINK = Markup('">'), Markup("</td>"), Markup("</a></td>")
# Joins what is written already, and escapes what is not: addresses and figures.
_NOTHING = Markup("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as it looks: how its cells begin, and how those that lead somewhere do."""

    name: str
    label: str
    cell: Markup
    link: Markup


class Cells:
    """Writes lines of figures for the reader."""

    def __init__(self) -> None:
        self.columns = tuple(_column(name, str(label)) for name, label in COLUMNS.items())

    def of(self, figures: Figures, lead: Callable[[str], str]) -> Markup:
        """Return the cells of one line; ``lead`` tells where a figure of it is explained."""
        return _NOTHING.join(self._of(figures, lead))

    def taken_off(self, figures: Figures, lead: Callable[[str], str]) -> Markup:
        """Return the cells of what is taken off a sum; it is no share of anything."""
        return _NOTHING.join(self._taken_off(figures, lead))

    def _of(self, figures: Figures, lead: Callable[[str], str]) -> Iterator[str]:
        for column in self.columns:
            name = column.name
            parts = SHARES.get(name)
            text = _share(figures, *parts) if parts else show_number(getattr(figures, name))
            yield from (column.link, lead(name), _TEXT, text, _END_OF_LINK)

    def _taken_off(self, figures: Figures, lead: Callable[[str], str]) -> Iterator[str]:
        for column in self.columns:
            name = column.name
            if name in SHARES:
                yield from (column.cell, _END)
            else:
                text = show_number(-getattr(figures, name))
                yield from (column.link, lead(name), _TEXT, text, _END_OF_LINK)


def _column(name: str, label: str) -> Column:
    place = "numeric d-none d-sm-table-cell" if name in _LEFT_OUT else "numeric"
    look = "explained fw-bold" if name == "recognised" else "explained"
    cell = _CELL.format(place=place, label=label)
    return Column(name=name, label=label, cell=cell, link=cell + _LINK.format(look=look, name=name))


def _share(figures: Figures, part: str, whole: str) -> str:
    return show_percent(share(getattr(figures, part), getattr(figures, whole)))
