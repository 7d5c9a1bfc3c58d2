"""The bill of materials names what is locked, and what is locked is installed."""

import re
from importlib.metadata import distributions
from pathlib import Path

from tests.architecture.sbom import bill


LOCK = Path("requirements.txt").read_text(encoding="utf-8")


def test_every_locked_package_is_in_the_bill_with_its_digests():
    parts = bill()["components"]
    locked = re.findall(r"^([A-Za-z0-9._-]+)==", LOCK, re.MULTILINE)
    assert [one["name"] for one in parts] == locked
    assert sum(len(one["hashes"]) for one in parts) == LOCK.count("sha256:")
    assert all(one["hashes"] for one in parts)
    assert len({one["bom-ref"] for one in parts}) == len(parts)


def test_what_is_installed_is_what_is_locked():
    """Some are locked for other systems or other Pythons too, and not installed here."""
    locked = {}
    for one in bill()["components"]:
        locked.setdefault(one["name"], set()).add(one["version"])
    installed = {one.metadata["Name"].lower(): one.version for one in distributions()}
    differing = [
        (name, versions, installed[name])
        for name, versions in locked.items()
        if name in installed and installed[name] not in versions
    ]
    assert differing == []


def test_the_bill_is_the_same_each_time():
    assert bill() == bill()
