"""The environment all programs are started in; with servers of one's own, the addresses are theirs.

DATABASE_URL and REDIS_URL, each when set, name a server that somebody else runs: then none is
started here.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from app.launch.home import kept_secret
from app.launch.log import LogFile, say
from app.launch.postgres import OWNER, WEB, Postgres
from app.launch.supervisor import Supervisor
from app.launch.valkey import Valkey


_DATABASE = "bangvang"
_SECRETS = ("SECRET_KEY", "CCCD_KEY")


def starts_database() -> bool:
    """Tell whether the database is ours to start, and nobody named another."""
    return not os.environ.get("DATABASE_URL")


def wants_demonstration() -> bool:
    """Tell whether an empty database is to be filled with a demonstration.

    By default ours is; one that somebody else runs only when BANGVANG_DEMO=1 asks for it by name.
    """
    return os.environ.get("BANGVANG_DEMO", "1" if starts_database() else "0") == "1"


def prepare(home: Path, port: int) -> None:
    """Tell all programs where data go, which port is theirs, and the secrets of this deployment."""
    os.environ.update(BANGVANG_HOME=str(home), PORT=str(port))
    os.environ["BANGVANG_DEMO"] = "1" if wants_demonstration() else "0"
    os.environ.update({name: kept_secret(home, name) for name in _SECRETS})
    # A line is to be seen when it is said, and its signs are Vietnamese.
    os.environ.update(PYTHONUNBUFFERED="1", PYTHONUTF8="1")


def start_servers(home: Path, supervisor: Supervisor, stack: ExitStack) -> None:
    """Start the servers that nobody else runs for us; ``stack`` ends them, the database last."""
    if starts_database():
        say("Starting PostgreSQL …")
        postgres = stack.enter_context(Postgres(home / "postgres"))
        supervisor.watch("postgres", postgres, LogFile(postgres.log))
        _prepare_database(postgres)
    if not os.environ.get("REDIS_URL"):
        say("Starting Valkey …")
        valkey = stack.enter_context(Valkey(home / "valkey"))
        supervisor.watch("valkey", valkey, LogFile(valkey.log))
        os.environ["REDIS_URL"] = valkey.url


def _prepare_database(postgres: Postgres) -> None:
    postgres.create_roles()
    if not postgres.has_database(_DATABASE):
        postgres.create_database(_DATABASE, OWNER)
    os.environ["OWNER_DATABASE_URL"] = postgres.url(_DATABASE, OWNER)
    os.environ["DATABASE_URL"] = postgres.url(_DATABASE, WEB)
