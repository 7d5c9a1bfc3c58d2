"""One log for all processes: whole lines, each with the name of who said it."""

import os
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
    """What one process says, cut into lines and printed with its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.last_lines: deque[str] = deque(maxlen=_REMEMBERED)
        self._rest = b""

    def hear(self, said: bytes) -> None:
        """Print the lines that are whole by now."""
        *lines, self._rest = (self._rest + said).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self.tell(line.decode(errors="replace"))

    def tell(self, line: str) -> None:
        """Print one line under this name; an empty one says nothing."""
        if line.strip():
            self.last_lines.append(line)
            say(f"{self.name:{_NAME_WIDTH}} | {line}")

    def finish(self) -> None:
        """Print what was left without an end of line."""
        self.hear(b"\n")


class LogFile:
    """A file that a server writes, read as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0

    def news(self) -> bytes:
        """Return what was added since the last look."""
        try:
            with self._path.open("rb") as file:
                # A server that starts again begins a new log.
                if os.fstat(file.fileno()).st_size < self._position:
                    self._position = 0
                file.seek(self._position)
                said = file.read()
        except FileNotFoundError:
            return b""
        self._position += len(said)
        return said
