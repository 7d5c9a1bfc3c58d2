"""Where one deployment keeps its data, who holds it at the moment, and its secret keys."""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.launch.accounts import COMMON_GROUND, Account
from app.launch.errors import LaunchError
from app.launch.log import say


def open_home(project: Path, account: Account | None) -> Path:
    """Return the folder for all data, made when missing: BANGVANG_HOME, or ``var`` in the project.

    The database's account must be able to reach it. A project in root's own folder is closed to
    that account, and stays so: its data go to a folder of their own under /var/lib instead.
    """
    if explicit := os.environ.get("BANGVANG_HOME"):
        home = _made(Path(explicit).expanduser().absolute())
        if account and not account.reaches(home):
            raise LaunchError(
                f"The account '{account.name}' cannot enter {home}, which BANGVANG_HOME names; "
                "choose a folder that is not below a private one."
            )
        return home
    home = project / "var"
    if account and not account.reaches(home if home.exists() else project):
        say(f"PostgreSQL runs as '{account.name}', which cannot enter {project}:")
        home = _elsewhere(project)
    return _made(home)


@contextmanager
def occupied(home: Path) -> Iterator[bool]:
    """Hold ``home`` for this start alone; yields whether the last one was killed while it held it.

    The kernel lets go of the lock with the process that holds it, so no lock can be left behind.
    """
    with (home / "lock").open("a+") as lock:
        lock.seek(0)
        holder = lock.read().strip()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LaunchError(
                f"Bảng Vàng is already running on {home} (process {holder}); "
                "stop it first, or set BANGVANG_HOME to another folder."
            ) from None
        _write(lock.fileno(), str(os.getpid()))
        try:
            yield holder != ""
        finally:
            _write(lock.fileno(), "")


def kept_secret(home: Path, name: str) -> str:
    """Return the environment's secret of this name, or 32 bytes in hex, made once and kept."""
    if given := os.environ.get(name):
        return given
    path = home / name.lower()
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        fresh.rename(path)
    return path.read_text()


def _made(home: Path) -> Path:
    if not home.exists():
        _made(home.parent)
        home.mkdir()
        # Others may pass through on the way to what is theirs, but not look around.
        home.chmod(0o711)
    return home


def _elsewhere(project: Path) -> Path:
    # Each copy of the project keeps its own data, as it would in its own folder.
    digest = hashlib.sha256(os.fsencode(project)).hexdigest()[:8]
    return COMMON_GROUND / f"{project.name}-{digest}"


def _write(lock: int, text: str) -> None:
    os.ftruncate(lock, 0)
    os.write(lock, text.encode())
