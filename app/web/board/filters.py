"""What the reader asked the board to show, out of the address of the page."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.web.board.columns import COLUMNS
from app.web.choices import whole_number
from app.web.years import chosen_year
from tenants.schema import TenantKind


_FIRST_GROUP, _LAST_GROUP = 1, 9
_BY_NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A year, perhaps one group and one kind of agency, and the order of the table.

    ``whole`` names a long list that is to be shown to its end.
    """

    year: int
    group: int | None
    kind: TenantKind | None
    sort: str
    is_descending: bool
    whole: str

    @classmethod
    def of_request(cls) -> "Filters":
        """Read the address; what makes no sense is left out."""
        asked = request.args.get("sort", _BY_NAME)
        sort = asked.removeprefix("-")
        group = request.args.get("group", type=whole_number)
        return cls(
            year=chosen_year(),
            group=group if group in range(_FIRST_GROUP, _LAST_GROUP + 1) else None,
            kind=request.args.get("kind", type=TenantKind),
            sort=sort if sort in COLUMNS else _BY_NAME,
            is_descending=asked.startswith("-") and sort in COLUMNS,
            whole=request.args.get("whole", ""),
        )

    def url(self, endpoint: str | None = None, *, anchor: str | None = None, **more: Any) -> str:
        """Return the address of a page of the board with these filters, but for ``more``."""
        query: dict[str, Any] = {
            "year": self.year,
            "group": self.group,
            "kind": self.kind.value if self.kind else None,
        } | more
        if endpoint is None:
            query = {**(request.view_args or {}), **query}
        return url_for(endpoint or str(request.endpoint), _anchor=anchor, **query)

    def sort_url(self, column: str) -> str:
        """Return the address that sorts by a column: numbers from the top, then the other way."""
        is_first_descending = column != _BY_NAME
        if column == self.sort:
            is_first_descending = not self.is_descending
        return self.url(sort=f"-{column}" if is_first_descending else column, anchor="table")

    def page_url(self, number: int) -> str:
        """Return the address of another page of the table, in the same order."""
        return self.url(sort=self._order, page=number, anchor="table")

    def whole_url(self, part: str, anchor: str) -> str:
        """Return the address of this page with one long list shown to its end."""
        return self.url(sort=self._order, whole=part, anchor=anchor)

    @property
    def _order(self) -> str | None:
        order = f"-{self.sort}" if self.is_descending else self.sort
        return None if order == _BY_NAME else order

    def direction(self, column: str) -> str | None:
        """Return how the table is sorted by a column, in the words of ``aria-sort``."""
        if column != self.sort:
            return None
        return "descending" if self.is_descending else "ascending"
