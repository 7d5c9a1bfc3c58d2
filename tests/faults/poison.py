"""The fault of work that cannot be done: killed at each try, starved of memory, or failing.

And figures of one agency that cannot be written. None of it may keep others waiting, none is tried
for ever, and once the reason is gone a person's word is enough.
"""

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from app.domain.ids import new_id
from app.domain.permissions import Role
from app.launch.port import answers
from tests.builders.world import COMMUNE
from tests.faults.acts import Fate, Ledger
from tests.faults.injecting import Fault, Injected
from tests.faults.load import DEPARTMENTS, at_work, paper_forms, somebody, workbook
from tests.faults.processes import Process
from tests.faults.stage import Stage


KILLED, STARVED, FAILING = DEPARTMENTS
HEALTHY = COMMUNE
MOST_TRIES = 5
_PATIENCE = 120.0
_OTHERS_WAIT = 10.0
_BETWEEN_WORKBOOKS = 5.0
_LITTLE_MEMORY = 100 * 1024 * 1024
_MORE_THAN_THAT = 96_000_000


def poison(stage: Stage, ledger: Ledger) -> Injected:
    """Ask for workbooks that cannot be written, and for others beside them."""
    asked = [workbook(stage, slug, Role.OFFICER) for slug in (STARVED, FAILING, KILLED)]
    healthy = [workbook(stage, HEALTHY, Role.OFFICER) for _ in range(30)]
    forms = [paper_forms(stage, slug, 60) for slug in (HEALTHY, KILLED)]
    with (
        _trapped(stage, "export", f"{_of(stage, FAILING)} AND NEW.state = 'ready'", _REFUSE),
        _trapped(stage, "export", f"{_of(stage, KILLED)} AND NEW.state = 'ready'", _LINGER),
        _trapped(stage, "unit_result", _of(stage, KILLED), _REFUSE),
        _starved(stage, STARVED),
    ):
        for one in asked:
            one.run(ledger)
        with (
            at_work(ledger, forms, pause=1.0),
            at_work(ledger, [healthy], pause=_BETWEEN_WORKBOOKS),
        ):
            torment = Torment(stage)
            torment.run()
            problems = torment.problems()
    is_seen = not answers(stage.port, "/jobsz")
    problems += [] if is_seen else ["/jobsz says that all is well"]
    problems += _try_again(stage)
    return Injected(
        said="3 workbooks whose job is killed, starved of memory, or fails each time, and figures"
        f" that cannot be written; parked after {max(torment.tries, default=0)} tries (of"
        f" {MOST_TRIES}, pauses between them skipped) and seen at /jobsz; others waited"
        f" {torment.longest_wait:.1f} s at most (of {_OTHERS_WAIT:.0f}); tried again when asked to",
        problems=problems,
    )


class Torment:
    """Kills the job of one agency at each try, until nothing is tried any more."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        poisoned = (KILLED, STARVED, FAILING)
        self._ids = [stage.world.key_of(slug).tenant_id for slug in poisoned]
        self._killed = self._ids[0]
        self._last_killed: int | None = None
        self.tries: Sequence[int] = ()
        self.longest_wait = 0.0

    def run(self) -> None:
        """Go on until every one of them is parked, or for as long as that may take."""
        limit, next_look = time.monotonic() + _PATIENCE, 0.0
        while len(self.tries) < len(self._ids) and time.monotonic() < limit:
            self._kill()
            if time.monotonic() > next_look:
                next_look = time.monotonic() + 0.5
                self._look()
            time.sleep(0.01)

    def _kill(self) -> None:
        """Kill the process of a try that has not been killed yet."""
        with self._stage.owner.connect() as connection:
            running = connection.execute(text(_RUNNING), {"tenant": self._killed}).scalars().first()
        horse = _horse_of_workbooks(self._stage)
        if running is not None and running != self._last_killed and horse is not None:
            horse.kill()
            self._last_killed = running

    def _look(self) -> None:
        """Let nobody wait for a pause or a silence, and see how far everything is."""
        poisoned = {"ids": self._ids}
        killed = {"killed": self._killed}
        with self._stage.owner.begin() as connection:
            connection.execute(text(_SKIP_PAUSE), poisoned)
            if self._last_killed is not None:
                connection.execute(text(_SKIP_SILENCE), {**killed, "try": self._last_killed})
            self.tries = connection.execute(text(_PARKED), poisoned).scalars().all()
            waited = connection.execute(text(_WAITED), {**poisoned, **killed}).scalar_one()
        self.longest_wait = max(self.longest_wait, float(waited or 0))

    def _left(self) -> str:
        with self._stage.owner.connect() as connection:
            rows = connection.execute(text(_LEFT), {"ids": self._ids})
            return "; ".join(" ".join(map(str, row)) for row in rows)

    def problems(self) -> list[str]:
        """Return what was not as it must be meanwhile."""
        found = []
        if len(self.tries) < len(self._ids):
            found.append(f"not parked: {self._left()}")
        if max(self.tries, default=0) > MOST_TRIES:
            found.append(f"tried {max(self.tries)} times")
        if self.longest_wait > _OTHERS_WAIT:
            found.append(f"others waited for {self.longest_wait:.1f} s")
        return found


_LEFT = """
    SELECT tenant.slug, state, attempts, last_error FROM outbox
    JOIN tenant ON tenant.id = tenant_id
    WHERE tenant_id = ANY(:ids) AND state <> 'parked'
"""
_SKIP_PAUSE = """
    UPDATE outbox SET next_at = clock_timestamp() WHERE state = 'waiting' AND tenant_id = ANY(:ids)
"""
_SKIP_SILENCE = """
    UPDATE outbox SET alive_at = alive_at - interval '20 s'
    WHERE state = 'running' AND tenant_id = :killed AND fence = :try
"""
_RUNNING = "SELECT fence FROM outbox WHERE state = 'running' AND tenant_id = :tenant"
_PARKED = "SELECT attempts FROM outbox WHERE state = 'parked' AND tenant_id = ANY(:ids)"
_WAITED = """
    SELECT extract(epoch FROM greatest(
        (SELECT max(clock_timestamp() - marked_at) FROM rollup_mark WHERE tenant_id <> :killed),
        (SELECT max(coalesce(finished_at, clock_timestamp()) - asked_at) FROM export
            WHERE tenant_id <> ALL(:ids) AND asked_at > clock_timestamp() - interval '1 minute')
    ))
"""


_REFUSE = "RAISE 'planted';"
# Long enough for whoever writes to be killed before it is done.
_LINGER = "PERFORM pg_sleep(2); RETURN NEW;"


def _of(stage: Stage, slug: str) -> str:
    return f"NEW.tenant_id = '{stage.world.key_of(slug).tenant_id}'"


@contextmanager
def _trapped(stage: Stage, table: str, condition: str, what: str) -> Iterator[None]:
    """Let something happen to whoever writes such a row, until the block ends."""
    name = f"trap_{new_id().hex}"
    put = f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what} END $$;
        CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW
            WHEN ({condition}) EXECUTE FUNCTION {name}()
    """
    with stage.owner.begin() as connection:
        connection.execute(text(put))
    try:
        yield
    finally:
        with stage.owner.begin() as connection:
            connection.execute(text(f"DROP FUNCTION {name}() CASCADE"))


@contextmanager
def _starved(stage: Stage, slug: str) -> Iterator[None]:
    """Give the worker of workbooks little memory, and an agency a setting that is larger."""
    worker = stage.program("worker short")
    assert worker is not None
    status = Path(f"/proc/{worker.pid}/status").read_text()
    size = int(status.partition("VmSize:")[2].split()[0]) * 1024
    values = {"tenant": stage.world.key_of(slug).tenant_id, "size": _MORE_THAN_THAT}
    usual = resource.prlimit(worker.pid, resource.RLIMIT_AS)
    resource.prlimit(worker.pid, resource.RLIMIT_AS, (size + _LITTLE_MEMORY, usual[1]))
    with stage.owner.begin() as connection:
        before = connection.execute(text(_SETTING), values).all()
        connection.execute(text(_SWELL), values)
    try:
        yield
    finally:
        with stage.owner.begin() as connection:
            for row in before:
                connection.execute(text(_SHRINK), row._asdict())
        if worker.is_alive():
            resource.prlimit(worker.pid, resource.RLIMIT_AS, usual)


_SETTING = (
    "SELECT id, value::text AS value FROM setting WHERE tenant_id = :tenant AND name = 'criteria'"
)
_SWELL = """
    UPDATE setting SET value = to_jsonb(repeat('x', :size))
    WHERE tenant_id = :tenant AND name = 'criteria'
"""
_SHRINK = "UPDATE setting SET value = CAST(:value AS jsonb) WHERE id = :id"


def _horse_of_workbooks(stage: Stage) -> Process | None:
    worker = stage.program("worker short")
    return next(iter(worker.children()), None) if worker else None


def _try_again(stage: Stage) -> list[str]:
    """Let somebody of each agency have its work tried again, now that nothing is in the way."""
    with stage.owner.connect() as connection:
        statement = "SELECT tenant.slug, outbox.id FROM outbox JOIN tenant ON tenant.id = tenant_id"
        parked = connection.execute(text(f"{statement} WHERE state = 'parked'")).all()
    problems = []
    for slug, line in parked:
        _, administrator = somebody(stage, slug, Role.TENANT_ADMIN)
        answer = administrator.post(f"/jobs/{line}/again", {})
        if answer.fate is not Fate.DONE:
            problems.append(f"trying again answered {answer.status}")
    return problems


FAULTS = (Fault(number=5, name="poison job", seconds=60, inject=poison),)
