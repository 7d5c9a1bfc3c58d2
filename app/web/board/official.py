"""Puts official figures beside the live ones, where they can be held against each other."""

from app.domain.boards import Board
from app.persistence.models import Tenant
from app.persistence.queries.official_figures import Standing, standing_of
from app.web.board.filters import Filters


def official_beside(
    shown: Tenant, board: Board, filters: Filters, *, is_alone: bool
) -> Standing | None:
    """Return the official figures of an agency with others below; of a part of it there are none.

    Nobody accepts a report by group or by kind of agency.
    """
    if is_alone or filters.group or filters.kind or not board.below:
        return None
    return standing_of(shown.key, filters.year)
