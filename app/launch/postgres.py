"""A PostgreSQL server of our own: kept data for ``make run``, throw-away clusters for the tests.

It listens on a Unix socket only, in a folder nobody else may enter; that folder is the guard, so
roles have no passwords. The roles are those of a real deployment: the application's is neither
superuser nor owner, since either would silently bypass the row-level security between agencies.
"""

import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from app.launch import children
from app.launch.accounts import database_account
from app.launch.binaries import postgres_programs
from app.launch.errors import LaunchError
from app.launch.sockets import make_socket_folder, remove_socket_folder


OWNER = "bangvang_owner"
WEB = "bangvang_web"
GROUP = "bangvang_app"
WORKER = "bangvang_worker"
ROLLUP = "bangvang_rollup"
AUDITOR = "bangvang_auditor"
AUDIT = "bangvang_audit"
BACKUP = "bangvang_backup"

_BOUND = "NOSUPERUSER NOBYPASSRLS NOCREATEDB"
# Groups hold the rights, which migrations give them; each login is a member of one group. The
# backup alone reads past row-level security, for pg_dump refuses a copy with rows left out: it may
# read and nothing else.
_ROLES = {
    GROUP: "CREATE ROLE {group} NOLOGIN",
    ROLLUP: "CREATE ROLE {rollup} NOLOGIN",
    AUDIT: "CREATE ROLE {audit} NOLOGIN",
    WEB: f"CREATE ROLE {{web}} LOGIN {_BOUND} NOCREATEROLE IN ROLE {{group}}",
    WORKER: f"CREATE ROLE {{worker}} LOGIN {_BOUND} NOCREATEROLE IN ROLE {{rollup}}",
    AUDITOR: f"CREATE ROLE {{auditor}} LOGIN {_BOUND} NOCREATEROLE IN ROLE {{audit}}",
    BACKUP: "CREATE ROLE {backup} LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE",
    OWNER: f"CREATE ROLE {{owner}} LOGIN {_BOUND} CREATEROLE",
}

SUPERUSER = "postgres"
_FAST_SHUTDOWN = signal.SIGINT
_START_PATIENCE = 60.0
# A killed predecessor's processes need a moment to notice and go.
_PREDECESSOR_PATIENCE = 15.0
_PREDECESSOR_SIGNS = ("already exists", "pre-existing shared memory")

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%t ",
    # The details of an error quote the row, and a row is about a person.
    "log_error_verbosity": "terse",
}
_THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class Postgres:
    """One PostgreSQL server; ``directory`` holds its data and its log, and is made when missing.

    ``with Postgres(directory) as server:`` starts and stops it. ``is_durable=False`` trades safety
    for speed: such a cluster is there in a third of a second, and may not survive a power cut.
    """

    def __init__(self, directory: Path, *, is_durable: bool = True) -> None:
        self.directory = directory.absolute()
        self.is_durable = is_durable
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self.process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None
        self._account = database_account()

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def start(self) -> Self:
        """Start the server and return once it answers; after a crash, at the same address again."""
        programs = postgres_programs(self._account)
        self._prepare(programs)
        self._sockets = self._sockets or make_socket_folder(self.directory, self._account)
        try:
            self._insist(programs / "postgres")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server, disconnecting whoever is still there, and take its socket away."""
        if self.process:
            children.end(self.process, _FAST_SHUTDOWN, patience=30)
        remove_socket_folder(self.directory)
        self.process = self._sockets = None

    def url(self, database: str, role: str) -> str:
        """Return the address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://{role}@/{database}?host={self._sockets}"

    def dsn(self, database: str, role: str) -> str:
        """Return the address of a database for psycopg and for PostgreSQL's own tools."""
        return f"host={self._sockets} dbname={database} user={role}"

    def create_roles(self) -> None:
        """Create the groups and the logins that are not there."""
        with self._connect() as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            names = {name.removeprefix("bangvang_"): name for name in _ROLES}
            names["group"] = GROUP
            for name, statement in _ROLES.items():
                if name not in known:
                    connection.execute(_quoted(statement, **names))

    def has_database(self, name: str) -> bool:
        """Tell whether there is a database of this name."""
        with self._connect() as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return row.fetchone() is not None

    def create_database(self, name: str, owner: str, template: str | None = None) -> None:
        """Create a database, empty or as a copy of ``template``, which nobody may be using."""
        statement = "CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}"
        if not self.is_durable:
            statement += " STRATEGY file_copy"  # twice as fast where nothing is flushed to disk
        with self._connect(is_autocommit=True) as connection:
            connection.execute(
                _quoted(statement, name=name, owner=owner, template=template or "template0")
            )

    def _connect(self, *, is_autocommit: bool = False) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.dsn("postgres", SUPERUSER), autocommit=is_autocommit)

    def _prepare(self, programs: Path) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o711)
        if self._account and not self._account.reaches(self.directory):
            raise LaunchError(
                f"PostgreSQL runs as '{self._account.name}', which cannot enter {self.directory}."
            )
        if not self.data.exists():
            self._initialise(programs / "initdb")
        elif not _is_in_use(self.data):
            # Its process is gone, but the number may be another's by now and pass for a server.
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _initialise(self, initdb: Path) -> None:
        """Make the cluster beside its place and move it there whole: half a one never stays."""
        fresh = self.directory / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self._account:
            self._account.take(fresh)
        command: list[str | Path] = [
            initdb,
            "-D",
            fresh,
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        command += ["--locale=C.UTF-8", "--no-instructions"]
        if not self.is_durable:
            command.append("--no-sync")
        result = children.complete(command, account=self._account)
        if result.returncode != 0:
            raise LaunchError(f"initdb could not make {self.data}:\n{result.stdout.strip()}")
        fresh.rename(self.data)

    def _insist(self, program: Path) -> None:
        deadline = time.monotonic() + _PREDECESSOR_PATIENCE
        while not self._attempt(program):
            if time.monotonic() > deadline or not self._is_predecessor_leaving():
                raise LaunchError(
                    f"PostgreSQL did not start; {self.log} ends:\n{self._last_words()}"
                )
            time.sleep(0.2)

    def _attempt(self, program: Path) -> bool:
        command: list[str | Path] = [program, "-D", self.data]
        settings = _SETTINGS | {"unix_socket_directories": str(self._sockets)}
        if not self.is_durable:
            settings |= _THROW_AWAY_SETTINGS
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("wb") as log:
            self.process = children.spawn(
                command, output=log, farewell=_FAST_SHUTDOWN, account=self._account
            )
        return self._answers(self.process)

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _START_PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False

    def _is_predecessor_leaving(self) -> bool:
        return any(sign in self._last_words() for sign in _PREDECESSOR_SIGNS)

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


def _quoted(statement: str, **names: str) -> sql.Composed:
    quoted = {key: sql.Identifier(name) for key, name in names.items()}
    return sql.SQL(statement).format(**quoted)


def _is_in_use(data: Path) -> bool:
    """Tell whether a server's process still works in ``data``, the folder each of them enters."""
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == data:
                return True
        except OSError:
            # The process has ended meanwhile, or is another account's and so not at our data.
            continue
    return False
