"""Private folders for sockets: only who may enter one can speak to the server in it."""

import shutil
import tempfile
from pathlib import Path

from app.launch.accounts import Account


# A socket's whole path must stay below 108 bytes; TMPDIR may be long, or closed to the account.
_PARENT = "/tmp"  # noqa: S108  # mkdtemp makes a name nobody can guess, closed to all  # nosec B108
_PREFIX = "bangvang-"


def make_socket_folder(directory: Path, account: Account | None = None) -> Path:
    """Make a new folder with a short path that nobody but ``account`` (and root) may enter.

    ``socket`` in the server's ``directory`` leads there, for people and their tools, and for the
    next start, which thereby finds and removes the folder of one that was killed.
    """
    remove_socket_folder(directory)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_PARENT))
    if account:
        account.take(folder)
    (directory / "socket").symlink_to(folder)
    return folder


def remove_socket_folder(directory: Path) -> None:
    """Remove the folder that ``socket`` leads to, if there is one."""
    link = directory / "socket"
    if link.is_symlink():
        folder = link.readlink()
        link.unlink()
        # A copy of the data made with another program may lead anywhere.
        if folder.parent == Path(_PARENT) and folder.name.startswith(_PREFIX):
            shutil.rmtree(folder, ignore_errors=True)
