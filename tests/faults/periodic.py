"""The fault of the night's work: five tickers at once, and none for a day.

The nights come as the database's clock says so; the clock of the machine is left alone.
"""

import signal
from datetime import datetime, time, timedelta

from sqlalchemy import text

from app.domain.deadlines import VIETNAM
from app.domain.periodic import Periodic
from app.launch.port import answers
from tests.faults.acts import Ledger
from tests.faults.clocks import database_says
from tests.faults.injecting import Fault, Injected
from tests.faults.load import DEPARTMENTS
from tests.faults.processes import wait_until
from tests.faults.stage import Stage


TICKERS = 5
TASKS = len(Periodic)
_A_DAY = timedelta(days=1)
_FIRST_SECONDS = 90.0
_NIGHT_SECONDS = 90.0


def tick_twice_and_not_at_all(stage: Stage, _ledger: Ledger) -> Injected:
    """Let one night come with five tickers at once, and another without any."""
    if not wait_until(lambda: len(_runs(stage)) >= TASKS, _FIRST_SECONDS):
        return Injected(said="nothing", problems=["no slot has begun to count"])
    noon = datetime.combine(datetime.now(VIETNAM), time(12), tzinfo=VIETNAM)
    ticker = stage.program("wsgi tick")
    assert ticker is not None
    try:
        problems = _with_many(stage, noon + _A_DAY)
        ticker.send(signal.SIGSTOP)
        problems += _without_any(stage, noon + 3 * _A_DAY)
    finally:
        ticker.send(signal.SIGCONT)
        _forget_the_future(stage)
    return Injected(
        said=f"a night with {TICKERS} tickers more: each of {TASKS} slots run once, a planted wrong"
        f" figure repaired with one alarm; a day without any: {TASKS} slots put down as missed, and"
        " /jobsz says so",
        problems=problems,
    )


def _with_many(stage: Stage, moment: datetime) -> list[str]:
    """Plant a wrong figure, and let many tickers come upon the same night."""
    stage.await_green(_NIGHT_SECONDS)
    key = stage.world.key_of(DEPARTMENTS[0])
    with stage.owner.begin() as connection:
        statement = "UPDATE unit_result SET people = people + 1 WHERE tenant_id = :tenant"
        connection.execute(text(statement), {"tenant": key.tenant_id})
    _let_night_come(stage, moment, TICKERS)
    runs = [one for one in _runs(stage) if one.slot > moment - _A_DAY]
    with stage.owner.connect() as connection:
        alarms = connection.execute(text("SELECT count(*) FROM alarm")).scalar_one()
    wrong = [f"{one.name} {one.outcome}, {one.attempts} tries" for one in runs if not _is_once(one)]
    if len(runs) != TASKS:
        wrong.append(f"{len(runs)} slots of {TASKS} were run")
    if alarms != 1:
        wrong.append(f"{alarms} alarms for one wrong figure")
    return wrong


def _is_once(run: object) -> bool:
    return (run.outcome, run.attempts) == ("done", 1)  # type: ignore[attr-defined]


def _without_any(stage: Stage, moment: datetime) -> list[str]:
    """Let a day pass without a ticker, and look what the next one says of it."""
    with database_says(stage, moment):
        _run_tickers(stage, 2)
        is_seen = not answers(stage.port, "/jobsz")
    missed = [one for one in _runs(stage) if one.outcome == "missed"]
    wrong = [] if len(missed) == TASKS else [f"{len(missed)} slots of {TASKS} put down as missed"]
    return wrong if is_seen else [*wrong, "/jobsz says that all is well"]


def _let_night_come(stage: Stage, moment: datetime, tickers: int) -> None:
    with database_says(stage, moment):
        _run_tickers(stage, tickers)


def _run_tickers(stage: Stage, number: int) -> None:
    """Start tickers at once, and wait until each has ended and no slot is under way."""
    tickers = [stage.nursery.run("tick", "--once") for _ in range(number)]
    wait_until(lambda: not any(one.is_alive() for one in tickers), _NIGHT_SECONDS)
    wait_until(lambda: all(one.outcome != "running" for one in _runs(stage)), _NIGHT_SECONDS)


def _runs(stage: Stage) -> list[object]:
    with stage.owner.connect() as connection:
        statement = "SELECT name, slot, outcome, attempts FROM periodic_run ORDER BY slot, name"
        return list(connection.execute(text(statement)))


def _forget_the_future(stage: Stage) -> None:
    """Take away the nights that have not come: the real ones are still to be run."""
    with stage.owner.begin() as connection:
        connection.execute(text("DELETE FROM periodic_run WHERE slot > clock_timestamp()"))
        connection.execute(text("DELETE FROM alarm"))


FAULTS = (
    Fault(
        number=24,
        name="tickers twice, and none",
        seconds=60,
        inject=tick_twice_and_not_at_all,
        is_quiet=True,
    ),
)
