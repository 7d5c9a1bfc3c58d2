"""How a process is started so that it never outlives the launcher, however that ends."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from app.launch.accounts import Account


_PR_SET_PDEATHSIG = 1
_C_LIBRARY = ctypes.CDLL(None)


def spawn(
    command: Sequence[str | Path],
    *,
    output: int | IO[bytes],
    farewell: signal.Signals,
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, whose two outputs go to one place.

    Ctrl-C at the terminal therefore reaches the launcher alone, which ends the others in order.
    Should the launcher be killed, the kernel sends ``farewell`` to the process. The kernel ties
    that to the *thread* that called, so call from the main thread.
    """
    return subprocess.Popen(  # noqa: S603  # the command is ours, word by word, without a shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        # Only code between fork and exec can ask for the signal; the launcher has one thread.
        preexec_fn=_leave_with_parent(farewell, os.getpid()),  # noqa: PLW1509
        **_arguments(account),
    )


def complete(
    command: Sequence[str | Path], *, account: Account | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a short command to its end and return its code and everything it said."""
    return subprocess.run(  # noqa: S603  # the command is ours, word by word, without a shell
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **_arguments(account),
    )


def end(process: subprocess.Popen[bytes], farewell: signal.Signals, *, patience: float) -> None:
    """Ask a process to end, and kill it when it has not after ``patience`` seconds."""
    if process.poll() is not None:
        return
    process.send_signal(farewell)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _arguments(account: Account | None) -> dict[str, Any]:
    return account.process_arguments() if account else {}


def _leave_with_parent(farewell: signal.Signals, parent: int) -> Callable[[], None]:
    def ask_the_kernel() -> None:
        _C_LIBRARY.prctl(_PR_SET_PDEATHSIG, farewell)
        # The parent may have gone between the fork and the line above.
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel
