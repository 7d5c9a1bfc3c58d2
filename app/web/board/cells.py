"""The cells of the board's tables: a figure as it is written, and where it is explained."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.results import Figures
from app.labels.boards import COLUMNS
from app.web.board.pictures import share
from app.web.figure_links import COLUMNS as SHARES
from app.web.language import show_number, show_percent


# What a card on a phone does without.
_LEFT_OUT = frozenset({"self_assessed", "appraised", "undecided", "not_recognised", "outstanding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as it looks: the classes of its cells, and of the links in them."""

    name: str
    label: str
    place: str
    look: str


class Cell(NamedTuple):
    """A figure in its column; without ``url`` there is none."""

    column: Column
    text: str
    url: str | None


class Cells:
    """Writes lines for the reader: tables have thousands of cells, and templates are slow."""

    def __init__(self) -> None:
        self.columns = tuple(_column(name, str(label)) for name, label in COLUMNS.items())

    def of(self, figures: Figures, lead: Callable[[str], str]) -> Iterator[Cell]:
        """Yield the cells of one line; ``lead`` tells where a figure of it is explained."""
        for column in self.columns:
            name = column.name
            parts = SHARES.get(name)
            text = _share(figures, *parts) if parts else show_number(getattr(figures, name))
            yield Cell(column, text, lead(name))

    def taken_off(self, figures: Figures, lead: Callable[[str], str]) -> Iterator[Cell]:
        """Yield what is taken off a sum; it is no share of anything."""
        for column in self.columns:
            if column.name in SHARES:
                yield Cell(column, "", None)
            else:
                text = show_number(-getattr(figures, column.name))
                yield Cell(column, text, lead(column.name))


def _column(name: str, label: str) -> Column:
    return Column(
        name=name,
        label=label,
        place="numeric d-none d-sm-table-cell" if name in _LEFT_OUT else "numeric",
        look="explained fw-bold" if name == "recognised" else "explained",
    )


def _share(figures: Figures, part: str, whole: str) -> str:
    return show_percent(share(getattr(figures, part), getattr(figures, whole)))
