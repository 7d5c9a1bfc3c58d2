"""The fault of work that cannot be done: killed at each try, starved of memory, or failing.

And figures of one agency that cannot be written. None of it may keep others waiting, none is tried
for ever, and once the reason is gone a person's word is enough.
"""

import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import text

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
_PATIENCE = 150.0
_OTHERS_WAIT = 10.0
_BETWEEN_WORKBOOKS = 5.0
_LITTLE_MEMORY = 1024 * 1024


def poison(stage: Stage, ledger: Ledger) -> Injected:
    """Ask for workbooks that cannot be written, and for others beside them."""
    asked = [workbook(stage, slug, Role.OFFICER) for slug in (KILLED, STARVED, FAILING)]
    healthy = [workbook(stage, HEALTHY, Role.OFFICER) for _ in range(30)]
    forms = [paper_forms(stage, slug, 60) for slug in (HEALTHY, KILLED)]
    with (
        _refused(stage, "export", FAILING, "state = 'ready'"),
        _refused(stage, "unit_result", KILLED),
    ):
        for one in asked:
            one.run(ledger)
        with (
            at_work(ledger, forms, pause=1.0),
            at_work(ledger, [healthy], pause=_BETWEEN_WORKBOOKS),
        ):
            torment = Torment(stage)
            torment.run()
    is_seen = not answers(stage.port, "/jobsz")
    problems = torment.problems() + ([] if is_seen else ["/jobsz says that all is well"])
    problems += _try_again(stage)
    return Injected(
        said="3 workbooks whose job is killed, starved of memory, or fails each time, and figures"
        f" that cannot be written; parked after {max(torment.tries, default=0)} tries (of"
        f" {MOST_TRIES}, pauses between them skipped) and seen at /jobsz; others waited"
        f" {torment.longest_wait:.1f} s at most (of {_OTHERS_WAIT:.0f}); tried again when asked to",
        problems=problems,
    )


class Torment:
    """Does to each job that is tried what its agency is marked for, until none is tried again."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._slugs: Mapping[UUID, str] = {
            stage.world.key_of(slug).tenant_id: slug for slug in (KILLED, STARVED, FAILING)
        }
        self._dealt_with: set[Process] = set()
        self.tries: Sequence[int] = ()
        self.longest_wait = 0.0

    def run(self) -> None:
        """Go on until every one of them is parked, or for as long as that may take."""
        limit, next_look = time.monotonic() + _PATIENCE, 0.0
        while len(self.tries) < len(self._slugs) and time.monotonic() < limit:
            self._deal_with(self._horse())
            if time.monotonic() > next_look:
                next_look = time.monotonic() + 0.5
                self._look()
            time.sleep(0.01)

    def _horse(self) -> Process | None:
        worker = self._stage.program("worker exports")
        return next(iter(worker.children()), None) if worker else None

    def _deal_with(self, horse: Process | None) -> None:
        if horse is None or horse in self._dealt_with:
            return
        slug = self._at_work_for()
        if slug == KILLED:
            horse.kill()
        if slug == STARVED:
            try:
                limits = (_LITTLE_MEMORY, _LITTLE_MEMORY)
                resource.prlimit(horse.pid, resource.RLIMIT_AS, limits)
            except ProcessLookupError:
                return
        if slug is not None:
            self._dealt_with.add(horse)

    def _at_work_for(self) -> str | None:
        """Return the agency whose workbook is being written; an empty word for a healthy one."""
        with self._stage.owner.connect() as connection:
            running = text(
                "SELECT tenant_id FROM outbox WHERE state = 'running' AND alive_at > :at"
            )
            now = connection.execute(text("SELECT clock_timestamp() - interval '2 s'")).scalar_one()
            found = connection.execute(running, {"at": now}).scalars().first()
        return None if found is None else self._slugs.get(found, "")

    def _look(self) -> None:
        ids = list(self._slugs)
        with self._stage.owner.begin() as connection:
            connection.execute(text(_SKIP_PAUSE), {"ids": ids})
            if self._horse() is None:
                connection.execute(text(_SKIP_SILENCE), {"ids": ids})
            values = {"ids": ids, "killed": ids[0]}
            self.tries = connection.execute(text(_PARKED), {"ids": ids}).scalars().all()
            waited = connection.execute(text(_WAITED), values).scalar_one()
        self.longest_wait = max(self.longest_wait, float(waited or 0))

    def problems(self) -> list[str]:
        """Return what was not as it must be meanwhile."""
        found = []
        if len(self.tries) < len(self._slugs):
            found.append(f"{len(self.tries)} of {len(self._slugs)} parked")
        if max(self.tries, default=0) > MOST_TRIES:
            found.append(f"tried {max(self.tries)} times")
        if self.longest_wait > _OTHERS_WAIT:
            found.append(f"others waited for {self.longest_wait:.1f} s")
        return found


_SKIP_PAUSE = """
    UPDATE outbox SET next_at = clock_timestamp() WHERE state = 'waiting' AND tenant_id = ANY(:ids)
"""
_SKIP_SILENCE = """
    UPDATE outbox SET alive_at = alive_at - interval '20 s'
    WHERE state = 'running' AND tenant_id = ANY(:ids)
"""
_PARKED = "SELECT attempts FROM outbox WHERE state = 'parked' AND tenant_id = ANY(:ids)"
_WAITED = """
    SELECT extract(epoch FROM greatest(
        (SELECT max(clock_timestamp() - marked_at) FROM rollup_mark WHERE tenant_id <> :killed),
        (SELECT max(coalesce(finished_at, clock_timestamp()) - asked_at) FROM export
            WHERE tenant_id <> ALL(:ids) AND asked_at > clock_timestamp() - interval '1 minute')
    ))
"""


@contextmanager
def _refused(stage: Stage, table: str, slug: str, when: str = "") -> Iterator[None]:
    """Let the database refuse rows of an agency in a table until the block ends."""
    tenant = stage.world.key_of(slug).tenant_id
    condition = f"NEW.tenant_id = '{tenant}'" + (f" AND NEW.{when}" if when else "")
    put = f"""
        CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'planted'; END $$;
        CREATE TRIGGER refuse_{table} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW
            WHEN ({condition}) EXECUTE FUNCTION refuse_{table}()
    """
    take_away = f"DROP FUNCTION refuse_{table}() CASCADE"
    with stage.owner.begin() as connection:
        connection.execute(text(put))
    try:
        yield
    finally:
        with stage.owner.begin() as connection:
            connection.execute(text(take_away))


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
