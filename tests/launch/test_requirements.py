"""The lock files: complete, without an address, and of one mind."""

import re
from pathlib import Path

import pytest


_PROJECT = Path(__file__).resolve().parents[2]


def _locked(name):
    """Return each package's version and number of digests."""
    entries = re.split(r"\n(?=[a-z])", (_PROJECT / name).read_text())[1:]
    return {
        (found := re.match(r"([a-z0-9._-]+)==(\S+)", entry))[1]: (found[2], entry.count("sha256:"))
        for entry in entries
    }


@pytest.mark.parametrize("name", sorted(path.name for path in _PROJECT.glob("requirements*.txt")))
def test_every_package_is_locked_by_digest_and_no_address_is_given(name):
    assert all(digests for _version, digests in _locked(name).values())
    assert "://" not in (_PROJECT / name).read_text()


def test_what_checks_the_application_runs_it_at_the_same_versions():
    running = _locked("requirements.txt")
    assert running.items() <= _locked("requirements-dev.txt").items()


def test_the_first_python_3_11_has_what_only_it_needs():
    assert "async-timeout" in _locked("requirements.txt")
