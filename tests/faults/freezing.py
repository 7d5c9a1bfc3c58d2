"""The fault of workers that stand still in the middle of a job, and later go on as if nothing was.

Each is stopped while it holds a transaction open: it has read and written, and not committed.
Others are to do its work meanwhile, and what it still wants to write is to count for nothing.
"""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import text

from app.domain.permissions import Role
from tests.faults.acts import Ledger
from tests.faults.injecting import PROVINCE, Fault, Injected
from tests.faults.load import DEPARTMENTS, at_work, paper_forms, workbook
from tests.faults.processes import Process, wait_until
from tests.faults.stage import NotGreenError, Stage


QUEUES = ("rollup", "short")
FROZEN_SECONDS = 50.0
_WORKING_SECONDS = 25.0
_SOON = 20.0
_OTHERS_WAIT = 10.0
_PAUSE = 1.0


def freeze_workers(stage: Stage, ledger: Ledger) -> Injected:
    """Stop a recomputation and a workbook in the middle for a while, and let them go on."""
    desks = [paper_forms(stage, slug, 100) for slug in DEPARTMENTS]
    workers = [stage.nursery.work(queue) for queue in QUEUES]
    workers += [one for queue in QUEUES if (one := stage.program(f"worker {queue}"))]
    # The desks were filled past the house: nobody else is to be counted when the table is shut.
    stage.await_green(_WORKING_SECONDS)
    with _stuck_at(stage, "unit_result"):
        desks[0].pop().run(ledger)
        workbook(stage, PROVINCE, Role.ASSOCIATION).run(ledger)
        # Each of another queue, and nobody else: whoever looks in for a moment is to do the work.
        if not wait_until(lambda: _held_up(stage) == len(_busy(workers)) == len(QUEUES), _SOON):
            return Injected(said="nothing", problems=["no two jobs could be caught"])
        busy = _busy(workers)
        frozen = [one for worker in busy for one in (worker, *worker.children())]
        _send(frozen, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with at_work(ledger, desks, pause=_PAUSE):
            waited = _longest_wait(stage, began + _WORKING_SECONDS)
        left = began + FROZEN_SECONDS - time.monotonic()
        problems = _done_by_others(stage, left)
        time.sleep(max(0.0, began + FROZEN_SECONDS - time.monotonic()))
        before = _figures(stage)
    finally:
        _send(frozen, signal.SIGCONT)
        over_at = time.monotonic()
    wait_until(lambda: not any(one.children() for one in workers), _SOON)
    if _figures(stage) != before:
        problems.append("what woke up again has written figures")
    if waited > _OTHERS_WAIT:
        problems.append(f"figures of other agencies waited for {waited:.1f} s")
    return Injected(
        said=f"SIGSTOP of a recomputation and a workbook in mid-transaction, SIGCONT after"
        f" {FROZEN_SECONDS:.0f} s (the outbox gives a job up after 20 s, PostgreSQL after 30 s);"
        f" others waited {waited:.1f} s at most (of {_OTHERS_WAIT:.0f}); nothing was written on"
        " waking",
        problems=problems,
        over_at=over_at,
    )


@contextmanager
def _stuck_at(stage: Stage, table: str) -> Iterator[None]:
    """Let whoever comes to a table wait there until the block ends."""
    with stage.owner.connect() as obstacle:
        obstacle.execute(text(f"LOCK {table} IN ACCESS EXCLUSIVE MODE"))
        yield
        obstacle.rollback()


def _busy(workers: Sequence[Process]) -> list[Process]:
    return [one for one in workers if one.children()]


def _held_up(stage: Stage) -> int:
    """Return how many logins wait for a lock: that which counts, and that of the workbooks."""
    with stage.superuser() as connection:
        row = connection.execute(
            "SELECT count(DISTINCT usename) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted"
        ).fetchone()
    return int(str(row[0])) if row else 0


def _send(processes: Sequence[Process], number: signal.Signals) -> None:
    for one in processes:
        one.send(number)


def _longest_wait(stage: Stage, until: float) -> float:
    """Return for how long the figures of any agency but the first were out of date at most."""
    key = stage.world.key_of(DEPARTMENTS[0])
    statement = text(
        "SELECT extract(epoch FROM max(clock_timestamp() - marked_at)) FROM rollup_mark"
        " WHERE tenant_id <> :first"
    )
    longest = 0.0
    while time.monotonic() < until:
        with stage.owner.connect() as connection:
            longest = max(longest, float(connection.scalar(statement, {"first": key[1]}) or 0))
        time.sleep(_PAUSE / 4)
    return longest


def _done_by_others(stage: Stage, seconds: float) -> list[str]:
    try:
        stage.await_green(seconds)
    except NotGreenError as error:
        return [f"nobody did the work of the frozen: {error}"]
    return []


def _figures(stage: Stage) -> Sequence[object]:
    with stage.owner.connect() as connection:
        statement = text("SELECT tenant_id, fence, computed_at FROM result_status ORDER BY 1, 3")
        figures = connection.execute(statement).all()
        finished = connection.execute(text("SELECT id, finished_at FROM export ORDER BY id")).all()
    return [*figures, *finished]


FAULTS = (
    Fault(
        number=4, name="worker frozen and thawed", seconds=60, inject=freeze_workers, is_quiet=True
    ),
)
