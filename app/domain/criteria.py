"""What a criteria set says, cell by cell: what is edited, imported, compared and published.

A cell is named by its path: ``groups.2.indicators.7.text.vi``. How groups, competencies and skills
hang together is not edited: a draft keeps the structure of the set that it was copied from.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum

from tenants.schema import (
    Competency,
    CriteriaSet,
    EvidenceDemand,
    GroupCriteria,
    Indicator,
    ScoreRule,
    Text,
)


Cells = Mapping[str, str]
"""What each cell says, by its path; numbers and dates as they are typed."""

GENERAL = "general"


class DraftState(StrEnum):
    """What has become of a draft."""

    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that a draft says otherwise than the set that it was copied from."""

    path: str
    before: str
    after: str


def cells_of(criteria: CriteriaSet) -> dict[str, str]:
    """Return every cell of a set, in the order of the form."""
    return dict(_cells(criteria))


def _cells(criteria: CriteriaSet) -> Iterator[tuple[str, str]]:
    yield from _words("name", criteria.name)
    yield "issuer", criteria.issuer
    yield "document", criteria.document
    yield "issued_on", criteria.issued_on.isoformat()
    yield "valid_from_year", str(criteria.valid_from_year)
    yield "valid_to_year", str(criteria.valid_to_year or "")
    yield "source", criteria.source
    yield from _words("notice", criteria.notice)
    for group in criteria.groups:
        yield from _cells_of_group(group)


def _cells_of_group(group: GroupCriteria) -> Iterator[tuple[str, str]]:
    start = f"groups.{group.number}"
    yield from _words(f"{start}.name", group.name)
    for name, number in asdict(group.rule).items():
        yield f"{start}.rule.{name}", str(number)
    for competency in group.competencies:
        yield from _words(f"{start}.competencies.{competency.number}.name", competency.name)
        for one in competency.indicators:
            place = f"{start}.indicators.{one.number}"
            yield from _words(f"{place}.text", one.text)
            yield from _words(f"{place}.guidance", one.guidance or {})
            yield f"{place}.evidence", one.evidence.value


def _words(path: str, text: Text) -> Iterator[tuple[str, str]]:
    yield f"{path}.vi", text.get("vi", "")
    yield f"{path}.en", text.get("en", "")


def part_of(path: str) -> str:
    """Name the page on which a cell is edited: ``general``, or the number of its group."""
    return path.split(".")[1] if path.startswith("groups.") else GENERAL


def cells_in(cells: Cells, part: str) -> dict[str, str]:
    """Return the cells of one page."""
    return {path: value for path, value in cells.items() if part_of(path) == part}


def number_in(value: str) -> int | None:
    """Return the whole number that a cell holds; None when it holds something else."""
    is_short = value.isascii() and value.isdecimal() and len(value) <= len("99999")
    return int(value) if is_short else None


def rule_in(cells: Cells, start: str) -> ScoreRule | None:
    """Return the rule that cells say; None when one of them is no number."""
    numbers = {
        name: number_in(cells.get(f"{start}.rule.{name}", "")) for name in asdict(ScoreRule())
    }
    known = {name: number for name, number in numbers.items() if number is not None}
    return ScoreRule(**known) if len(known) == len(numbers) else None


def differences(base: Cells, cells: Cells) -> tuple[Change, ...]:
    """Return what cells say otherwise than their base, in its order."""
    return tuple(
        Change(path, before, cells[path])
        for path, before in base.items()
        if cells.get(path, before) != before
    )


def is_same_rule(changes: Iterable[Change]) -> bool:
    """Tell whether no number by which people are scored has changed."""
    return not any(".rule." in one.path for one in changes)


def next_series(base: CriteriaSet, *, province: int, slug: str) -> str:
    """Name the series that a copy of a set continues: the province's own, or one of its own."""
    is_ours = base.province is not None and int(base.province) == province
    return base.key if is_ours else f"{slug.partition('/')[0]}-{base.key}"


def with_cells(base: CriteriaSet, cells: Cells) -> CriteriaSet:
    """Return a set with the structure of ``base`` and the words and numbers of ``cells``."""
    until = cells["valid_to_year"]
    return replace(
        base,
        name=_text(cells, "name"),
        issuer=cells["issuer"],
        document=cells["document"],
        issued_on=date.fromisoformat(cells["issued_on"]),
        valid_from_year=int(cells["valid_from_year"]),
        valid_to_year=int(until) if until else None,
        source=cells["source"],
        notice=_text(cells, "notice"),
        groups=tuple(_group(one, cells) for one in base.groups),
    )


def _group(base: GroupCriteria, cells: Cells) -> GroupCriteria:
    start = f"groups.{base.number}"
    rule = rule_in(cells, start)
    if rule is None:
        raise LookupError(start)
    return replace(
        base,
        name=_text(cells, f"{start}.name"),
        rule=rule,
        competencies=tuple(_competency(one, start, cells) for one in base.competencies),
    )


def _competency(base: Competency, start: str, cells: Cells) -> Competency:
    return replace(
        base,
        name=_text(cells, f"{start}.competencies.{base.number}.name"),
        indicators=tuple(
            _indicator(one, f"{start}.indicators.{one.number}", cells) for one in base.indicators
        ),
    )


def _indicator(base: Indicator, place: str, cells: Cells) -> Indicator:
    guidance = _text(cells, f"{place}.guidance")
    return replace(
        base,
        text=_text(cells, f"{place}.text"),
        guidance=guidance if guidance["vi"] else None,
        evidence=EvidenceDemand(cells[f"{place}.evidence"]),
    )


def _text(cells: Cells, path: str) -> Text:
    return {"vi": cells[f"{path}.vi"], "en": cells[f"{path}.en"]}
