"""Shows signed versions as they were signed, hands out their files, and checks a fingerprint.

Whatever is opened is held against its fingerprint first.
"""

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.refusals import MissingError
from app.domain.report_contents import cell_changes, newer_below, require_intact
from app.labels.boards import COLUMNS
from app.persistence.models import ReportSnapshot, Tenant
from app.persistence.queries.reports import (
    accepted_below,
    find_child,
    find_report,
    find_snapshot,
    load_snapshot,
    snapshots_of,
)
from app.web.access import public, requires
from app.web.figure_links import figure_links
from app.web.reports.papers import CODE_LENGTH
from app.web.reports.room import FIGURES, bp, content_of, differences
from app.web.years import chosen_year


_FILES = {
    "paper": ("application/pdf", "pdf"),
    "workbook": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "data": ("application/json", "json"),
}


@bp.get("/own/versions/<int(max=32767):number>")
@requires(Permission.REPORT_READ)
def version(number: int) -> ResponseReturnValue:
    """Show one signed version of the agency's own report."""
    return _show(g.agency, number)


@bp.get("/versions/<int(max=32767):number>/<path:slug>")
@requires(Permission.REPORT_REVIEW)
def version_below(number: int, slug: str) -> ResponseReturnValue:
    """Show one signed version of an agency right below."""
    return _show(find_child(slug), number)


def _show(agency: Tenant, number: int) -> ResponseReturnValue:
    year = chosen_year()
    snapshot = load_snapshot(agency.key, year, number)
    require_intact((snapshot.content.encode(), snapshot.hash))
    before = load_snapshot(agency.key, year, number - 1) if number > 1 else None
    content, report = content_of(snapshot), find_report(agency.key, year)
    earlier = content_of(before) if before else None
    return render_template(
        "reports/version.html",
        year=year,
        whose=agency,
        is_own=agency.id == g.agency.id,
        snapshot=snapshot,
        content=content,
        newest=snapshots_of(agency.key, year)[0],
        counts_above=report is not None and report.accepted_version == number,
        newer=newer_below(content["below"], accepted_below(agency.key, year)),
        before=before,
        differences=differences(earlier["figures"], content["figures"]) if earlier else (),
        cells=cell_changes(earlier["rows"], content["rows"]) if earlier else (),
        figures=FIGURES,
        figure_words=COLUMNS,
        explain=figure_links(year),
    )


@bp.get("/own/files/<kind>/<int(max=32767):number>")
@requires(Permission.REPORT_READ)
def file(kind: str, number: int) -> ResponseReturnValue:
    """Hand out a version of the agency's own report in the bytes that were kept."""
    return _hand_out(g.agency, number, kind)


@bp.get("/files/<kind>/<int(max=32767):number>/<path:slug>")
@requires(Permission.REPORT_REVIEW)
def file_below(kind: str, number: int, slug: str) -> ResponseReturnValue:
    """Hand out a version of an agency right below in the bytes that were kept."""
    return _hand_out(find_child(slug), number, kind)


def _hand_out(agency: Tenant, number: int, kind: str) -> ResponseReturnValue:
    if kind not in _FILES:
        raise MissingError(kind)
    year, (mimetype, suffix) = chosen_year(), _FILES[kind]
    snapshot = load_snapshot(agency.key, year, number)
    asked = _bytes_of(snapshot, kind)
    name = f"bao-cao-{year}-{number}.{suffix}"
    headers = {
        "Content-Type": mimetype,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return asked, 200, headers


def _bytes_of(snapshot: ReportSnapshot, kind: str) -> bytes:
    """Return a file of a version after holding it, and what it says, against what was signed."""
    said = (snapshot.content.encode(), snapshot.hash)
    asked, digest = (
        said if kind == "data" else (getattr(snapshot, kind), getattr(snapshot, f"{kind}_hash"))
    )
    if asked is None or digest is None:
        raise MissingError(kind)
    require_intact(said, (asked, digest))
    return asked


@bp.get("/check")
@public
def check() -> ResponseReturnValue:
    """Tell whoever holds a printed report whether it is the newest; no figures, no names."""
    if g.agency is None:
        abort(404)
    asked = request.args.get("fingerprint", "").strip().lower()
    found = find_snapshot(asked) if len(asked) >= CODE_LENGTH else None
    return render_template(
        "reports/check.html",
        asked=asked,
        snapshot=found,
        newest=_newest(found) if found else None,
        report=find_report(g.agency.key, found.year) if found else None,
    )


def _newest(snapshot: ReportSnapshot) -> ReportSnapshot:
    return snapshots_of(g.agency.key, snapshot.year)[0]
