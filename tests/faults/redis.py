"""Faults of Redis: killed and empty, emptied under way, and away for a while."""

import shutil
import signal
import time
from http import HTTPStatus

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import update

from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import hash_password
from tests.faults.acts import Ledger
from tests.faults.browsers import Answer, Browser
from tests.faults.injecting import Fault, Injected
from tests.faults.load import DEPARTMENTS, at_work, paper_forms, somebody
from tests.faults.long_work import LongWork
from tests.faults.processes import wait_until
from tests.faults.stage import Stage


KILLS = 3
FLUSHES = 10
AWAY_SECONDS = 15.0
_CALM_SECONDS = 3.0
_BACK_SECONDS = 45.0
_SLOWEST_PAGE = 5.0
_PASSWORD = "bốn mùa hoa ban nở"
_PLANTED = "faults:planted"


def kill_and_empty(stage: Stage, ledger: Ledger) -> Injected:
    """Kill the server again and again, each time with everything that it kept."""
    desks = [paper_forms(stage, slug, 200) for slug in DEPARTMENTS]
    _, reader = somebody(stage, DEPARTMENTS[0], Role.OFFICER)
    work = LongWork(stage)
    with at_work(ledger, desks), _connection(stage) as redis:
        problems = work.begin()
        for _ in range(KILLS):
            redis.set(_PLANTED, 1)
            problems += work.spoil()
            _kill_without_memory(stage, redis)
            if not wait_until(lambda: _answers(redis), _BACK_SECONDS):
                problems.append("Redis was not started again")
            elif redis.exists(_PLANTED):
                problems.append("Redis came back with its memory: nothing was injected")
            time.sleep(_CALM_SECONDS)
    problems += _still_signed_in(reader)
    return Injected(
        said=f"kill -9 of Redis {KILLS} times, back empty, {work}",
        problems=problems,
        afterwards=work.problems,
    )


def _kill_without_memory(stage: Stage, redis: Redis) -> None:
    redis.config_set("appendonly", "no")
    shutil.rmtree(stage.home / "valkey" / "appendonlydir")
    server = stage.program("valkey-server")
    assert server is not None
    server.kill()


def flush(stage: Stage, ledger: Ledger) -> Injected:
    """Empty the server again and again in a wave of recomputations."""
    desks = [paper_forms(stage, slug, 150) for slug in DEPARTMENTS]
    _, reader = somebody(stage, DEPARTMENTS[0], Role.OFFICER)
    with at_work(ledger, desks, pause=0.05), _connection(stage) as redis:
        for _ in range(FLUSHES):
            time.sleep(_CALM_SECONDS / 6)
            redis.flushall()
    return Injected(said=f"FLUSHALL {FLUSHES} times", problems=_still_signed_in(reader))


def freeze(stage: Stage, ledger: Ledger) -> Injected:
    """Stop the server for a while: acts and pages go on, and signing in waits for it."""
    desks = [paper_forms(stage, slug, 150) for slug in DEPARTMENTS]
    account, reader = somebody(stage, DEPARTMENTS[0], Role.OFFICER)
    _give_password(stage, account.id)
    stranger = stage.browser(DEPARTMENTS[0])
    typed = {"login": account.login, "password": _PASSWORD}
    server = stage.program("valkey-server")
    assert server is not None
    pages: list[Answer] = []
    with at_work(ledger, desks):
        server.send(signal.SIGSTOP)
        limit = time.monotonic() + AWAY_SECONDS
        try:
            refused = stranger.post("/sign-in", typed)
            while time.monotonic() < limit:
                pages += [reader.get("/entry/"), stage.browser(DEPARTMENTS[0]).get("/honours/")]
                time.sleep(1)
        finally:
            server.send(signal.SIGCONT)
            over_at = time.monotonic()
    problems = [f"a page answered {one.status}" for one in pages if one.status != HTTPStatus.OK]
    slowest = max(one.seconds for one in pages)
    if slowest > _SLOWEST_PAGE:
        problems.append(f"a page took {slowest:.1f} s")
    if refused.status != HTTPStatus.SERVICE_UNAVAILABLE:
        problems.append(f"signing in answered {refused.status} while nobody could count")
    if not wait_until(lambda: stranger.post("/sign-in", typed).status == HTTPStatus.FOUND, 20):
        problems.append("signing in was not possible again")
    return Injected(
        said=f"SIGSTOP of Redis for {AWAY_SECONDS:.0f} s (nothing waits longer than 2 s for it);"
        f" {len(pages)} pages meanwhile, the slowest {slowest:.1f} s; signing in refused with 503",
        problems=problems,
        over_at=over_at,
    )


def _give_password(stage: Stage, account_id: object) -> None:
    with stage.app.app_context(), unit_of_work():
        stored = hash_password(_PASSWORD)
        db.session.execute(
            update(Account).where(Account.id == account_id).values(password_hash=stored)
        )


def _still_signed_in(reader: Browser) -> list[str]:
    status = reader.get("/entry/").status
    return [] if status == HTTPStatus.OK else [f"somebody who was signed in gets {status}"]


def _connection(stage: Stage) -> Redis:
    return Redis.from_url(stage.config.redis_url, socket_timeout=5, socket_connect_timeout=5)


def _answers(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False


FAULTS = (
    Fault(number=6, name="Redis killed, empty", seconds=300, inject=kill_and_empty),
    Fault(number=7, name="Redis flushed in a wave", seconds=300, inject=flush),
    Fault(number=8, name="Redis away", seconds=60, inject=freeze),
)
