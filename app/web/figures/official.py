"""Explains an official figure: which versions and decisions it holds, and what is missing."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.boards import Twice, total_of
from app.domain.explanations import (
    Cut,
    Explanation,
    OwnPeople,
    Part,
    Signed,
    explain_official,
    explain_own,
)
from app.labels import explanations as labels
from app.labels import reports as report_labels
from app.persistence.queries.explanations import Narrowing, ruled_of
from app.persistence.queries.official_figures import Official, Source, official_of, sources_of
from app.persistence.queries.results import is_waiting_at
from app.web.figures.asked import Asked
from app.web.figures.papers import opened


def show_official(asked: Asked) -> ResponseReturnValue:
    """Show an official figure of an agency by version, hash and waiver, or by its own decisions."""
    year, key = asked.filters.year, asked.agency.key
    official, sources = official_of(key, year), sources_of(key, year)
    return render_template(
        "figures/official.html",
        asked=asked,
        unit=None,
        official=official,
        explanation=_explain(asked, official, sources),
        accepted=[one for one in sources if one.version is not None],
        expected=sources,
        missing=[one for one in sources if one.version is None],
        provisional=None if asked.is_alone else asked.counted.of(asked.board().total),
        links=asked.links,
        labels=labels,
        report_words=report_labels,
        group_words={},
        lead=partial(_lead, asked),
        trail=_trail(asked),
    )


def explain_officially(asked: Asked) -> Explanation:
    """Explain an official figure of an agency, or what its own decisions bring to it."""
    year, key = asked.filters.year, asked.agency.key
    return _explain(asked, official_of(key, year), sources_of(key, year))


def _explain(asked: Asked, official: Official, sources: Sequence[Source]) -> Explanation:
    return (_explain_own if asked.is_alone else _explain_all)(asked, official, sources)


def _explain_own(asked: Asked, official: Official, sources: Sequence[Source]) -> Explanation:
    """Explain which decisions of the agency itself it holds; where none stands below, none.

    They are counted together with its other figures, whenever a change there waits.
    """
    key, year = asked.agency.key, asked.filters.year
    own = [one for one in official.parts if one.agency_id == asked.agency.id]
    brought = total_of(one.figures for one in own if not one.is_overlap)
    ruled = ruled_of(Narrowing(key=key, year=year)) if sources else ()
    return explain_own(asked.counted, brought, ruled, is_waiting=is_waiting_at(key, year))


def _trail(asked: Asked) -> list[tuple[str, str | None]]:
    name = str(labels.NAMES[asked.counted])
    trail: list[tuple[str, str | None]] = [
        (gettext("Reports"), url_for("reports.index", year=asked.filters.year))
    ]
    if not asked.is_alone:
        return [*trail, (name, None)]
    return [*trail, (name, asked.links.official(asked.counted.value)), (asked.agency.name, None)]


def _explain_all(asked: Asked, official: Official, sources: Sequence[Source]) -> Explanation:
    known: dict[Any, Source] = {one.agency_id: one for one in sources}
    names = {one.agency_id: one.name for one in sources} | {asked.agency.id: asked.agency.name}
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
    """Lead on to the figure as the version says it, and to the agency's own decisions."""
    one, name = part.subject, asked.counted.value
    if isinstance(one, Signed):
        return asked.links.signed(one.slug, one.version)(name)
    return asked.links.own_official(name) if isinstance(one, OwnPeople) else opened(asked, one)
