"""Explains a figure of a signed version: what it was made of when it was signed.

Whoever reads the board may follow an official figure into the versions that count; one that does
not count is for those who read reports, or review them.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.explanations import Cut, Explanation, OwnPeople, Part, Signed
from app.domain.permissions import Permission
from app.domain.refusals import MissingError
from app.domain.report_contents import require_intact
from app.domain.reports import ReportState
from app.domain.signed_figures import explain_signed, explain_signed_own
from app.labels import explanations as labels
from app.persistence.queries.boards import group_names
from app.persistence.queries.explanations import ruled_when_signed
from app.persistence.queries.reports import children_of, find_report, load_snapshot
from app.web.access import current_actor
from app.web.figures.asked import Asked
from app.web.figures.papers import opened
from app.web.reports.room import content_of


def show_signed(asked: Asked, version: int) -> ResponseReturnValue:
    """Show what a figure of a version was made of, held against its hash first."""
    year, agency = asked.filters.year, asked.agency
    _require_may_open(asked, version)
    snapshot = load_snapshot(agency.key, year, version)
    require_intact((snapshot.content.encode(), snapshot.hash))
    content = content_of(snapshot)
    return render_template(
        "figures/signed.html",
        asked=asked,
        unit=None,
        snapshot=snapshot,
        content=content,
        waived=[one for one in content["below"] if one["state"] == ReportState.WAIVED],
        explanation=_explain(asked, version, content),
        version_url=_version_url(asked, version),
        labels=labels,
        group_words=group_names(year),
        lead=partial(_lead, asked),
        trail=_trail(asked),
    )


def _explain(asked: Asked, version: int, content: Mapping[str, Any]) -> Explanation:
    agency = asked.agency
    ruled = ruled_when_signed(agency.id, asked.filters.year, version)
    if asked.is_alone:
        return explain_signed_own(content, asked.counted, ruled=ruled)
    slugs = {str(one.id): one.slug for one in children_of(agency.key)}
    return explain_signed(content, asked.counted, slugs=slugs, ruled=ruled)


def _require_may_open(asked: Asked, version: int) -> None:
    report = find_report(asked.agency.key, asked.filters.year)
    counts = report is not None and report.accepted_version == version
    if not counts and not _reads_versions(asked):
        raise MissingError(version)


def _reads_versions(asked: Asked) -> bool:
    may = current_actor().may
    return may(Permission.REPORT_READ) if asked.is_own else may(Permission.REPORT_REVIEW)


def _version_url(asked: Asked, version: int) -> str | None:
    """Lead to the whole version; of agencies below, only those right below hand theirs in here."""
    year, agency = asked.filters.year, asked.agency
    if not _reads_versions(asked):
        return None
    if asked.is_own:
        return url_for("reports.version", number=version, year=year)
    if agency.parent_id != g.agency.id:
        return None
    return url_for("reports.version_below", number=version, slug=agency.slug, year=year)


def _lead(asked: Asked, _cut: Cut, part: Part) -> str | None:
    one, name = part.subject, asked.counted.value
    if isinstance(one, Signed) and one.slug:
        return asked.links.signed(one.slug, one.version)(name)
    if isinstance(one, OwnPeople) and asked.version:
        slug = None if asked.is_own else asked.agency.slug
        return asked.links.own_signed(slug, asked.version)(name)
    return opened(asked, one)


def _trail(asked: Asked) -> list[tuple[str, str | None]]:
    year, name = asked.filters.year, asked.counted.value
    official = asked.links.to(name, slug=None, official=1)
    return [
        (gettext("Reports"), url_for("reports.index", year=year)),
        (str(labels.NAMES[asked.counted]), official),
        (asked.agency.name, None),
    ]
