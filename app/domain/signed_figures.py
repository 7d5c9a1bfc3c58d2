"""Explains a figure of a signed version out of what the version itself says, and nothing else.

What the agency looks like today does not matter: units, versions from below and whoever was found
in two of them are read from the text that was signed.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar
from uuid import UUID

from app.domain.boards import Twice, UnitLine
from app.domain.dossiers import Outcome, State
from app.domain.explanations import (
    BY_DECISION,
    Counted,
    Cut,
    Explanation,
    OwnPeople,
    Part,
    Ruled,
    Signed,
    Subject,
    Way,
    by_decision,
    by_state,
    cut_into,
)
from app.domain.report_contents import COUNTS, Row
from app.domain.results import Figures, Tally


K = TypeVar("K", bound=Hashable)


def signed_figures(content: Mapping[str, Any]) -> Figures:
    """Return the figures of a signed version as it says them."""
    said = content["figures"]
    return Figures(**{one.name: said.get(one.name, 0) for one in fields(Figures)})


def explain_signed(
    content: Mapping[str, Any],
    counted: Counted,
    *,
    slugs: Mapping[str, str],
    ruled: Iterable[Ruled],
) -> Explanation:
    """Explain a figure of a version: by versions from below, or by units and by decision.

    ``slugs`` are the addresses of agencies below by their ids; ``ruled`` are the agency's own
    people by the decision that was in force when it signed.
    """
    value = counted.of(signed_figures(content))
    if not content["parts"]:
        return _explain_rows(content["rows"], counted, value, ruled)
    way = _by_version(content, counted, slugs)
    return _explanation(content["parts"], counted, value, [way])


def explain_signed_own(
    content: Mapping[str, Any], counted: Counted, *, ruled: Iterable[Ruled]
) -> Explanation:
    """Explain what the agency's own people bring to a version with others below it.

    Those taken off the version because another agency counts them are not among ``ruled``.
    """
    below = {one["id"] for one in content["below"]}
    own = [row for row in content["parts"] if row["agency"] not in below]
    brought, left = (
        counted.of(Figures.of(_tally(row) for row in own if row["is_overlap"] in taken))
        for taken in ((False,), (False, True))
    )
    return _explain_rows(content["rows"], counted, brought, ruled, elsewhere=brought - left)


def _explain_rows(
    rows: Sequence[Row],
    counted: Counted,
    value: int,
    ruled: Iterable[Ruled],
    *,
    elsewhere: int = 0,
) -> Explanation:
    ways = [cut_into(Cut.UNITS, _units(rows), counted)]
    if counted in BY_DECISION:
        ways.append(by_decision(ruled, counted, value, elsewhere=elsewhere))
    return _explanation(rows, counted, value, ways)


def _explanation(
    rows: Sequence[Row], counted: Counted, value: int, ways: Sequence[Way]
) -> Explanation:
    by_group = cut_into(Cut.GROUPS, _gathered(rows, lambda row: int(row["group"])), counted)
    reached = by_state([_tally(row) for row in rows], lambda one: counted.of(Figures.of([one])))
    ways = (*ways, by_group, Way(Cut.STATES, reached))
    return Explanation(counted=counted, value=value, ways=ways)


def _by_version(content: Mapping[str, Any], counted: Counted, slugs: Mapping[str, str]) -> Way:
    held = {one["id"]: one for one in content["below"]}
    own = OwnPeople(content["agency"]["name"], is_decided_only=False)

    def source(row: Row) -> Signed | OwnPeople:
        one = held.get(row["agency"])
        if one is None:
            return own
        return Signed(
            name=one["name"],
            slug=slugs.get(one["id"], ""),
            version=one["version"],
            hash=one["hash"],
        )

    def pair(row: Row) -> Twice:
        return Twice(_name(source(row)), _name(source({"agency": row["kept_at"]})))

    brought = _gathered([row for row in content["parts"] if not row["is_overlap"]], source)
    taken = _gathered([row for row in content["parts"] if row["is_overlap"]], pair)
    way = cut_into(Cut.REPORTS, brought, counted)
    off = tuple(Part(one, counted.of(of)) for one, of in taken if counted.of(of))
    return Way(Cut.REPORTS, way.parts + off, way.silent)


def _name(one: Signed | OwnPeople) -> str:
    return one.name


def _units(rows: Iterable[Row]) -> list[tuple[Subject, Figures]]:
    found = _gathered(rows, lambda row: (row["unit_id"], row["unit"]))
    return [(UnitLine(id=UUID(unit), name=name, sort_key=""), of) for (unit, name), of in found]


def _gathered(rows: Iterable[Row], subject: Callable[[Row], K]) -> list[tuple[K, Figures]]:
    """Add rows up by what they are about, in the order in which they come."""
    found: dict[K, Figures] = {}
    for row in rows:
        one = subject(row)
        found[one] = found.get(one, Figures()) + Figures.of([_tally(row)])
    return list(found.items())


def _tally(row: Row) -> Tally:
    """Return a row as a tally; whoever is counted elsewhere is taken off."""
    sign = -1 if row.get("is_overlap") else 1
    return Tally(
        state=State(row["state"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        **{name: sign * int(row[name]) for name in COUNTS},
    )
