"""Explains an official figure: which signed versions it holds, and which reports are missing."""

from functools import partial
from typing import Any

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.boards import Twice
from app.domain.explanations import (
    Cut,
    Explanation,
    OwnPeople,
    Part,
    Signed,
    explain_official,
)
from app.labels import explanations as labels
from app.labels import reports as report_labels
from app.persistence.queries.official_figures import Official, Source, official_of, sources_of
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
        accepted=[one for one in sources if one.version is not None],
        expected=sources,
        missing=[one for one in sources if one.version is None],
        provisional=asked.counted.of(asked.board().total),
        links=asked.links,
        labels=labels,
        report_words=report_labels,
        group_words={},
        lead=partial(_lead, asked),
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
    if source is None or source.version is None:
        return OwnPeople(name)
    return Signed(
        name=source.name, slug=source.slug, version=source.version, hash=source.hash or ""
    )


def _lead(asked: Asked, _cut: Cut, part: Part) -> str | None:
    """Lead on to the figure as the version says it, or to the agency's own decisions."""
    one, name = part.subject, asked.counted.value
    if isinstance(one, Signed):
        return asked.links.signed(one.slug, one.version)(name)
    return asked.links.to(name, alone=1) if isinstance(one, OwnPeople) else None
