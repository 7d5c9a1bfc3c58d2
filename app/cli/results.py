"""Shows the rolled-up figures of an agency, and proves them against the dossiers."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext

from app.domain.boards import Board, total_of
from app.domain.overlaps import Place, Standing, find_overlaps
from app.domain.results import Figures
from app.domain.tenants import TenantKey
from app.persistence.models import Tenant
from app.persistence.queries.boards import load_board
from app.persistence.queries.overlaps import (
    lines_below,
    overlaps_below,
    precedence_in,
    standings_counted_directly,
)
from app.persistence.queries.results import (
    Difference,
    count_marks,
    differences,
    figures_counted_directly,
)
from app.persistence.queries.tenants import find_tenant, tenants_below
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_result


_SHOWN = ("eligible", "registered", "self_assessed", "appraised", "recognised", "outstanding")
_OVERLAP = "counted in two agencies"
_YEAR = click.option("--year", type=click.IntRange(2020, 2100), required=True)


@click.group()
def results() -> None:
    """Show or recompute the figures of an agency."""


@results.command()
@click.argument("tenant")
@_YEAR
@click.option("--json", "is_json", is_flag=True, help="Write JSON, with every figure.")
@with_appcontext
def show(*, tenant: str, year: int, is_json: bool) -> None:
    """Show the figures of the agency at TENANT and of everything below it."""
    agency = _find(tenant)
    with tenant_scope(agency.key):
        board = load_board(agency.key, year)
    if is_json:
        click.echo(json.dumps(_document(board), ensure_ascii=False, indent=2))
        return
    click.echo("\t".join(("", *_SHOWN)))
    for name, figures in _named(board):
        counts = asdict(figures)
        click.echo("\t".join((name, *(str(counts[column]) for column in _SHOWN))))


@results.command()
@click.argument("tenant")
@_YEAR
@click.option("--compare", is_flag=True, help="Compare with a direct count of the dossiers.")
@with_appcontext
def recompute(*, tenant: str, year: int, compare: bool) -> None:
    """Recompute the figures of the agency at TENANT and of everything below it.

    With --compare, the figures that stood there and the new ones are both held against the
    dossiers; changes that wait for a worker are no error. Ends with 1 if anything differs.
    """
    agency = _find(tenant)
    with tenant_scope(agency.key):
        slugs = {one.key: one.slug for one in (agency, *tenants_below(agency.key))}
    found = _compare_overlaps(agency, slugs, year) if compare else []
    found += [
        f"{slug}: {sentence}"
        for key, slug in slugs.items()
        for sentence in _renew(key, year, compare=compare)
    ]
    click.echo(f"{len(slugs)} agencies recomputed")
    if compare:
        found += _compare_overlaps(agency, slugs, year)
        _report(found + _compare_total(agency, slugs, year))


def _report(found: Sequence[str]) -> None:
    for sentence in found:
        click.echo(sentence)
    click.echo(f"difference: {len(found)}")
    if found:
        raise click.exceptions.Exit(1)


def _renew(key: TenantKey, year: int, *, compare: bool) -> list[str]:
    """Recompute one agency; return what differed before, unless a change waited, and after."""
    with tenant_scope(key), unit_of_work():
        before = [] if not compare or count_marks(year) else differences(year)
        recompute_result(year, is_forced=True)
    with tenant_scope(key):
        after = [] if not compare or count_marks(year) else differences(year)
    return [*_sentences("stood", before), *_sentences("recomputed", after)]


def _sentences(when: str, found: Iterable[Difference]) -> list[str]:
    return [
        f"{one.unit}, group {one.group}, {one.state}{one.outcome and ' '}{one.outcome}:"
        f" {one.rolled_up} {when}, {one.counted} counted"
        for one in found
    ]


def _compare_overlaps(agency: Tenant, line: Iterable[TenantKey], year: int) -> list[str]:
    """Hold who is counted elsewhere against all dossiers, unless a change waits."""
    twice = _counted_twice(agency, line, year)
    with tenant_scope(agency.key):
        board, stored = load_board(agency.key, year), overlaps_below(agency.key, year)
    if board.pending:
        return []
    slugs = {one.id: one.slug for one in (board.own, *board.below)}
    return [
        f"{slugs[place.agency]}, group {place.group}, counted at {slugs[place.kept_at]}:"
        f" {stored.get(place)} stood, {twice.get(place)} counted"
        for place in sorted(stored.keys() | twice.keys())
        if stored.get(place) != twice.get(place)
    ]


def _compare_total(agency: Tenant, line: Iterable[TenantKey], year: int) -> list[str]:
    """Hold what the board of ``agency`` adds up to against all dossiers, counted one by one."""
    counted = Figures()
    for key in line:
        with tenant_scope(key):
            counted += figures_counted_directly(year)
    counted -= total_of(_counted_twice(agency, line, year).values())
    with tenant_scope(agency.key):
        board = load_board(agency.key, year)
    if board.pending or board.total == counted:
        return []
    return [f"{agency.slug}: {board.total} on the board, {counted} counted"]


def _counted_twice(agency: Tenant, line: Iterable[TenantKey], year: int) -> Mapping[Place, Figures]:
    standings: list[Standing] = []
    for key in line:
        with tenant_scope(key):
            standings += standings_counted_directly(year)
    with tenant_scope(agency.key):
        first = precedence_in(year).first
        found = find_overlaps(standings, lines_below(agency.key), first)
    return {place: Figures.of(tallies) for place, tallies in found.items()}


def _find(slug: str) -> Tenant:
    found = find_tenant(slug)
    if found is None:
        raise click.ClickException(f"there is no agency {slug!r}")
    return found


def _named(board: Board) -> list[tuple[str, Figures]]:
    return [
        *((line.name, line.figures) for line in board.below),
        *((unit.name, unit.figures) for unit in board.units),
        *((f"group {group}", figures) for group, figures in board.by_group.items()),
        (board.own.name, board.own.figures),
        *([(_OVERLAP, Figures() - board.overlap)] if board.overlaps else []),
        ("total", board.total),
    ]


def _document(board: Board) -> dict[str, Any]:
    return {
        "agency": board.own.slug,
        "year": board.year,
        "as_of": _moment(board.as_of),
        "pending": [line.slug for line in board.pending],
        "own": asdict(board.own.figures),
        "overlap": asdict(board.overlap),
        "total": asdict(board.total),
        "by_group": {str(group): asdict(of) for group, of in board.by_group.items()},
        "units": [
            {"id": str(unit.id), "name": unit.name} | _counted(unit.figures, unit.by_group)
            for unit in board.units
        ],
        "agencies": [
            {"slug": line.slug, "name": line.name, "computed_at": _moment(line.computed_at)}
            | _counted(line.figures, line.by_group)
            for line in board.below
        ],
    }


def _counted(figures: Figures, by_group: Any) -> dict[str, Any]:
    return {
        "figures": asdict(figures),
        "by_group": {str(group): asdict(of) for group, of in sorted(by_group.items())},
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
