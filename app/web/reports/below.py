"""Shows which reports have come from below, and lets them be reviewed, returned and waived."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.expected_reports import open_changes
from app.domain.permissions import Permission
from app.domain.refusals import MissingError, RefusedError
from app.domain.report_contents import Staleness, cell_changes
from app.domain.report_standings import AWAITED, PICKS
from app.domain.reports import (
    MOVES,
    TO_REVIEW,
    Expectation,
    ReportEvent,
    ReportTimeliness,
    Side,
    last_day_before,
)
from app.labels.boards import COLUMNS
from app.labels.reports import ASKS
from app.persistence.clock import today, transaction_time
from app.persistence.models import ExpectedChange
from app.persistence.queries.boards import load_board
from app.persistence.queries.expected_reports import (
    changes_by,
    changes_of,
    closing_moves,
    closing_of,
    expected_by,
    frozen_at,
    is_wanted,
)
from app.persistence.queries.extensions import extensions_of, requests_of, requests_waiting
from app.persistence.queries.official_figures import Source, official_of, sources_of
from app.persistence.queries.report_rows import rows_now, staleness_below
from app.persistence.queries.reports import (
    ReportBelow,
    children_of,
    events_of,
    find_child,
    find_report,
    reports_below,
    snapshots_of,
)
from app.services.expected_reports import place_of
from app.services.report_reviews import review_report
from app.web.access import current_actor, requires
from app.web.figure_links import figure_links
from app.web.refused import problems_of, refusal_of, status_of
from app.web.reports.consequences import consequences_of
from app.web.reports.forms import ActForm
from app.web.reports.own import own
from app.web.reports.room import (
    FIGURES,
    bp,
    closing_ends,
    content_of,
    events_open,
    may_unclose,
    no_year,
    review_ends,
    revision_of,
    state_of,
)
from app.web.years import chosen_year


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """An agency right below: its report, its dates, and what changed since it signed.

    ``change`` is how it came onto the frozen list, or why it is no longer on it.
    """

    below: ReportBelow
    expected: Expectation | None
    timeliness: ReportTimeliness | None
    days_left: int | None
    stale: Staleness
    change: ExpectedChange | None

    @property
    def is_stranger(self) -> bool:
        """Tell whether nobody has said yet what is expected of it."""
        return self.expected is None and self.change is None

    @property
    def is_to_review(self) -> bool:
        """Tell whether it is the turn of the agency above."""
        return self.below.state in TO_REVIEW

    @property
    def is_left(self) -> bool:
        """Tell whether it is expected, and can hand in nothing: it was suspended meanwhile."""
        return self.timeliness in AWAITED and self.below.agency.is_suspended


@bp.get("/")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    """Show what has come from below; an agency with nobody below sees its own report."""
    if not children_of(g.agency.key):
        return own()
    year, asked = chosen_year(), request.args.get("standing", "")
    lines, is_waiting = _lines(year), request.args.get("only") == "to-review"
    official, board = official_of(g.agency.key, year), load_board(g.agency.key, year)
    names = {one.below.agency.id: one.below.agency.name for one in lines}
    return render_template(
        "reports/index.html",
        year=year,
        lines=[
            one
            for one in lines
            if one.timeliness in PICKS.get(asked, {one.timeliness})
            and (one.is_to_review or not is_waiting)
        ],
        is_waiting=is_waiting,
        asked=asked,
        every=lines,
        strangers=[one for one in lines if one.is_stranger],
        changed=[one for one in lines if one.change],
        waiting=requests_waiting(),
        left=[one for one in lines if one.is_left],
        frozen_at=frozen_at(g.agency.key, year),
        no_year=no_year(year),
        closing=_closing_day(year),
        moves=closing_moves(g.agency.key, year),
        counts={pick: sum(one.timeliness in held for one in lines) for pick, held in PICKS.items()},
        sources=_sources(lines, year),
        stale=[one for one in lines if one.stale.is_stale],
        official=official,
        board=board,
        names={**names, g.agency.id: g.agency.name},
        may_review=current_actor().may(Permission.REPORT_REVIEW),
        may_unclose=any(may_unclose(one.below.report) for one in lines),
        has_above=g.agency.parent_id is not None,
        figures=FIGURES,
        figure_words=COLUMNS,
        explain=figure_links(year),
    )


def _closing_day(year: int) -> date | None:
    closes_at = closing_of(g.agency.key, year)
    return last_day_before(closes_at) if closes_at else None


def _lines(year: int) -> Sequence[ReportLine]:
    below, expected = reports_below(g.agency.key, year), expected_by(g.agency.key, year)
    stale = staleness_below(g.agency.key, year)
    changes = _last_changes(year)
    return [
        _line(
            one,
            expected.get(one.agency.id),
            stale.get(one.agency.id, Staleness()),
            changes.get(one.agency.id),
        )
        for one in below
    ]


def _sources(lines: Sequence[ReportLine], year: int) -> Sequence[Source]:
    """Return who brings what to the official figures: those on the list, and whoever counts."""
    is_frozen = any(one.expected for one in lines)
    listed = {one.below.agency.id for one in lines if one.expected or not is_frozen}
    found = sources_of(g.agency.key, year)
    return [one for one in found if one.agency_id in listed or one.version]


def _last_changes(year: int) -> Mapping[UUID, ExpectedChange]:
    # The newest comes first, and is kept last.
    return {one.agency_id: one for one in reversed(changes_by(g.agency.key, year))}


def _line(
    below: ReportBelow,
    expected: Expectation | None,
    stale: Staleness,
    change: ExpectedChange | None,
) -> ReportLine:
    standing = below.standing(expected, transaction_time()) if expected else None
    is_awaited = standing is not None and standing.timeliness in AWAITED
    return ReportLine(
        below=below,
        expected=expected,
        timeliness=standing.timeliness if standing else None,
        days_left=-standing.days_over if standing and is_awaited else None,
        stale=stale,
        change=change,
    )


@bp.get("/below/<path:slug>")
@requires(Permission.REPORT_REVIEW)
def agency(slug: str) -> ResponseReturnValue:
    """Show the report of one agency right below: figures, hash, versions, events."""
    year, child = chosen_year(), find_child(slug)
    report, versions = find_report(child.key, year), snapshots_of(child.key, year)
    last, rows = versions[0] if versions else None, rows_now([child.id], year)[child.id]
    expected, wanted = expected_by(g.agency.key, year).get(child.id), is_wanted(child.key, year)
    can, events = events_open(report, Side.PARENT, is_wanted=wanted), events_of(child.key, year)
    if events and events[0].actor_account_id != current_actor().account_id:
        # Who began a review ends it without a result, and nobody else.
        can.discard(ReportEvent.RELEASE.value)
    return render_template(
        "reports/agency.html",
        year=year,
        child=child,
        report=report,
        state=state_of(report),
        review_ends=review_ends(report),
        closing_ends=closing_ends(report),
        today=today(),
        versions=versions,
        last=last,
        content=content_of(last) if last else None,
        stale=staleness_below(child.key, year).get(child.id),
        cells=cell_changes(content_of(last)["rows"], rows) if last else (),
        events=events,
        expected=expected,
        extensions=extensions_of(child.key, year),
        requests=requests_of(child.key, year),
        moves=closing_moves(g.agency.key, year),
        changes=changes_of(child.key, year),
        may_become=open_changes(place_of(child, year)),
        is_wanted=wanted,
        above=g.agency.name,
        can=[one for one in ASKS if one.value in can],
        figures=FIGURES,
        figure_words=COLUMNS,
        explain=figure_links(year),
    )


@bp.route("/acts/<kind>/<path:slug>", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def act(kind: str, slug: str) -> ResponseReturnValue:
    """Say what an act brings about, then do it."""
    child, year = find_child(slug), chosen_year()
    event = _event(kind)
    form = ActForm(None, revision=revision_of(find_report(child.key, year)))
    refusal: RefusedError | None = None
    if form.was_submitted():
        refusal = refusal_of(
            lambda: review_report(
                slug,
                year,
                event,
                revision=form.revision.data or 0,
                reason=form.reason.data or "",
                items=form.named() if event is ReportEvent.RETURN else (),
                by=current_actor(),
            )
        )
        if refusal is None:
            return redirect(url_for("reports.agency", slug=slug, year=year), 303)
    page = render_template(
        "reports/act.html",
        year=year,
        event=event,
        title=gettext("%(act)s: %(agency)s", act=ASKS[event], agency=child.name),
        needs_reason=MOVES[event].needs_reason,
        will=consequences_of(event, child, year),
        form=form,
        back_url=url_for("reports.agency", slug=slug, year=year),
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, 422 if form.errors else status_of(refusal)


def _event(kind: str) -> ReportEvent:
    asked = {one.value: one for one in ASKS}
    if kind not in asked or MOVES[asked[kind]].side is not Side.PARENT:
        raise MissingError(kind)
    return asked[kind]
