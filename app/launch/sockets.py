"""Private folders for sockets: only who may enter one can speak to the server in it."""

import tempfile
from pathlib import Path

from app.launch.accounts import Account


# A socket's whole path must stay below 108 bytes; TMPDIR may be long, or closed to the account.
_PARENT = "/tmp"  # noqa: S108  # mkdtemp makes a name nobody can guess, closed to everybody else


def make_socket_folder(account: Account | None = None) -> Path:
    """Make a new folder with a short path that nobody but ``account`` (and root) may enter."""
    folder = Path(tempfile.mkdtemp(prefix="bangvang-", dir=_PARENT))
    if account:
        account.take(folder)
    return folder
