"""Explains an official figure: which signed versions it holds, and which reports are missing."""

from functools import partial
from typing import Any

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.explanations import (
    Cut,
    Explanation,
    OwnPeople,
    Part,
    Signed,
    Twice,
    explain_official,
)
from app.domain.permissions import Permission
from app.labels import explanations as labels
from app.labels import reports as report_labels
from app.persistence.queries.reports import Official, Source, official_of, sources_of
from app.web.access import current_actor
from app.web.figures.asked import Asked


def show_official(asked: Asked) -> ResponseReturnValue:
    """Show an official figure of the reader's agency by version, hash and waiver."""
    year = asked.filters.year
    official, sources = official_of(g.agency.key, year), sources_of(g.agency.key, year)
    return render_template(
        "figures/official.html",
        asked=asked,
        unit=None,
        official=official,
        explanation=_explain(asked, official, sources),
        missing=[one for one in sources if one.version is None],
        provisional=asked.counted.of(asked.board().total),
        links=asked.links,
        labels=labels,
        report_words=report_labels,
        group_words={},
        lead=partial(_lead, year),
        year=year,
        trail=[
            (gettext("Reports"), url_for("reports.index", year=year)),
            (str(labels.NAMES[asked.counted]), None),
        ],
    )


def _explain(asked: Asked, official: Official, sources: Any) -> Explanation:
    known: dict[Any, Source] = {one.agency_id: one for one in sources}
    names = {one.agency_id: one.name for one in sources} | {g.agency.id: g.agency.name}
    brought = [
        (_subject(known.get(part.agency_id), names[part.agency_id]), part.figures)
        for part in official.parts
        if not part.is_overlap
    ]
    twice = [
        (Twice(names[part.agency_id], names[part.kept_at]), part.figures)
        for part in official.parts
        if part.is_overlap
    ]
    return explain_official(asked.counted, official.total, brought, twice)


def _subject(source: Source | None, name: str) -> Signed | OwnPeople:
    if source is None or source.version is None or source.signed_at is None:
        return OwnPeople(name)
    return Signed(
        name=source.name,
        slug=source.slug,
        version=source.version,
        hash=source.hash or "",
        signed_at=source.signed_at,
    )


def _lead(year: int, _cut: Cut, part: Part) -> str | None:
    """Lead to the version as it was signed, for those who review reports."""
    one = part.subject
    if isinstance(one, Signed) and current_actor().may(Permission.REPORT_REVIEW):
        return url_for("reports.version_below", number=one.version, slug=one.slug, year=year)
    return None
