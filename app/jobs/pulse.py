"""What a worker sees of the process that does its job: whether it lives, and whether it gets on.

Both share a page of memory, so that the word reaches the worker whatever has become of the database
and of Redis. A process that stands still, or that lives and does nothing, is ended by its worker:
its limit may be ten minutes away, and others wait behind it.
"""

import json
import mmap
import struct
import threading
import time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.domain.outbox import BEAT
from app.domain.tenants import TenantKey


FROZEN_AFTER = 30.0
"""For how many seconds a process may give no sign of life: one comes every five."""
STUCK_AFTER = 75.0
"""For how many seconds work may not get on. Longer than the minute that short work may take, and
after which a job that only counts is interrupted from within."""

_MOMENTS = struct.Struct("ddd")
_BYTES = 512


class Trouble(StrEnum):
    """Why a process was ended: what is kept of it as the name of an error."""

    FROZEN = "WorkerFrozen"
    LATE = "TookTooLong"
    STUCK = "NoProgress"


class InHand(NamedTuple):
    """What a process is at: a line of the outbox, or the figures of a year."""

    province_id: int
    tenant_id: str
    year: int | None = None
    line_id: str | None = None
    fence: int = 0
    seconds: float | None = None
    """For how long it may be in hand."""

    @property
    def tenant(self) -> TenantKey:
        """Whose it is."""
        return TenantKey(self.province_id, UUID(self.tenant_id))


class Pulse:
    """The last sign of life, the last progress, and what the process has in hand."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Take memory of one's own: a process that was forked shares it with its parent."""
        self._shared = mmap.mmap(-1, _BYTES)

    def begin(self) -> None:
        """Begin to watch a new job."""
        now = time.monotonic()
        self._shared[:] = bytes(_BYTES)
        _MOMENTS.pack_into(self._shared, 0, now, now, now)

    def beat(self) -> None:
        """Say that the process lives."""
        struct.pack_into("d", self._shared, 0, time.monotonic())

    def get_on(self) -> None:
        """Say that the work gets on."""
        struct.pack_into("d", self._shared, 8, time.monotonic())

    def take_in_hand(self, what: InHand) -> None:
        """Say what is being done, so that it can be given back should the process not end well."""
        text = json.dumps(what).encode()
        self._shared[_MOMENTS.size :] = text.ljust(_BYTES - _MOMENTS.size, b"\0")
        struct.pack_into("d", self._shared, 16, time.monotonic())
        self.get_on()

    def in_hand(self) -> InHand | None:
        """Return what was being done last; None before anything was."""
        text = self._shared[_MOMENTS.size :].rstrip(b"\0")
        return InHand(*json.loads(text)) if text else None

    def trouble(self) -> Trouble | None:
        """Return why the process is to be ended, or None."""
        alive_at, got_on_at, taken_at = _MOMENTS.unpack_from(self._shared, 0)
        now, what = time.monotonic(), self.in_hand()
        if now - alive_at > FROZEN_AFTER:
            return Trouble.FROZEN
        if what is not None and what.seconds is not None and now - taken_at > what.seconds:
            return Trouble.LATE
        return Trouble.STUCK if now - got_on_at > STUCK_AFTER else None


PULSE = Pulse()
"""Of the job that this worker, or the process that it forked, is at."""


def keep_beating() -> None:
    """Say from a second thread that this process lives, for as long as it does."""
    threading.Thread(target=_beat, daemon=True).start()


def _beat() -> None:
    while True:
        PULSE.beat()
        time.sleep(BEAT.total_seconds())
