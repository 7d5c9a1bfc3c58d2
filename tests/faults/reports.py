"""Reports on their way up while things fail: corrected, signed, reviewed and accepted for real.

A commune begins one version after another, each with people decided upon since the last, and its
association accepts them: official figures are counted again and again while parts are missing.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.permissions import Role
from app.domain.reports import ReportEvent, ReportState
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE
from tests.faults.acts import Ledger, Trace, done_by_half, done_twice, lost
from tests.faults.browsers import Browser
from tests.faults.invariants import traces_of, wrong_sums
from tests.faults.load import Errand, decisions
from tests.faults.stage import Stage


VERSIONS = 3
"""How many versions are begun beside one fault at most."""
_PAUSE = 0.5
_LONGEST = 90.0

_NEXT: Mapping[ReportState, ReportEvent] = {
    ReportState.OPEN: ReportEvent.COMPILE,
    ReportState.COMPILED: ReportEvent.SUBMIT,
    ReportState.SUBMITTED: ReportEvent.REVIEW,
    ReportState.UNDER_REVIEW: ReportEvent.ACCEPT,
    ReportState.ACCEPTED: ReportEvent.CORRECT,
}
_SAYS_NOTHING_NEW = frozenset({ReportState.OPEN, ReportState.ACCEPTED})
_OF_AGENCY = frozenset({ReportEvent.COMPILE, ReportEvent.SUBMIT, ReportEvent.CORRECT})


class _Standing(NamedTuple):
    state: ReportState
    version: int
    revision: int


class ReportDesk:
    """Whoever hands in an agency's report, and whoever reviews it, each in a browser of their own.

    Before each further version the head decides on a list: it is to say something new.
    """

    def __init__(self, stage: Stage, slug: str, *, versions: int = VERSIONS) -> None:
        self._stage = stage
        self._slug = slug
        self._key = stage.world.key_of(slug).tenant_id
        self._agency = self._signed_in(slug, Role.OFFICER)
        self._above = self._signed_in(PROVINCE, Role.ASSOCIATION)
        # Made ahead: nothing can be prepared while the database is away.
        self._lists = decisions(stage, slug, versions + 1, people=2)
        self._decided_after: int | None = None

    def _signed_in(self, slug: str, role: Role) -> Browser:
        return self._stage.browser(slug, self._stage.world.make_account(slug, role))

    def work(self, ledger: Ledger, is_over: threading.Event) -> None:
        """Bring one version after another to its end, until it is over or no list is left."""
        while len(self._lists) > 1 and not is_over.is_set():
            self._step(ledger)
            is_over.wait(_PAUSE)

    def conclude(self, ledger: Ledger) -> list[str]:
        """Bring one further version to its end, now that all is well; return why it could not be.

        Whatever was under way when the fault ended goes on from where it stands.
        """
        limit, wanted = time.monotonic() + _LONGEST, self._look().version + 1
        while (stands := self._look()) != (ReportState.ACCEPTED, wanted, stands.revision):
            if time.monotonic() > limit:
                return [f"the report of {self._slug} stays {stands.state}, {stands.version}"]
            self._step(ledger)
            time.sleep(_PAUSE)
        return []

    def _step(self, ledger: Ledger) -> None:
        try:
            stands = self._look()
        except DBAPIError:
            return  # Whoever cannot see where it stands waits.
        if stands.state in _SAYS_NOTHING_NEW and stands.version != self._decided_after:
            self._decided_after = stands.version
            self._lists.pop().run(ledger)
        self._errand(stands).run(ledger)

    def _look(self) -> _Standing:
        values = {"key": self._key, "year": self._stage.year}
        with self._stage.owner.connect() as connection:
            row = connection.execute(text(_STANDS), values).one_or_none()
        state, version, revision = row or (ReportState.OPEN, 0, 0)
        return _Standing(ReportState(state), version, revision)

    def _errand(self, stands: _Standing) -> Errand:
        event = _NEXT[stands.state]
        is_own = event in _OF_AGENCY
        page = f"/reports/own/{event}" if is_own else f"/reports/acts/{event}/{self._slug}"
        return Errand(
            browser=self._agency if is_own else self._above,
            page=f"{page}?year={self._stage.year}",
            fields={
                "revision": str(stands.revision),
                "title": "Chánh Văn phòng",
                "reason": "Bổ sung quyết định",
            },
            traces=report_traces(self._key, event, stands.version),
        )


_STANDS = "SELECT state, version, revision FROM report WHERE tenant_id = :key AND year = :year"


def report_traces(agency: UUID, event: ReportEvent, version: int) -> frozenset[Trace]:
    """Return what moving a report leaves, whose last version is this one."""
    if event is not ReportEvent.SUBMIT:
        return frozenset({Trace(agency, f"report {event} {version}")})
    signed = version + 1
    kinds = ("submit", "version", "people", "record")
    return frozenset(Trace(agency, f"report {kind} {signed}") for kind in kinds)


def hand_in_first(stage: Stage) -> None:
    """Let two agencies, of which one person is in both, have a version accepted each."""
    for slug in (DEPARTMENT, COMMUNE):
        problems = ReportDesk(stage, slug, versions=0).conclude(Ledger())
        assert not problems, problems


@contextmanager
def reports_beside(stage: Stage, ledger: Ledger, *, is_quiet: bool = False) -> Iterator[ReportDesk]:
    """Let reports go up while the block lasts; if quiet, have all ready and let none."""
    desk, is_over = ReportDesk(stage, COMMUNE), threading.Event()
    stage.await_green(_LONGEST)
    clerk = threading.Thread(target=desk.work, args=(ledger, is_over))
    if not is_quiet:
        clerk.start()
    try:
        yield desk
    finally:
        is_over.set()
        if not is_quiet:
            clerk.join()


def after_all(stage: Stage, desk: ReportDesk) -> list[str]:
    """Return what is wrong with one more version, and with the official figures that follow it."""
    ledger = Ledger()
    problems = desk.conclude(ledger)
    found = traces_of(stage.owner, ledger)
    for judge in (lost, done_twice, done_by_half):
        problems += judge(ledger.attempts, found)
    return [*problems, *wrong_sums(stage.owner)]
