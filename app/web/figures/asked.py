"""Which figure the reader wants explained, out of the address of the page."""

from dataclasses import dataclass
from uuid import UUID

from flask import g, request

from app.domain.boards import Board
from app.domain.explanations import WHOLES, Counted
from app.domain.refusals import MissingError
from app.persistence.models import Tenant
from app.persistence.queries.boards import find_agency_below, load_board
from app.persistence.queries.explanations import Narrowing
from app.web.board.filters import Filters
from app.web.figure_links import FigureLinks, figure_links


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A count, or a share of ``whole``; of an agency with those below it, alone, or of a unit."""

    counted: Counted
    whole: Counted | None
    agency: Tenant
    filters: Filters
    unit_id: UUID | None
    is_alone: bool
    is_overlap: bool

    @classmethod
    def of_request(cls, name: str) -> "Asked":
        """Read the address; what is no figure, or of no agency below, is not found."""
        if name not in set(Counted):
            raise MissingError(name)
        slug, of = request.args.get("slug", g.agency.slug), request.args.get("of")
        found = find_agency_below(g.agency.key, slug)
        if found is None:
            raise MissingError(slug)
        wholes = WHOLES.get(Counted(name), ())
        return cls(
            counted=Counted(name),
            whole=next((one for one in wholes if one == of), None),
            agency=found,
            filters=Filters.of_request(),
            unit_id=request.args.get("unit", type=UUID),
            is_alone="alone" in request.args,
            is_overlap="overlap" in request.args,
        )

    @property
    def is_own(self) -> bool:
        """Tell whether it is a figure of the reader's own agency, not of one below."""
        return bool(self.agency.id == g.agency.id)

    def board(self) -> Board:
        """Return the board that the figure stands on."""
        narrowing = self.narrowing
        board = load_board(
            self.agency.key, narrowing.year, group=narrowing.group, kind=narrowing.kind
        )
        return board.alone() if self.is_alone else board

    @property
    def narrowing(self) -> Narrowing:
        """Say to the database whose people are looked at."""
        return Narrowing(
            key=self.agency.key,
            year=self.filters.year,
            group=self.filters.group,
            kind=None if self.is_alone or self.unit_id else self.filters.kind,
            unit_id=self.unit_id,
            is_alone=self.is_alone,
        )

    @property
    def links(self) -> FigureLinks:
        """Lead on from here to the parts."""
        narrowing = self.narrowing
        return figure_links(
            narrowing.year,
            slug=None if self.is_own else self.agency.slug,
            group=narrowing.group,
            kind=narrowing.kind,
            unit_id=self.unit_id,
            is_alone=self.is_alone,
        )
