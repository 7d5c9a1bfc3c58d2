"""Cuts long lists into pages, and writes the address of a list with one thing changed."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list is shown."""

    number: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(-(-self.total // self.size), 1)

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """The position of the first row shown; 0 of an empty list."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The position of the last row shown."""
        return min(self.offset + self.size, self.total)


def chosen_page(total: int, *, size: int = 50, name: str = "page") -> Page:
    """Return the page of ``?page=``, or of another name; or the nearest one that the list has."""
    asked = request.args.get(name, 1, type=int)
    pages = Page(number=1, total=total, size=size).pages
    return Page(number=min(max(asked, 1), pages), total=total, size=size)


def page_url(number: int) -> str:
    """Return the address of another page of the same list."""
    return address_with(page=number)


def address_with(**changes: object) -> str:
    """Return the address of this page with some of its query changed; None takes one out."""
    query = {**request.args.to_dict(), **changes}
    kept: dict[str, Any] = {name: value for name, value in query.items() if value not in {None, ""}}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept)
