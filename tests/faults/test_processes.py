"""Processes are ended by their number, and known by who started them."""

import signal
import subprocess
import sys

import pytest

from tests.faults.processes import Process, wait_for, wait_until


PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"


@pytest.fixture
def family():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE)
    yield Process(parent.pid)
    parent.kill()
    parent.communicate()


def test_a_child_is_found_and_ended_alone(family):
    # A process is there a moment before it is what it was begun for.
    child = wait_for(lambda: next((one for one in family.children() if waits(one)), None), 10)
    assert child.kill()
    assert wait_until(lambda: not child.is_alive(), 10)
    assert not family.children()


def waits(process):
    return "input()" in process.command


def test_a_stopped_process_lives_and_one_that_has_ended_does_not(family):
    assert wait_for(lambda: next(iter(family.children()), None), 10)
    assert family.send(signal.SIGSTOP)
    assert family.is_alive()
    family.kill()
    assert wait_until(lambda: not family.is_alive(), 10)


def test_what_never_comes_is_not_waited_for_any_longer():
    assert wait_for(lambda: None, 0.01) is None
