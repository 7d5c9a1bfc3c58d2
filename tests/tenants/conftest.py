"""Copies of the shipped files that a test may spoil."""

import shutil

import pytest

from tenants.loading.criteria import CRITERIA
from tenants.loading.definitions import DEFINITIONS


@pytest.fixture
def spoil(tmp_path):
    """Copy the definitions, replace some words in one of them, and give the copy's folder."""

    def spoil_definition(address, old, new):
        root = shutil.copytree(DEFINITIONS, tmp_path / "definitions")
        replace_once(root / address / "tenant.toml", old, new)
        return root

    return spoil_definition


@pytest.fixture
def spoil_criteria(tmp_path):
    """Copy the criteria, replace some words in one set, and give the copy of that set."""

    def spoil_set(name, old, new):
        root = shutil.copytree(CRITERIA, tmp_path / "criteria")
        replace_once(root / name, old, new)
        return root / name

    return spoil_set


def replace_once(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text, "the test spoils words that are not there"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
