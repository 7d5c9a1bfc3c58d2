"""Finds every number that a page shows, and whether it leads to what it is made of."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from tests.builders.reading import NUMBER


LEGEND = "plot-legend"
_VOID = {"br", "hr", "img", "input", "link", "meta", "circle", "rect", "line", "path", "use"}
_UNREAD = {"script", "style", "svg", "code", "title", "textarea", "head"}
# A moment, a date, a document's number, a year, and what only looks like a number.
_NO_COUNT = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}/\d{1,2}(?!\d)"
    r"|\d+/[^\s,;)]*[^\W\d][^\s,;)]*|\b(?:19|20)\d\d\b"
    r"|[^\s,;()]*[^\W\d_][^\s,;()]*\d[^\s,;()]*|\d+[^\W\d_%]\w*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Numbers in one piece of text: what is said there, under which label, and where it leads.

    ``figure`` is the name of the explained figure; ``url`` the link that the text is part of. What
    has no label and stands in the legend of a plot is labelled so.
    """

    said: str
    numbers: tuple[str, ...]
    label: str
    figure: str
    url: str

    @property
    def shape(self) -> str:
        """What is said, whatever the numbers."""
        return NUMBER.sub("N", " ".join(self.said.split()))


class Census(HTMLParser):
    """Reads a page's own part, its main element, and counts nothing of the frame around it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Counted] = []
        self._open: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is open."""
        if tag not in _VOID:
            self._open.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """End what is open, and what nobody ends by itself."""
        if tag in {one for one, _ in self._open}:
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep what holds a number."""
        tags = {tag for tag, _ in self._open}
        numbers = numbers_in(data)
        if not numbers or "main" not in tags or tags & _UNREAD:
            return
        self.found.append(
            Counted(
                said=data.strip(),
                numbers=numbers,
                label=self._nearest("data-label") or self._legend(),
                figure=self._nearest("data-figure"),
                url=self._nearest("href"),
            )
        )

    def _legend(self) -> str:
        return LEGEND if any(given.get("class") == LEGEND for _, given in self._open) else ""

    def _nearest(self, name: str) -> str:
        return next((given[name] for _, given in reversed(self._open) if name in given), "")


def census_of(page: str) -> list[Counted]:
    """Return the numbers of a page."""
    reader = Census()
    reader.feed(page)
    return reader.found


def numbers_in(said: str) -> tuple[str, ...]:
    """Return the numbers of a text, without dates, years and numbers of documents."""
    return tuple(NUMBER.findall(_NO_COUNT.sub(" ", said)))
