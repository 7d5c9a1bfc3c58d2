"""Every word of the roster has a label."""

import pytest

from app.labels.roster import IMPORT_STATES, NOT_COPIED, STANDINGS


@pytest.mark.parametrize("table", [IMPORT_STATES, NOT_COPIED, STANDINGS])
def test_every_member_has_a_label(table):
    assert set(table) == set(type(next(iter(table))))
