"""Shows a long way of cutting a figure page by page; what stands on other pages is one sum."""

from dataclasses import dataclass

from app.domain.explanations import Part, Way
from app.web.pagination import Page, address_with, chosen_page


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWay:
    """The parts of a way that are shown; those of the other pages are added up."""

    way: Way
    page: Page

    @classmethod
    def of_request(cls, way: Way) -> "ShownWay":
        """Read from the address which page of this way is wanted: each has pages of its own."""
        return cls(way=way, page=chosen_page(len(way.parts), name=way.cut.value))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts on this page."""
        return self.way.parts[self.page.offset : self.page.last]

    @property
    def elsewhere(self) -> int:
        """How many people the parts on the other pages bring."""
        return self.way.total - sum(part.value for part in self.parts)

    def url(self, number: int) -> str:
        """Return the address of another page of this way."""
        return f"{address_with(**{self.way.cut.value: number})}#{self.anchor}"

    @property
    def anchor(self) -> str:
        """The id of the way on the page."""
        return f"by-{self.way.cut.value}"
