"""One log for all processes: whole lines, each with the name of who said it."""

import sys
from collections import deque
from pathlib import Path


_NAME_WIDTH = 8
_REMEMBERED = 12


def say(text: str) -> None:
    """Print something for the person at the terminal."""
    # Whatever the terminal's locale, the names in it are Vietnamese.
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


class Voice:
    """What one process says, cut into lines and printed with its name, if it has one."""

    def __init__(self, name: str = "") -> None:
        self._prefix = f"{name:{_NAME_WIDTH}} | " if name else ""
        self.last_lines: deque[str] = deque(maxlen=_REMEMBERED)
        self._rest = b""

    def hear(self, said: bytes) -> None:
        """Print the lines that are whole by now."""
        *lines, self._rest = (self._rest + said).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self.tell(line.decode(errors="replace"))

    def tell(self, line: str) -> None:
        """Print one line under this name."""
        self.last_lines.append(line)
        say(self._prefix + line)

    def finish(self) -> None:
        """Print what was left without an end of line."""
        if self._rest:
            self.hear(b"\n")


class LogFile:
    """A file that a server writes, read as it grows from here on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.skip()

    def skip(self) -> None:
        """Take what is there as read: what a server says while it starts well is no news."""
        self._position = self._path.stat().st_size

    def news(self) -> bytes:
        """Return what was added since the last look."""
        with self._path.open("rb") as file:
            file.seek(self._position)
            said = file.read()
        self._position += len(said)
        return said
