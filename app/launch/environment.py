"""The environment all programs are started in; with servers of one's own, the addresses are theirs.

DATABASE_URL and REDIS_URL, each when set, name a server that somebody else runs: then none is
started here.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.launch.home import kept_secret
from app.launch.log import LogFile, say
from app.launch.postgres import OWNER, WEB, WORKER, Postgres
from app.launch.supervisor import Supervisor
from app.launch.valkey import Valkey


_DATABASE = "bangvang"
_SECRETS = ("SECRET_KEY", "CCCD_KEY")
_SHARED = (
    *_SECRETS,
    "BANGVANG_DEMO",
    "BANGVANG_HOME",
    "BANGVANG_URL",
    "CCCD_KEYS",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "PORT",
    "REDIS_URL",
    "ROLLUP_DATABASE_URL",
)


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


@contextmanager
def shared(project: Path, explicit_home: str | None) -> Iterator[None]:
    """Tell commands beside this start where its servers are, for as long as they are there.

    The file lies where ``app.config`` looks: in the folder that BANGVANG_HOME named, else in
    ``var`` of the project, even when the data had to go elsewhere.
    """
    folder = Path(explicit_home).expanduser() if explicit_home else project / "var"
    path = folder / "environment"
    folder.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    lines = [f"{name}={os.environ[name]}" for name in _SHARED if name in os.environ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _prepare_database(postgres: Postgres) -> None:
    postgres.create_roles()
    if not postgres.has_database(_DATABASE):
        postgres.create_database(_DATABASE, OWNER)
    os.environ["OWNER_DATABASE_URL"] = postgres.url(_DATABASE, OWNER)
    os.environ["DATABASE_URL"] = postgres.url(_DATABASE, WEB)
    os.environ["ROLLUP_DATABASE_URL"] = postgres.url(_DATABASE, WORKER)
