"""Finds every number that a page shows, where it leads, and how long the list beside it is."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.builders.reading import NUMBER, amount


_VOID = {"br", "hr", "img", "input", "link", "meta", "circle", "rect", "line", "path", "use"}
_UNREAD = {"script", "style", "svg", "code", "title", "textarea", "head"}
_PANELS = {"section", "details", "form", "article"}
_PAGER = re.compile(r"\s*[\d.,]+–[\d.,]+ (?:of|trên tổng số) ([\d.,]+)\s*")
# A moment, a date, a document's number, a year, and what only looks like a number.
_NO_COUNT = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}/\d{1,2}(?!\d)"
    r"|\d+/[^\s,;)]*[^\W\d][^\s,;)]*|\b(?:19|20)\d\d\b"
    r"|[^\s,;()]*[^\W\d_][^\s,;()]*\d[^\s,;()]*|\d+[^\W\d_%]\w*"
)


@dataclass(slots=True)
class Element:
    """Something open on a page, and what has been seen in it: rows, lines, how many in all."""

    tag: str
    given: dict[str, str]
    rows: int = 0
    lines: int = 0
    in_all: int | None = None

    @property
    def length(self) -> int:
        """How long the list in it is, those of other pages included."""
        return self.in_all if self.in_all is not None else self.rows or self.lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a form sends when something is chosen, and where on the page the list then is."""

    name: str
    value: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Numbers in one piece of text: what is said there, under which label, and where it leads.

    ``figure`` is the name of the explained figure; ``url`` the link that the text is part of. What
    has no label and stands in the legend of a plot is labelled so. ``around`` is what it stands in.
    """

    said: str
    numbers: tuple[str, ...]
    label: str
    figure: str
    url: str
    around: tuple[Element, ...] = field(repr=False)

    @property
    def shape(self) -> str:
        """What is said, whatever the numbers."""
        return NUMBER.sub("N", " ".join(self.said.split()))

    @property
    def beside(self) -> int:
        """How long the list is that it stands beside: in its panel, or else on its page."""
        panels = [one for one in self.around if one.tag in _PANELS and one.length]
        return (panels or [one for one in self.around if one.tag == "main"])[-1].length

    @property
    def is_length(self) -> bool:
        """Tell whether its one number is the length of the list beside it."""
        return [amount(one) for one in self.numbers if one.isdigit()] == [self.beside]

    @property
    def choice(self) -> "Choice | None":
        """The choice that it is written on."""
        given = {one.tag: one.given for one in self.around}
        if "option" not in given:
            return None
        return Choice(
            name=given["select"].get("name", ""),
            value=given["option"].get("value", ""),
            place=given["form"].get("action", "").removeprefix("#"),
        )


class Census(HTMLParser):
    """Reads a page's own part, its main element, and counts nothing of the frame around it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Counted] = []
        self.places: dict[str, Element] = {}
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is open, and count the rows of lists."""
        if tag in _VOID:
            return
        around = {one.tag for one in self._open}
        for one in self._open:
            one.rows += tag == "tr" and "tbody" in around
            one.lines += tag == "li" and "nav" not in around
        self._open.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag == "main":
            self.places[""] = self._open[-1]
        if place := self._open[-1].given.get("id"):
            self.places[place] = next(
                (one for one in reversed(self._open) if one.tag in _PANELS), self._open[-1]
            )

    def handle_endtag(self, tag: str) -> None:
        """End what is open, and what nobody ends by itself."""
        if tag in {one.tag for one in self._open}:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep what holds a number."""
        tags = {one.tag for one in self._open}
        numbers = numbers_in(data)
        if not numbers or "main" not in tags or tags & _UNREAD:
            return
        if pager := _PAGER.fullmatch(data):
            for one in self._open:
                one.in_all = amount(pager[1])
        self.found.append(
            Counted(
                said=data.strip(),
                numbers=numbers,
                label=self._nearest("data-label"),
                figure=self._nearest("data-figure"),
                url=self._nearest("href"),
                around=tuple(self._open),
            )
        )

    def _nearest(self, name: str) -> str:
        return next((one.given[name] for one in reversed(self._open) if name in one.given), "")


def census_of(page: str) -> list[Counted]:
    """Return the numbers of a page."""
    return _read(page).found


def length_at(page: str, place: str) -> int:
    """Return how long the list at a place of a page is; without a place, that of the page."""
    return _read(page).places[place].length


def numbers_in(said: str) -> tuple[str, ...]:
    """Return the numbers of a text, without dates, years and numbers of documents."""
    return tuple(NUMBER.findall(_NO_COUNT.sub(" ", said)))


def _read(page: str) -> Census:
    reader = Census()
    reader.feed(page)
    return reader
