"""Shows what a figure is made of, down to the decisions, and holds figures against the dossiers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.boards import Board, Twice, UnitLine
from app.domain.explanations import (
    BY_DECISION,
    WHOLES,
    Cut,
    Explanation,
    Part,
    Stand,
    TakenOff,
    explain_board,
    explain_overlap,
    explain_unit,
)
from app.domain.permissions import Permission
from app.domain.refusals import MissingError
from app.domain.results import Figures, percent
from app.labels import explanations as labels
from app.labels.comparisons import sentences_about, sentences_about_official
from app.persistence.queries.audit_chain import read_at_one_moment
from app.persistence.queries.boards import group_names
from app.persistence.queries.explanations import load_unit_line, ruled_of, stands_of
from app.persistence.queries.periodic import last_reconciled
from app.persistence.queries.results import is_waiting_at
from app.persistence.unit_of_work import unit_of_work
from app.services.comparisons import compare_figures, compare_official
from app.web.access import current_actor, requires
from app.web.figure_links import figure_links
from app.web.figures.asked import Asked
from app.web.figures.official import explain_officially, show_official
from app.web.figures.papers import opened
from app.web.figures.signed import show_signed
from app.web.figures.target import show_target
from app.web.figures.ways import ShownWay


bp = Blueprint("figures", __name__, url_prefix="/figures")
bp.context_processor(lambda: {"shown_way": ShownWay.of_request})


@bp.get("/<name>")
@requires(Permission.BOARD_READ)
def show(name: str) -> ResponseReturnValue:
    """Explain a count or, with ``of``, a share."""
    asked = Asked.of_request(name)
    if asked.version is not None:
        return show_signed(asked, asked.version)
    if asked.target:
        return show_target(asked, asked.target)
    if asked.is_official:
        return show_official(asked)
    board = asked.board()
    unit = load_unit_line(board, asked.unit_id) if asked.unit_id else None
    figures = unit.figures if unit else board.total
    facts = {
        "asked": asked,
        "board": board,
        "unit": unit,
        "links": asked.links,
        "held_at": last_reconciled(),
        "labels": labels,
        "shares": _shares(asked, figures),
        "trail": _trail(asked, unit),
    }
    if asked.whole:
        return render_template("figures/share.html", **facts)
    return render_template(
        "figures/show.html",
        explanation=_explain(asked, board, unit),
        group_words=group_names(asked.filters.year),
        lead=_leads(asked, board),
        **facts,
    )


@bp.post("/<name>")
@requires(Permission.BOARD_READ)
def compare(name: str) -> ResponseReturnValue:
    """Count from the dossiers, here and below, and say which figures are other."""
    asked = Asked.of_request(name)
    if asked.version is not None:
        raise MissingError(asked.version)
    year, by = asked.filters.year, current_actor()
    doubted = asked.agency.id if _is_in_doubt(asked) else None
    with unit_of_work():
        told = (
            sentences_about_official(compare_official(year, by=by))
            if asked.is_official and asked.is_own and not doubted
            else sentences_about(compare_figures(year, by=by, doubted=doubted))
        )
    for sentence, mood in told:
        flash(sentence, mood)
    official = 1 if asked.is_official else None
    return redirect(f"{asked.links.to(name, of=asked.whole, official=official)}#compare", 303)


def _is_in_doubt(asked: Asked) -> bool:
    """Tell whether a figure is not what it is made of, both read at one moment."""
    if asked.whole or asked.target or _explained(asked).sums():
        return False
    with unit_of_work():
        read_at_one_moment()
        return not _explained(asked).sums()


def _explained(asked: Asked) -> Explanation:
    if asked.is_official:
        return explain_officially(asked)
    board = asked.board()
    unit = load_unit_line(board, asked.unit_id) if asked.unit_id else None
    return _explain(asked, board, unit)


def _explain(asked: Asked, board: Board, unit: UnitLine | None) -> Explanation:
    if asked.is_overlap:
        return explain_overlap(board, asked.counted)
    # Of what kind an agency alone is does not matter.
    narrowing = replace(asked.narrowing, kinds=None) if board.is_by_unit else asked.narrowing
    stands = stands_of(narrowing)
    is_ruled = (unit is not None or board.is_by_unit) and asked.counted in BY_DECISION
    ruled = ruled_of(narrowing) if is_ruled else None
    # Asked again after the decisions were read: a change may have come after the board was.
    is_waiting = board.own.is_pending or is_waiting_at(narrowing.key, narrowing.year)
    if unit:
        return explain_unit(unit, asked.counted, stands, ruled or (), is_waiting=is_waiting)
    return explain_board(board, asked.counted, stands, ruled, is_waiting=is_waiting)


def _shares(asked: Asked, figures: Figures) -> list[Mapping[str, Any]]:
    """Return the count as a share of each whole that it is a share of, or of the one asked for."""
    wholes = [asked.whole] if asked.whole else WHOLES.get(asked.counted, ())
    part = asked.counted.of(figures)
    return [
        {
            "of": whole,
            "part": part,
            "whole": whole.of(figures),
            "percent": percent(part, whole.of(figures)),
        }
        for whole in wholes
    ]


def _leads(asked: Asked, board: Board) -> Any:
    """Return where a part leads on to: names are for those who may read them, in their agency."""
    actor = current_actor()
    is_one_agency = asked.is_own and (asked.unit_id is not None or not board.below)
    opens_dossiers = is_one_agency and actor.may(Permission.DOSSIER_READ)

    def lead(cut: Cut, part: Part) -> str | None:
        subject: Any = part.subject
        if cut is Cut.DECISIONS:
            return opened(asked, subject)
        if isinstance(subject, Stand):
            same = {"state": subject.state.value, **_same(asked)}
            return url_for("dossiers.index", **same) if opens_dossiers else None
        return _lead_to_figure(asked, cut, subject)

    return lead


def _lead_to_figure(asked: Asked, cut: Cut, subject: Any) -> str | None:
    links, name = asked.links, asked.counted.value
    if isinstance(subject, TakenOff):
        return links.overlap(name)
    if isinstance(subject, Twice):
        return None if asked.pair else links.between(subject)(name)
    if cut is Cut.UNITS:
        return links.of_unit(subject.id)(name)
    if cut is Cut.GROUPS:
        return links.to(name, group=subject) if asked.filters.group is None else None
    if cut is Cut.KINDS:
        return links.to(name, kind=subject.value, audience=None)
    return links.of_agency(subject.slug)(name) if hasattr(subject, "slug") else None


def _same(asked: Asked) -> dict[str, Any]:
    narrowing = asked.narrowing
    return {"year": narrowing.year, "unit": narrowing.unit_id, "group": narrowing.group}


def _trail(asked: Asked, unit: UnitLine | None) -> list[tuple[str, str | None]]:
    """Lead back up, storey by storey, to the board."""
    filters, name = asked.filters, asked.counted.value
    top = figure_links(filters.year, group=filters.group)
    trail: list[tuple[str, str | None]] = [
        (gettext("Golden board"), url_for("board.index", year=filters.year)),
        (g.agency.name, top.to(name)),
    ]
    if not asked.is_own:
        trail.append((asked.agency.name, top.of_agency(asked.agency.slug)(name)))
    if unit:
        trail.append((unit.name, None))
    return [*trail[:-1], (trail[-1][0], None)]
