"""The fault of PostgreSQL: ended at once, in the middle of everything, and started again."""

import signal
import time

from tests.faults.acts import Fate, Ledger
from tests.faults.injecting import Fault, Injected
from tests.faults.load import DEPARTMENTS, at_work, decisions, paper_forms
from tests.faults.long_work import LongWork
from tests.faults.stage import Stage


RESTARTS = 2
_LONGEST_OUTAGE = 10.0
_BETWEEN_SECONDS = 14.0


def end_immediately(stage: Stage, ledger: Ledger) -> Injected:
    """Do what ``pg_ctl restart -m immediate`` does, while forms and decisions come in."""
    desks = [paper_forms(stage, slug, 300) for slug in DEPARTMENTS]
    desks += [decisions(stage, DEPARTMENTS[0], 40)]
    work, ended = LongWork(stage), []
    with at_work(ledger, desks):
        problems = work.begin()
        for _ in range(RESTARTS):
            problems += work.spoil()
            server = stage.program("/bin/postgres")
            assert server is not None
            ended.append(time.monotonic())
            server.send(signal.SIGQUIT)
            time.sleep(_BETWEEN_SECONDS)
    outages = [_outage_after(moment, ledger) for moment in ended]
    longest = max(outages)
    problems += [] if longest <= _LONGEST_OUTAGE else [f"errors for {longest:.1f} s"]
    return Injected(
        said=f"SIGQUIT of PostgreSQL {RESTARTS} times under forms and decisions, {work};"
        f" errors for {longest:.1f} s at most (of {_LONGEST_OUTAGE:.0f})",
        problems=problems,
        over_at=ended[-1],
        afterwards=work.problems,
    )


def _outage_after(moment: float, ledger: Ledger) -> float:
    """Return for how long after a moment somebody got an error instead of an answer."""
    failed = [
        one.began + one.seconds - moment
        for one in ledger.attempts
        if one.fate is Fate.UNKNOWN and 0 <= one.began + one.seconds - moment < _BETWEEN_SECONDS
    ]
    return max(failed, default=0.0)


FAULTS = (Fault(number=9, name="PostgreSQL ended at once", seconds=60, inject=end_immediately),)
