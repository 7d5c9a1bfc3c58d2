"""A Valkey server of our own, for the queue, the counters of sign-ins and whatever may be lost."""

import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from app.launch import children
from app.launch.binaries import valkey_server
from app.launch.errors import LaunchError
from app.launch.sockets import make_socket_folder, remove_socket_folder


_START_PATIENCE = 30.0


class Valkey:
    """One Valkey server; ``directory`` holds its data and its log, and is made when missing.

    ``is_durable=False`` keeps everything in memory.
    """

    def __init__(self, directory: Path, *, is_durable: bool = True) -> None:
        self.directory = directory.absolute()
        self.is_durable = is_durable
        self.log = self.directory / "log"
        self.process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None

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

    @property
    def url(self) -> str:
        """Return the address for redis-py."""
        return f"unix://{self._sockets}/s?db=0"

    def start(self) -> Self:
        """Start the server and return once it answers; after a crash, at the same address again."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._sockets = self._sockets or make_socket_folder(self.directory)
        try:
            self._attempt(self._sockets / "s")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server, which writes what it still holds, and take its socket away."""
        if self.process:
            children.end(self.process, signal.SIGTERM, patience=15)
        remove_socket_folder(self.directory)
        self.process = self._sockets = None

    def _attempt(self, address: Path) -> None:
        with self.log.open("wb") as log:
            self.process = children.spawn(
                self._command(address), output=log, farewell=signal.SIGTERM
            )
        if not self._answers(self.process, address):
            raise LaunchError(f"Valkey did not start; {self.log} ends:\n{self._last_words()}")

    def _command(self, address: Path) -> list[str | Path]:
        command: list[str | Path] = [valkey_server(), "--port", "0", "--dir", self.directory]
        command += ["--unixsocket", address, "--unixsocketperm", "700"]
        # A queue must refuse new work when memory is short, not forget old work.
        command += ["--maxmemory-policy", "noeviction", "--save", ""]
        command += ["--appendonly", "yes" if self.is_durable else "no"]
        # Without this, Valkey says in each start's log how the machine might be tuned.
        return [*command, "--loglevel", "warning"]

    def _answers(self, process: subprocess.Popen[bytes], path: Path) -> bool:
        deadline = time.monotonic() + _START_PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            if _says_pong(path):
                return True
            time.sleep(0.01)
        return False

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


def _says_pong(path: Path) -> bool:
    """Ask for a sign of life; a server still reading its data refuses with another answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
