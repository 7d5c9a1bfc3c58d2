"""Nothing grows too long to be read at one sitting."""

from pathlib import Path

import pytest


LONGEST_MODULE = 400
MODULES = sorted(path for room in ("app", "tenants", "tests") for path in Path(room).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_is_no_longer_than_it_may_be(path: Path):
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
