"""What a fault is: what is injected, how long the house has to recover, what is held against it."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.faults.acts import Fate, Ledger
from tests.faults.invariants import examine, neighbour_of
from tests.faults.reports import ReportDesk, after_all, reports_beside
from tests.faults.stage import NotGreenError, Stage


PROVINCE = "lai-chau"
NEIGHBOUR = "lang-son/so-noi-vu"
_REST_SECONDS = 90.0
Beside: TypeAlias = Callable[..., AbstractContextManager[ReportDesk]]


@dataclass(slots=True, kw_only=True)
class Injected:
    """What was done to the house, in words, and what went wrong while it was."""

    said: str
    problems: Sequence[str] = ()
    # When the fault itself was over: green is counted from here.
    over_at: float = field(default_factory=time.monotonic)
    # What is looked at once all is green.
    afterwards: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of the catalogue, with its number there, and how many seconds back to green.

    Where the clock or whoever counts stands still, it is quiet: no report goes up meanwhile.
    """

    number: int
    name: str
    seconds: float
    inject: Callable[[Stage, Ledger], Injected]
    is_quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a fault, as one line and as a list of what is wrong."""

    line: str
    problems: Sequence[str]


def run(fault: Fault, stage: Stage, *, beside: Beside = reports_beside) -> Result:
    """Inject a fault into a stage that is green, wait until it is again, and examine everything."""
    ledger, began = Ledger(), time.monotonic()
    problems: list[str] = []
    try:
        stage.await_green(_REST_SECONDS)
        before = neighbour_of(stage.owner, NEIGHBOUR)
        with beside(stage, ledger, is_quiet=fault.is_quiet) as desk:
            injected = fault.inject(stage, ledger)
        problems += injected.problems
        green = stage.await_green(fault.seconds, since=injected.over_at)
    except NotGreenError as error:
        line = f"fault {fault.number:2} {fault.name}: not green {error}"
        return Result(line=line, problems=[*problems, str(error)])
    finally:
        stage.nursery.clear()
    findings = examine(stage.app, stage.owner, ledger, province=PROVINCE, year=stage.year)
    problems += [*findings.problems, *injected.afterwards()]
    if neighbour_of(stage.owner, NEIGHBOUR) != before:
        problems.append(f"{NEIGHBOUR} has changed, and nobody was at work there")
    reported = ledger.about("report ")
    problems += after_all(stage, desk)
    fates = ", ".join(f"{ledger.count(one)} {one}" for one in Fate)
    return Result(
        line=f"fault {fault.number:2} {fault.name}: {injected.said}; acts: {fates}"
        f" ({reported} with reports); {findings};"
        f" green after {green:.1f} s (of {fault.seconds:.0f}); took {_since(began)}",
        problems=problems,
    )


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"
