"""Reads the forms of a page as a browser does, and fills them in as somebody in a hurry would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


Fields = list[tuple[str, str]]

_SKIPPED = frozenset({"submit", "button", "file", "reset", "image"})
_TYPED: Mapping[str, str] = {"date": "2026-04-30", "number": "8", "email": "a@b.vn"}
_WORDS = "Một lý do đầy đủ"


@dataclass
class PageForm:
    """A form that changes something: where it goes, and what it would send."""

    action: str
    fields: Fields = field(default_factory=list)


def forms_in(text: str, address: str) -> Iterator[PageForm]:
    """Yield the forms of a page that are sent by POST, filled in; their paths are absolute."""
    reader = _Reader()
    reader.feed(text)
    for form in reader.forms:
        form.action = urlsplit(urljoin(address, form.action)).path
        yield form


class _Reader(HTMLParser):
    """Collects forms."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.select = self.area = ""
        self.options: list[tuple[str, bool]] = []
        self.typed = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = PageForm(given.get("action", ""))
            if given.get("method", "get").lower() == "post":
                self.forms.append(self.form)
        elif self.form is not None and "disabled" not in given:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if tag == "input":
            self._input(given)
        elif tag == "select":
            self.select, self.options = given.get("name", ""), []
        elif tag == "option" and self.select:
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.area, self.typed = given.get("name", ""), ""

    def _input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if not name or kind in _SKIPPED:
            return
        value = given.get("value", "")
        if kind in {"checkbox", "radio"}:
            if "checked" in given:
                self._keep(name, value or "on")
            return
        self._keep(name, value if value or kind == "hidden" else _TYPED.get(kind, ""))

    def _keep(self, name: str, value: str) -> None:
        if self.form is not None:
            self.form.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.typed += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select:
            chosen = [value for value, is_chosen in self.options if is_chosen]
            filled = [value for value, _ in self.options if value]
            self._keep(self.select, next(iter(chosen), "") or next(iter(filled), ""))
            self.select = ""
        elif tag == "textarea" and self.area:
            self._keep(self.area, self.typed.strip() or _WORDS)
            self.area = ""
