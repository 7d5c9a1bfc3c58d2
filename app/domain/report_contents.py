"""What a version of a report says: in which bytes it is signed, and what has changed since.

The text of a version is written once, in one form, and its hash is made of it. Whoever reads it
later holds it against that hash first: what does not fit is not shown as if it were signed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import Any

from app.domain.refusals import RefusedError, Rule


COUNTS = ("people", "outstanding", "with_digital_skills", "digitally_fluent")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """How many people stood in one place when the report was signed, and how many do now."""

    unit: str
    group: int
    state: str
    outcome: str
    then: int
    now: int


def changes_between(then: Iterable[Row], now: Iterable[Row]) -> int:
    """Return how many changes lie between two counts at the least.

    Somebody who moved is missing in one place and new in another, and counts once; a title that
    became outstanding, or a skill that was noted, counts too.
    """
    deltas = [
        tuple(after - before for before, after in zip(old, new, strict=True))
        for old, new in _paired(then, now).values()
    ]
    people = [delta[0] for delta in deltas]
    moved = max(sum(one for one in people if one > 0), -sum(one for one in people if one < 0))
    noted = sum(any(delta[1:]) for delta in deltas if delta[0] == 0)
    return moved + noted


def cell_changes(then: Sequence[Row], now: Sequence[Row]) -> tuple[CellChange, ...]:
    """Return each place in which the number of people differs."""
    names = {str(row["unit_id"]): str(row["unit"]) for row in (*then, *now)}
    return tuple(
        CellChange(
            unit=names[unit], group=group, state=state, outcome=outcome, then=old[0], now=new[0]
        )
        for (unit, group, state, outcome), (old, new) in sorted(_paired(then, now).items())
        if old[0] != new[0]
    )


def _paired(
    then: Iterable[Row], now: Iterable[Row]
) -> dict[tuple[str, int, str, str], tuple[tuple[int, ...], tuple[int, ...]]]:
    before, after = ({_place(row): _counts(row) for row in rows} for rows in (then, now))
    nobody = (0,) * len(COUNTS)
    return {
        place: (before.get(place, nobody), after.get(place, nobody)) for place in {*before, *after}
    }


def _place(row: Row) -> tuple[str, int, str, str]:
    return str(row["unit_id"]), int(row["group"]), str(row["state"]), str(row["outcome"])


def _counts(row: Row) -> tuple[int, ...]:
    return tuple(int(row[name]) for name in COUNTS)


def canonical(content: Mapping[str, Any]) -> str:
    """Write what a report says in the one form that its hash is made of."""
    return dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(content: str) -> str:
    """Return the SHA-256 of a report's text."""
    return sha256(content.encode()).hexdigest()


def require_intact(*signed: tuple[bytes, str]) -> None:
    """Raise ``RefusedError`` unless each content is the one that its hash was made of."""
    for content, digest in signed:
        if sha256(content).hexdigest() != digest:
            raise RefusedError(Rule.REPORT_NOT_AS_SIGNED, hash=digest[:12])


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """What has changed since a version was signed: its own people, and the agencies below."""

    own: int = 0
    below: int = 0

    @property
    def is_stale(self) -> bool:
        """Tell whether anything has."""
        return self.own + self.below > 0


def newer_below(held: Iterable[Row], accepted: Mapping[str, int]) -> frozenset[str]:
    """Return the agencies of which a version holds another version than is accepted now."""
    then = {str(one["id"]): one["version"] for one in held if one["version"]}
    return frozenset(one for one in {*then, *accepted} if then.get(one) != accepted.get(one))
