"""Where the servers' programs are found."""

from pathlib import Path

import pytest

from app.launch.binaries import postgres_programs, valkey_server
from app.launch.errors import LaunchError


def test_an_explicit_folder_of_postgresql_wins(monkeypatch):
    found = postgres_programs(None)
    monkeypatch.setenv("PG_BIN", f"{found}/../bin")
    assert postgres_programs(None) == Path(f"{found}/../bin")


def test_an_explicit_valkey_wins(monkeypatch):
    monkeypatch.setenv("VALKEY_BIN", "/bin/true")
    assert valkey_server() == Path("/bin/true")


@pytest.mark.parametrize(
    ("variable", "find"),
    [("PG_BIN", lambda: postgres_programs(None)), ("VALKEY_BIN", valkey_server)],
)
def test_an_explicit_program_that_is_not_there_is_refused_by_its_variable(
    monkeypatch, variable, find
):
    monkeypatch.setenv(variable, "/nowhere")
    with pytest.raises(LaunchError, match=variable):
        find()
