"""Which figure the reader wants explained, out of the address of the page."""

from dataclasses import dataclass
from uuid import UUID

from flask import g, request

from app.domain.boards import Board
from app.domain.explanations import DENOMINATORS, Counted
from app.domain.refusals import MissingError
from app.domain.targets import KINDS_OF, Audience
from app.persistence.models import Tenant
from app.persistence.queries.boards import find_agency_below, load_board
from app.persistence.queries.explanations import Narrowing
from app.web.board.filters import Filters
from app.web.choices import whole_number
from app.web.figure_links import FigureLinks, figure_links
from tenants.schema import TargetName, TenantKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A count, or a share of ``whole``; of an agency with those below it, alone, or of a unit."""

    counted: Counted
    whole: Counted | None
    agency: Tenant
    filters: Filters
    audience: Audience | None
    unit_id: UUID | None
    is_alone: bool
    is_overlap: bool
    pair: tuple[str, str] | None
    is_official: bool
    version: int | None
    target: TargetName | None

    @classmethod
    def of_request(cls, name: str) -> "Asked":
        """Read the address; what is no figure, or of no agency below, is not found."""
        if name not in set(Counted):
            raise MissingError(name)
        slug, of = request.args.get("slug", g.agency.slug), request.args.get("of")
        found = find_agency_below(g.agency.key, slug)
        if found is None:
            raise MissingError(slug)
        return cls(
            counted=Counted(name),
            whole=next((one for one in DENOMINATORS if one == of), None),
            agency=found,
            filters=Filters.of_request(),
            audience=request.args.get("audience", type=Audience),
            unit_id=request.args.get("unit", type=UUID),
            is_alone="alone" in request.args,
            is_overlap="overlap" in request.args,
            pair=_asked_pair(),
            is_official="official" in request.args,
            version=request.args.get("signed", type=whole_number),
            target=request.args.get("target", type=TargetName),
        )

    @property
    def is_own(self) -> bool:
        """Tell whether it is a figure of the reader's own agency, not of one below."""
        return bool(self.agency.id == g.agency.id)

    def whole_board(self) -> Board:
        """Return the board of the agency, or of it alone, with agencies of all kinds."""
        board = load_board(
            self.agency.key,
            self.filters.year,
            group=self.filters.group,
            names_overlaps=self.is_overlap,
        )
        return board.alone() if self.is_alone else board

    def board(self) -> Board:
        """Return the board that the figure stands on."""
        board = self.whole_board()
        if self.is_alone:
            return board
        board = board if self.kinds is None else board.of_kinds(self.kinds)
        return self._between(board) if self.pair else board

    def _between(self, board: Board) -> Board:
        """Narrow what is taken off to two agencies; any that share nobody are not found."""
        narrowed = board.between(*self.pair) if self.pair else board
        if not narrowed.overlaps:
            raise MissingError(self.pair)
        return narrowed

    @property
    def kinds(self) -> frozenset[TenantKind] | None:
        """The kinds of agencies that are counted; None: all of them."""
        if self.is_alone or self.unit_id:
            return None
        kind = self.filters.kind
        if self.audience:
            return KINDS_OF[self.audience]
        return frozenset({kind}) if kind else None

    @property
    def narrowing(self) -> Narrowing:
        """Say to the database whose people are looked at."""
        return Narrowing(
            key=self.agency.key,
            year=self.filters.year,
            group=self.filters.group,
            kinds=self.kinds,
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
            kind=self.filters.kind,
            audience=self.audience,
            unit_id=self.unit_id,
            is_alone=self.is_alone,
            is_overlap=self.is_overlap,
            pair=self.pair,
        )


def _asked_pair() -> tuple[str, str] | None:
    """Return the agency at which people are found and the one at which they are counted."""
    found, kept = request.args.get("found"), request.args.get("kept")
    return (found, kept) if found and kept and "overlap" in request.args else None
