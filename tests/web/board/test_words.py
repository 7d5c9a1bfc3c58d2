"""The board has a word for everything that it may have to say."""

from app.domain.timeliness import Timeliness
from app.labels.boards import COLUMNS, KINDS, SHARES, TIMELINESS
from app.web.board import columns
from tenants.schema import Denominator, TenantKind


def test_every_member_has_a_label():
    assert set(KINDS) == set(TenantKind)
    assert set(SHARES) == set(Denominator)
    assert set(TIMELINESS) == set(Timeliness)


def test_every_column_with_a_heading_can_be_sorted_by():
    assert set(columns.COLUMNS) == {"name", "report", *COLUMNS}
