"""What is wrong with the cells of a criteria set, and what keeps a draft from being published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.criteria import Cells, differences, number_in, rule_in
from app.domain.refusals import RefusedError, Rule
from app.domain.vietnamese import clean
from tenants.schema import EvidenceDemand, Verification, rule_limits


FIRST_YEAR, LAST_YEAR = 2020, 2100
_LONGEST_NAME, _LONGEST_TEXT = 300, 1_500
_NAMES = frozenset({"name", "issuer", "document"})
_OPTIONAL = frozenset({"valid_to_year", "guidance"})
_YEARS = frozenset({"valid_from_year", "valid_to_year"})


class Fault(StrEnum):
    """What is wrong with one cell."""

    ENGLISH_MISSING = "english-missing"
    MISSING = "missing"
    NOT_A_DATE = "not-a-date"
    NOT_A_NUMBER = "not-a-number"
    NOT_OFFERED = "not-offered"
    OUT_OF_RANGE = "out-of-range"
    STRUCTURE_DIFFERS = "structure-differs"
    TOO_LONG = "too-long"
    TWICE = "twice"
    UNKNOWN_PLACE = "unknown-place"


@dataclass(frozen=True, slots=True)
class CellFault:
    """A fault, the cell that has it, and the facts."""

    path: str
    fault: Fault
    facts: Mapping[str, object]


def tidied(cells: Cells) -> dict[str, str]:
    """Return cells without stray spaces; dates and numbers as they are kept."""
    return {path: _tidy(path, value) for path, value in cells.items()}


def _tidy(path: str, value: str) -> str:
    text = clean(value)
    if path == "issued_on" and text.count("/") == len("//"):
        return "-".join(part.zfill(2) for part in reversed(text.split("/")))
    return text


def faults_of(cells: Cells, *, is_final: bool = False) -> tuple[CellFault, ...]:
    """Return everything wrong with cells; a page of a draft may still lack its English."""
    found = [fault for path, value in cells.items() for fault in _alone(path, value)]
    found += _beside_each_other(cells)
    if is_final:
        found += _for_publication(cells)
    return tuple(found)


def _alone(path: str, value: str) -> Iterator[CellFault]:
    """Say what is wrong with a cell whatever the others hold."""
    name = _name_of(path)
    limit = _LONGEST_NAME if name in _NAMES else _LONGEST_TEXT
    if not value and name not in _OPTIONAL and not path.endswith(".en"):
        yield CellFault(path, Fault.MISSING, {})
    elif len(value) > limit:
        yield CellFault(path, Fault.TOO_LONG, {"length": len(value), "limit": limit})
    elif name == "evidence" and value not in list(EvidenceDemand):
        yield CellFault(path, Fault.NOT_OFFERED, {"value": value})
    elif name == "issued_on" and not _is_date(value):
        yield CellFault(path, Fault.NOT_A_DATE, {"value": value})
    elif value and is_number(path) and number_in(value) is None:
        yield CellFault(path, Fault.NOT_A_NUMBER, {"value": value})


def _name_of(path: str) -> str:
    steps = path.removesuffix(".vi").removesuffix(".en").split(".")
    return steps[-1]


def is_number(path: str) -> bool:
    """Tell whether a cell holds a whole number."""
    return path in _YEARS or ".rule." in path


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _beside_each_other(cells: Cells) -> Iterator[CellFault]:
    """Say which numbers are out of the range that the others leave them."""
    for path, (lowest, highest) in _ranges(cells).items():
        number = number_in(cells.get(path, ""))
        if number is not None and not lowest <= number <= highest:
            facts = {"value": number, "lowest": lowest, "highest": highest}
            yield CellFault(path, Fault.OUT_OF_RANGE, facts)


def _ranges(cells: Cells) -> dict[str, tuple[int, int]]:
    first = number_in(cells.get("valid_from_year", ""))
    ranges = {
        "valid_from_year": (FIRST_YEAR, LAST_YEAR),
        "valid_to_year": (first or FIRST_YEAR, LAST_YEAR),
    }
    for start in dict.fromkeys(path.partition(".rule.")[0] for path in cells if ".rule." in path):
        rule = rule_in(cells, start)
        if rule is not None:
            limits = rule_limits(rule)
            ranges |= {f"{start}.rule.{name}": limit for name, limit in limits.items()}
    return ranges


def sift(current: Cells, typed: Cells) -> tuple[dict[str, str], tuple[CellFault, ...]]:
    """Return the typed cells that hold up beside the current ones, and what is wrong with the rest.

    The numbers of a rule are taken together or not at all, as are the two years.
    """
    tidy = tidied(typed)
    faults = faults_of({**current, **tidy})
    refused = {_taken_with(one.path) for one in faults}
    good = {path: value for path, value in tidy.items() if _taken_with(path) not in refused}
    return good, faults


def _taken_with(path: str) -> str:
    if path in _YEARS:
        return "years"
    return path.partition(".rule.")[0] + ".rule" if ".rule." in path else path


def _for_publication(cells: Cells) -> Iterator[CellFault]:
    """Say what a published set may not lack: neither language is half there."""
    for path, value in cells.items():
        if path.endswith(".vi"):
            english = path.removesuffix("vi") + "en"
            if value and not cells.get(english):
                yield CellFault(english, Fault.ENGLISH_MISSING, {})
            if not value and cells.get(english):
                yield CellFault(path, Fault.MISSING, {})


def require_publishable(base: Cells, cells: Cells, verification: Verification | None) -> None:
    """Raise ``RefusedError`` for cells that are incomplete, or say nothing new."""
    faults = faults_of(cells, is_final=True)
    if faults:
        raise RefusedError(Rule.CRITERIA_INCOMPLETE, count=len({one.path for one in faults}))
    if not differences(base, cells) and verification is None:
        raise RefusedError(Rule.CRITERIA_UNCHANGED)


def require_true_verification(verification: Verification, *, today: date) -> None:
    """Raise ``RefusedError`` when a verification lacks something, or lies in the future."""
    said = (verification.document, verification.issuer, verification.compared_by)
    if not all(clean(one) for one in said):
        raise RefusedError(Rule.VERIFICATION_INCOMPLETE)
    for day in (verification.signed_on, verification.compared_on):
        if day > today:
            raise RefusedError(Rule.DAY_NOT_COME, day=day)
