"""A pytest plugin: when all tests are through, no agency's word is left outside its tables.

Searched are every line of every log, everything in Redis, the log of PostgreSQL, and the temporary
files that stay. What a test itself puts into its folder (``tmp_path``) is its own.
"""

import logging
import tempfile
from pathlib import Path

import pytest

from tests.isolation.artefacts import Lines, files_under, found_in, left_in_redis


_told: list[str] = []


@pytest.fixture(scope="session", autouse=True)
def _traces(valkey, postgres):
    """Listen while tests run, and search what is left before the servers go."""
    lines, usual = Lines(), tempfile.gettempdir()
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="bangvang-traces-") as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = usual
            root.removeHandler(lines)
            root.setLevel(level)
        left = {f"line {number} of the log": line for number, line in enumerate(lines.lines)}
        left |= left_in_redis(valkey.url) | _files_left(folder)
    left[str(postgres.log)] = postgres.log.read_bytes()
    strays = [name for name, content in left.items() if found_in(content)]
    _told.append(f"traces {len(strays)} ({len(left)} searched, {len(lines.lines)} lines of logs)")
    assert strays == []


def _files_left(folder):
    found = files_under(Path(folder))
    return {name: content for name, content in found.items() if "/pytest-of-" not in name}


def pytest_terminal_summary(terminalreporter):
    """Say how much was searched, and what was found."""
    for line in _told:
        terminalreporter.write_line(line)
