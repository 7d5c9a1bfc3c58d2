"""Minding processes: one log, restarts, and a reason when nothing helps."""

import sys
import time

import pytest

from app.launch.errors import LaunchError
from app.launch.programs import Program
from app.launch.supervisor import Supervisor


@pytest.fixture
def supervisor():
    supervisor = Supervisor()
    yield supervisor
    supervisor.stop()


def _program(name, code, **properties):
    return Program(name, (sys.executable, "-uc", code), **properties)


def _mind_until(supervisor, is_done):
    deadline = time.monotonic() + 15
    while not is_done():
        assert time.monotonic() < deadline
        supervisor.tick()


def test_every_line_names_who_said_it(supervisor, capfdbinary):
    supervisor.complete(_program("setup", "print('một'); print('hai', end='')"))
    assert capfdbinary.readouterr().out.decode() == "setup    | một\nsetup    | hai\n"


def test_an_answer_stands_for_itself(supervisor, capfdbinary):
    supervisor.complete(_program("accounts", "print('Hường')", is_answer=True))
    assert capfdbinary.readouterr().out.decode() == "Hường\n"


def test_a_step_that_fails_ends_the_start(supervisor):
    with pytest.raises(LaunchError, match=r"'migrate' failed \(ended with code 3\)"):
        supervisor.complete(_program("migrate", "raise SystemExit(3)"))


def test_a_program_that_dies_is_started_again(supervisor, folder, capfdbinary):
    birth = f"open({str(folder / 'births')!r}, 'a').write('x'); raise SystemExit(1)"
    supervisor.start(_program("worker", birth))
    births = folder / "births"
    _mind_until(supervisor, lambda: births.exists() and births.read_text() == "xx")
    assert b"worker   | ended with code 1; starting again in 1 s" in capfdbinary.readouterr().out


def test_a_vital_program_that_never_starts_ends_everything_with_its_reason(supervisor):
    supervisor.start(_program("web", "raise ImportError('no pages here')", is_vital=True))
    with pytest.raises(LaunchError, match=r"(?s)'web' does not start.*no pages here"):
        _mind_until(supervisor, lambda: False)


def test_a_program_may_finish_what_it_is_doing_when_all_ends(supervisor, folder, capfdbinary):
    supervisor.start(
        _program(
            "worker",
            "import signal, sys, time;"
            "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5), sys.exit('finished')));"
            "print('ready');"
            "time.sleep(60)",
        )
    )
    said = b""

    def is_ready():
        nonlocal said
        said += capfdbinary.readouterr().out
        return b"ready" in said

    _mind_until(supervisor, is_ready)
    supervisor.stop()
    assert b"worker   | finished" in capfdbinary.readouterr().out
