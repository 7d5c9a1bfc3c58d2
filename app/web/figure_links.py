"""Where a figure is explained: every figure on a page leads there, and its parts lead on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import url_for

from app.domain.boards import Twice
from app.domain.explanations import Counted
from app.domain.targets import Audience, TargetReached
from tenants.schema import TenantKind


COLUMNS = {
    "of_registered": ("recognised", "registered"),
    "of_eligible": ("recognised", "eligible"),
    "registered_of_eligible": ("registered", "eligible"),
}
"""The columns and plots of the board that are shares: of what, and of whom."""


_ANYBODY: Mapping[str, None] = dict.fromkeys(
    ("kind", "audience", "unit", "overlap", "found", "kept")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLinks:
    """Makes the addresses of explanations: a table has thousands, so each is only put together.

    ``slug`` is the agency looked at; with ``is_alone`` those below it are left aside. ``root`` is
    what all addresses of the house begin with.
    """

    root: str
    year: int
    slug: str | None = None
    group: int | None = None
    kind: TenantKind | None = None
    audience: Audience | None = None
    unit_id: UUID | None = None
    is_alone: bool = False
    is_overlap: bool = False
    pair: tuple[str, str] | None = None

    def to(self, name: str, **more: Any) -> str:
        """Return the address that explains a count, or a share by the name of its column."""
        return self.where(**more)(name)

    def where(self, **more: Any) -> Callable[[str], str]:
        """Return what leads to the figures of one line: its query is written once for all."""
        return self._lead(self._written(**more))

    def _written(self, **more: Any) -> str:
        query: dict[str, Any] = {
            "year": self.year,
            "slug": self.slug,
            "group": self.group,
            "kind": self.kind.value if self.kind else None,
            "audience": self.audience.value if self.audience else None,
            "unit": self.unit_id,
            "alone": 1 if self.is_alone else None,
            "overlap": 1 if self.is_overlap else None,
            "found": self.pair[0] if self.pair else None,
            "kept": self.pair[1] if self.pair else None,
        } | more
        told = {key: value for key, value in query.items() if value is not None}
        return "&".join(f"{key}={quote(str(value))}" for key, value in told.items())

    def _lead(self, written: str) -> Callable[[str], str]:
        root = self.root

        def lead(name: str) -> str:
            share = COLUMNS.get(name)
            if share:
                return f"{root}{share[0]}?{written}&of={share[1]}"
            return f"{root}{name}?{written}"

        return lead

    def of_agency(self, slug: str) -> Callable[[str], str]:
        """Return what leads to the people of one agency itself."""
        before, after = _around_slug(self)
        return self._lead(f"{before}{quote(slug)}{after}")

    def of_unit(self, unit_id: UUID) -> Callable[[str], str]:
        """Return what leads to one unit of the agency looked at."""
        return self.where(unit=unit_id, kind=None, audience=None)

    def of_group(self, group: int) -> Callable[[str], str]:
        """Return what leads to one group of people."""
        return self.where(group=group)

    def of_audience(self, audience: Audience) -> Callable[[str], str]:
        """Return what leads to the adults, or to the staff, that a target is about."""
        return self.where(audience=audience.value, kind=None)

    def of_target(self, aim: TargetReached) -> str:
        """Lead to what is said of a target: who is missing, the pace, the forecast."""
        lead = self.where(audience=aim.audience.value, kind=None, target=aim.target.name.value)
        return lead(aim.counted)

    def official(self, name: str) -> str:
        """Lead to what an official figure, of accepted reports, is made of."""
        return self.to(name, official=1, alone=None)

    def own_official(self, name: str) -> str:
        """Lead to the own decisions that an official figure holds."""
        return self.to(name, official=1, alone=1)

    def signed(self, slug: str | None, version: int) -> Callable[[str], str]:
        """Return what leads to the figures of a signed version of an agency's report."""
        return self.where(slug=slug, signed=version, alone=None, **_ANYBODY)

    def own_signed(self, slug: str | None, version: int) -> Callable[[str], str]:
        """Return what leads to the agency's own people in a version of its report."""
        return self.where(slug=slug, signed=version, alone=1, **_ANYBODY)

    def overlap(self, name: str) -> str:
        """Lead to what is taken off because it is counted twice."""
        return self.to(name, overlap=1)

    def between(self, pair: Twice) -> Callable[[str], str]:
        """Return what leads to whom two agencies have in common."""
        return self.where(overlap=1, found=pair.slug, kept=pair.kept_slug)

    def of_year(self, year: int) -> Callable[[str], str]:
        """Return what leads to the same figures in another year."""
        return self.where(year=year)


@lru_cache(maxsize=64)
def _around_slug(links: FigureLinks) -> tuple[str, str]:
    """Return what stands before and after an agency's slug: a page names hundreds of agencies."""
    name, place = "slug=", "-"
    written = links._written(slug=place, alone=1, **_ANYBODY)  # noqa: SLF001
    before, _, after = written.partition(name + place)
    return before + name, after


def figure_links(year: int, **more: Any) -> FigureLinks:
    """Return what makes the addresses of explanations on this page."""
    return FigureLinks(root=root_of_figures(), year=year, **more)


def root_of_figures(*, is_external: bool = False) -> str:
    """Return what the addresses of all explanations of the agency begin with."""
    any_figure = Counted.ELIGIBLE.value
    root = url_for("figures.show", name=any_figure, _external=is_external)
    return root.removesuffix(any_figure)
