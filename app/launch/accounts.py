"""The account PostgreSQL runs under: it refuses root, so root lends it an ordinary account."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.launch.errors import LaunchError


# Both come with Debian's base system or its PostgreSQL; initdb wants an account that has a name.
_CANDIDATES = ("postgres", "nobody")
# Where root keeps what that account must reach, and only root may write.
COMMON_GROUND = Path("/var/lib/bangvang")


@dataclass(frozen=True)
class Account:
    """An account of this machine that root can start a program as."""

    name: str
    uid: int
    gid: int

    def process_arguments(self) -> dict[str, Any]:
        """Return what makes a subprocess run under this account and its own group only."""
        # The folder we are in may be closed to it.
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}

    def reaches(self, path: Path) -> bool:
        """Tell whether this account may pass through a folder, or execute a file."""
        command = ["test", "-x", str(path)]
        return subprocess.run(command, check=False, **self.process_arguments()).returncode == 0  # noqa: S603

    def take(self, path: Path) -> None:
        """Make this account the owner of one file or folder, and of nothing above it."""
        os.chown(path, self.uid, self.gid)


def database_account() -> Account | None:
    """Return the account that root starts PostgreSQL under; None lets it run as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise LaunchError(
        "PostgreSQL refuses to run as root, and there is neither an account "
        "'postgres' nor 'nobody' to run it under."
    )
