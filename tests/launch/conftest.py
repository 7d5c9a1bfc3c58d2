"""Folders, ports and the small deployment that the tests of starting and ending use."""

import shutil
import socket
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def folder():
    """Return an empty folder that PostgreSQL's account may enter too; pytest's own is closed."""
    path = Path(tempfile.mkdtemp(prefix="bangvang-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def free_port():
    """Return a port nobody listened on a moment ago."""
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return candidate.getsockname()[1]
