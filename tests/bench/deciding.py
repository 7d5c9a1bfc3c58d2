"""Heads who decide at their hours, in processes of their own, as those of a web server."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from typing import NamedTuple
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from app.config import Config
from app.domain.decisions import Ruling, Signature
from app.domain.dossiers import Outcome
from app.factory import create_app
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import RollupMark
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.decisions import decide
from tests.bench.lists import Sheet


PROCESSES = 2
"""How many decide at a time: as many as the web server has processes (app.launch.programs)."""

_PATIENCE_SECONDS = 120


class Taken(NamedTuple):
    """A decision: when it was due, when it stood, where, with which mark, on how many people."""

    due: float
    done: float
    agency: UUID
    mark: int
    people: int


class Over(NamedTuple):
    """That a process has taken all its decisions, and for how long it kept a core busy."""

    seconds_used: float


@dataclass(frozen=True, slots=True)
class Hour:
    """A list, and after how many seconds its head decides on it."""

    after: float
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Signals:
    """What the processes have in common: what they say, that all are ready, that all may go."""

    told: "Queue[Taken | Over]"
    ready: Barrier
    gone: Event


def decide_on(app: Flask, sheet: Sheet, year: int) -> int:
    """Decide on a list as the page does; return the mark that this left."""
    with app.app_context(), tenant_scope(sheet.key), unit_of_work():
        recognise(sheet)
        newest = select(func.max(RollupMark.id)).where(RollupMark.year == year)
        return db.session.scalar(newest) or 0


def recognise(sheet: Sheet) -> None:
    """Recognise everybody on a list, in the transaction under way."""
    decide(
        sheet.proposal_id,
        signature=Signature(
            number=f"{sheet.proposal_id}/QĐ",
            signed_on=today(),
            signer_name=sheet.head.name,
            signer_title="CHỦ TỊCH",
        ),
        rulings={one: Ruling(outcome=Outcome.RECOGNISED) for one in sheet.dossier_ids},
        by=sheet.head,
    )


@contextmanager
def heads_at_work(
    config: Config, hours: Sequence[Hour], year: int
) -> Iterator["tuple[float, Queue[Taken | Over]]"]:
    """Let heads decide at their hours; give when these begin, and what the heads say.

    An hour that finds every process busy is kept late, and the lateness counts.
    """
    context = get_context("spawn")
    told: Queue[Taken | Over] = context.Queue()
    ready, gone = context.Barrier(PROCESSES + 1), context.Event()
    processes = [
        context.Process(
            target=_decide_at_hours,
            args=(config, year, hours[place::PROCESSES], Signals(told, ready, gone)),
        )
        for place in range(PROCESSES)
    ]
    for one in processes:
        one.start()
    ready.wait(_PATIENCE_SECONDS)
    try:
        yield time.perf_counter(), told
    finally:
        gone.set()
        for one in processes:
            one.join()


def _decide_at_hours(config: Config, year: int, hours: Sequence[Hour], signals: Signals) -> None:
    app = create_app(config)
    with app.app_context():
        db.session.execute(select(1))
        db.session.rollback()
    signals.ready.wait(_PATIENCE_SECONDS)
    start, used = time.perf_counter(), time.process_time()
    for hour in hours:
        due = start + hour.after
        time.sleep(max(0.0, due - time.perf_counter()))
        mark = decide_on(app, hour.sheet, year)
        key, people = hour.sheet.key, len(hour.sheet.dossier_ids)
        signals.told.put(Taken(due, time.perf_counter(), key.tenant_id, mark, people))
    signals.told.put(Over(time.process_time() - used))
    signals.gone.wait()
