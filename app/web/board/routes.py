"""Shows the golden board: of the agency itself and, above others, of each agency below it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.boards import Board
from app.domain.explanations import Counted
from app.domain.pace import FEWEST_DAYS
from app.domain.permissions import Permission
from app.domain.refusals import MissingError
from app.labels.boards import KINDS, describe_share
from app.persistence.models import Tenant
from app.persistence.queries.boards import (
    find_agency_below,
    group_names,
    load_board,
    years_known,
)
from app.persistence.queries.overlaps import precedence_in
from app.web.access import current_actor, requires
from app.web.board import pictures
from app.web.board.cells import Cells
from app.web.board.columns import in_order
from app.web.board.filters import Filters
from app.web.board.official import official_beside
from app.web.board.targets import targets_of
from app.web.figure_links import FigureLinks, figure_links
from app.web.language import show_decimal, show_number, show_percent
from app.web.pagination import chosen_page
from tenants.schema import Denominator


bp = Blueprint("board", __name__, url_prefix="/board")
# What an address asks for to have the whole table on one page.
_TABLE = "agencies"


@bp.get("/")
@requires(Permission.BOARD_READ)
def index() -> ResponseReturnValue:
    """Show every agency below; where there is none, the agency's own units."""
    return _show(g.agency)


@bp.get("/agencies/<path:slug>")
@requires(Permission.BOARD_READ)
def agency(slug: str) -> ResponseReturnValue:
    """Show the counts of one agency below; any other is not found."""
    found = _find_below(slug)
    if found.id == g.agency.id:
        return redirect(Filters.of_request().url("board.index"))
    return _show(found)


@bp.get("/units")
@requires(Permission.BOARD_READ)
def units() -> ResponseReturnValue:
    """Show the units of the agency itself, leaving those below it aside."""
    return _show(g.agency, is_alone=True)


@bp.get("/as-of")
@requires(Permission.BOARD_READ)
def as_of() -> ResponseReturnValue:
    """Answer a page that waits for figures still being recomputed."""
    found = _find_below(request.args.get("slug", g.agency.slug))
    filters = Filters.of_request()
    board = load_board(found.key, filters.year, names_overlaps=False)
    return render_template(
        "board/as_of.html", board=board, filters=filters, is_answer=True, board_home=g.agency.id
    )


def _find_below(slug: str) -> Tenant:
    found = find_agency_below(g.agency.key, slug)
    if found is None:
        raise MissingError(slug)
    return found


def _show(shown: Tenant, *, is_alone: bool = False) -> ResponseReturnValue:
    filters = Filters.of_request()
    board = load_board(
        shown.key, filters.year, group=filters.group, kind=filters.kind, names_overlaps=False
    )
    if is_alone:
        board = board.alone()
    # A target is for everybody together: held against one group, it would say nothing.
    targets = None if filters.group else targets_of(board, shown.key, is_alone=is_alone)
    aims = targets.origin.targets if targets else ()
    addresses = _addresses(board, filters)
    explain = _explain(shown, filters, is_alone=is_alone)
    order = partial(in_order, column=filters.sort, is_descending=filters.is_descending)
    agencies = order(board.lines) if board.below else []
    page = chosen_page(len(agencies), size=max(len(agencies), 1) if filters.whole == _TABLE else 50)
    cells = Cells()
    return render_template(
        "board/index.html",
        board=board,
        filters=filters,
        is_own=shown.id == g.agency.id,
        agencies=agencies[page.offset : page.last],
        page=page,
        page_url=filters.page_url,
        units=order(board.units) if not board.below else (),
        agency_url=lambda line: addresses[line.id],
        unit_url=partial(_unit_url, filters, is_own=shown.id == g.agency.id),
        targets=targets,
        fewest_days=FEWEST_DAYS,
        decimal=show_decimal,
        may_set_targets=_may_set_targets(is_own=shown.id == g.agency.id),
        plots=list(
            pictures.plots_by_kind(
                board,
                aims,
                lambda line: {"url": addresses[line.id], "lead": explain.of_agency(line.slug)},
                whole=filters.whole,
            )
        ),
        points=pictures.trend(board.years, explain.of_year),
        standing=cache(pictures.standing),
        report_standing=cache(pictures.report_standing),
        standings=pictures.reports_counted(board, filters),
        last_days=pictures.last_days(board),
        latecomers=pictures.latecomers(board),
        tree=_tree(board, filters, addresses, explain),
        choices=_choices(shown, board, filters),
        share=_share,
        cells=cells,
        counted=precedence_in(filters.year) if board.overlaps else None,
        explain=explain,
        official=official_beside(shown, board, filters, is_alone=is_alone),
        board_home=g.agency.id,
        trail=_trail(shown, filters, is_alone=is_alone),
        may_export=_may_export(is_own=shown.id == g.agency.id),
    )


def _explain(shown: Tenant, filters: Filters, *, is_alone: bool) -> FigureLinks:
    return figure_links(
        filters.year,
        slug=None if shown.id == g.agency.id else shown.slug,
        group=filters.group,
        kind=filters.kind,
        is_alone=is_alone,
    )


def _share(part: int, whole: int, of: str) -> str | None:
    """Write a share with its denominator; None where there is nobody to take it of."""
    value = pictures.share(part, whole)
    return None if value is None else describe_share(show_percent(value), Denominator(of))


def _addresses(board: Board, filters: Filters) -> Mapping[UUID, str]:
    """Return where each agency's name leads; hundreds are only put together."""
    mark = "agencies/-"
    before, _, after = filters.url("board.agency", slug="-", kind=None).rpartition(mark)
    own = {g.agency.id: filters.url("board.units")}
    return {
        line.id: f"{before}agencies/{quote(line.slug)}{after}" for line in (board.own, *board.below)
    } | own


def _unit_url(filters: Filters, unit_id: Any, *, is_own: bool) -> str | None:
    """Lead on to a unit's dossiers, which only their own agency may open."""
    may_open = is_own and current_actor().may(Permission.DOSSIER_READ)
    if may_open and "dossiers.index" in current_app.view_functions:
        return url_for("dossiers.index", unit=unit_id, year=filters.year)
    return None


def _tree(
    board: Board, filters: Filters, addresses: Mapping[UUID, str], explain: FigureLinks
) -> list[dict[str, Any]]:
    """Return the agencies by kind, each with how many people it has recognised."""
    if not board.below:
        return []
    return [
        {
            "label": str(KINDS[kind]),
            "is_open": kind is filters.kind,
            "children": [
                Leaf(
                    label=line.name,
                    url=addresses[line.id],
                    tally=show_number(line.figures.recognised),
                    figure=Counted.RECOGNISED.value,
                    lead=explain.of_agency(line.slug)(Counted.RECOGNISED.value),
                )
                for line in board.lines
                if line.kind is kind
            ],
        }
        for kind in board.by_kind
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """An agency in the tree; there are hundreds, and templates are slow to ask dictionaries."""

    label: str
    url: str
    tally: str
    figure: str
    lead: str
    children: tuple[()] = ()
    is_current: bool = False


def _choices(shown: Tenant, board: Board, filters: Filters) -> dict[str, Any]:
    """Return what each filter offers, what is chosen included."""
    years = {*years_known(shown.key), filters.year}
    return {
        "years": sorted(years, reverse=True),
        "groups": group_names(filters.year),
        "kinds": {kind: KINDS[kind] for kind in board.kinds} if board.below else {},
    }


def _trail(shown: Tenant, filters: Filters, *, is_alone: bool) -> list[tuple[str, str | None]]:
    top = (gettext("Golden board"), filters.url("board.index"))
    if is_alone:
        return [top, (gettext("The agency's own units"), None)]
    return [top, (shown.name, None)] if shown.id != g.agency.id else []


def _may_export(*, is_own: bool) -> bool:
    can_go = "exports.create" in current_app.view_functions
    return is_own and can_go and current_actor().may(Permission.EXPORT_RUN)


def _may_set_targets(*, is_own: bool) -> bool:
    return is_own and current_actor().may(Permission.SETTINGS_EDIT)
