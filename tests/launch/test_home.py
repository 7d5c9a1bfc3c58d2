"""The folder of a deployment: who holds it, and the secrets it keeps."""

import os
import subprocess
import sys

import pytest

from app.launch.accounts import database_account
from app.launch.errors import LaunchError
from app.launch.home import kept_secret, occupied, open_home


_HOLDER = """
import pathlib, sys, time
from app.launch.home import occupied
with occupied(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_start_is_refused_in_one_line(folder):
    with (
        occupied(folder),
        pytest.raises(LaunchError, match=rf"already running on .* \(process {os.getpid()}\)") as no,
        occupied(folder),
    ):
        pytest.fail("two starts held one folder")
    assert "\n" not in str(no.value)


def test_a_start_that_failed_is_no_killed_one(folder):
    with pytest.raises(LaunchError), occupied(folder):
        raise LaunchError("for some reason")
    with occupied(folder) as was_killed:
        assert not was_killed


def test_the_lock_of_a_killed_start_lets_go_and_tells(folder):
    with subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", _HOLDER, folder], stdout=subprocess.PIPE, text=True
    ) as holder:
        holder.stdout.readline()
        holder.kill()
    with occupied(folder) as was_killed:
        assert was_killed


def test_a_secret_is_made_once_and_only_its_owner_reads_it(folder, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = kept_secret(folder, "SECRET_KEY")
    assert kept_secret(folder, "SECRET_KEY") == made
    assert len(bytes.fromhex(made)) == 32
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_secret_of_the_environment_is_used_and_not_written_down(folder, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "from a vault")
    assert kept_secret(folder, "SECRET_KEY") == "from a vault"
    assert not (folder / "secret_key").exists()


def test_data_are_in_the_project_unless_a_home_is_named(folder, monkeypatch):
    monkeypatch.delenv("BANGVANG_HOME", raising=False)
    assert open_home(folder, database_account()) == folder / "var"
    monkeypatch.setenv("BANGVANG_HOME", str(folder / "some" / "where"))
    assert open_home(folder, database_account()) == folder / "some" / "where"
