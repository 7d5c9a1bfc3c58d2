"""Reads a page: what it says, and its figures, each with its name and where it is explained."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any


NUMBER = re.compile(r"-?\d[\d.,]*\d%?|-?\d%?")
"""A number as pages write it, in either language."""


@dataclass
class ShownFigure:
    """A figure as a reader sees it, and the address that its link leads to."""

    name: str
    url: str
    text: str = ""

    @property
    def number(self) -> str:
        """The number in it: some stand in a sentence, as in "5 of them outstanding"."""
        (found,) = NUMBER.findall(self.text) or (self.text,)
        return found


class FigureReader(HTMLParser):
    """Collects what a page marks as a figure, as the total of an explanation, and as a sum."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: list[ShownFigure] = []
        self.totals: list[str] = []
        self.sums: list[str] = []
        self.parts: list[list[str]] = [[]]
        self.gaps: set[str] = set()
        self._links: list[str] = []
        self._open: list[tuple[str, ShownFigure | list[str] | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember links that are open, and begin what is marked."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._links.append(given.get("href", ""))
        if "data-gap" in given:
            self.gaps.add(given["data-gap"])
        kept: ShownFigure | list[str] | None = None
        if "data-figure" in given:
            kept = ShownFigure(given["data-figure"], self._links[-1] if self._links else "")
            self.figures.append(kept)
        elif marked := {"data-total", "data-sum", "data-part"} & given.keys():
            kept = self._marked(*marked)
            kept.append("")
        self._open.append((tag, kept))

    def _marked(self, mark: str) -> list[str]:
        """Return where to keep what is marked; a sum ends the parts that it is of."""
        if mark == "data-sum":
            self.parts.append([])
        return {"data-total": self.totals, "data-sum": self.sums}.get(mark, self.parts[-1])

    @property
    def added(self) -> list[int]:
        """What the parts before each sum add up to, counted here."""
        return [sum(amount(one) for one in parts) for parts in self.parts[:-1]]

    def handle_endtag(self, tag: str) -> None:
        """End what is open, and what nobody ends by itself."""
        while self._open:
            opened, _ = self._open.pop()
            if opened == "a":
                self._links.pop()
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        """Give the text to what it stands in directly."""
        kept = self._open[-1][1] if self._open else None
        if isinstance(kept, ShownFigure):
            kept.text += data.strip()
        elif kept is not None:
            kept[-1] += data.strip()


UNSETTLED = frozenset({"not_counted_yet", "does_not_add_up"})
"""Gaps that no page shows where nothing waits to be counted and every figure stands right."""


def amount(written: str) -> int:
    """Return a whole number that a page has written."""
    return int(written.replace(".", "").replace(",", ""))


def read_figures(page: str) -> FigureReader:
    """Read a page."""
    reader = FigureReader()
    reader.feed(page)
    return reader


def words_of(response: Any) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())
