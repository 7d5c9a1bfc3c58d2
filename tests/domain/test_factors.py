"""Who needs a second factor, how long it counts, and what codes look like."""

from datetime import UTC, datetime, timedelta
from math import log2

import pytest

from app.domain.factors import (
    FRESH_FOR,
    is_fresh,
    needs_factor,
    new_recovery_code,
    steps_around,
    tidy_code,
)
from app.domain.permissions import GRANTS, Permission, Role


NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("role", list(Role))
def test_whoever_decides_proposes_or_manages_needs_a_factor(role):
    weighty = {Permission.DECISION_MAKE, Permission.PROPOSAL_SEAL, Permission.MEMBER_MANAGE}
    is_weighty = bool(GRANTS[role] & weighty) or role is Role.ASSOCIATION
    assert needs_factor({role}) is is_weighty
    assert needs_factor({role, Role.CITIZEN}) is is_weighty


def test_a_factor_is_fresh_for_ten_minutes():
    assert not is_fresh(None, NOW)
    assert is_fresh(NOW - FRESH_FOR + timedelta(seconds=1), NOW)
    assert not is_fresh(NOW - FRESH_FOR, NOW)


def test_clocks_may_differ_by_half_a_minute():
    before, now, after = steps_around(NOW)
    assert (before, after) == (now - 1, now + 1)
    assert steps_around(NOW + timedelta(seconds=30))[1] == after


def test_a_printed_code_holds_more_than_112_random_bits_and_reads_back():
    code = new_recovery_code()
    assert len(tidy_code(code)) * log2(31) > 112
    assert tidy_code(f" {code.upper()} ") == tidy_code(code)
    assert new_recovery_code() != code
