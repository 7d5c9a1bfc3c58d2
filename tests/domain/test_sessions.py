"""Sessions run out by themselves, and those of approvers sooner."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.permissions import Role
from app.domain.sessions import IDLE, IDLE_OF_APPROVERS, LONGEST, idle_limit, is_over


NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


def over(*roles, born=timedelta(), away=timedelta()):
    return is_over(NOW, created_at=NOW - max(born, away), seen_at=NOW - away, roles=roles)


@pytest.mark.parametrize("role", [Role.HEAD, Role.SUPERIOR, Role.CHAIR])
def test_an_approver_may_be_away_for_half_as_long(role):
    assert idle_limit({Role.CITIZEN, role}) == IDLE_OF_APPROVERS
    assert not over(role, away=IDLE_OF_APPROVERS - MOMENT)
    assert over(role, away=IDLE_OF_APPROVERS)


def test_anybody_else_may_be_away_for_half_an_hour():
    assert not over(Role.OFFICER, away=IDLE - MOMENT)
    assert over(Role.OFFICER, away=IDLE)


def test_no_session_lasts_longer_than_a_working_day():
    assert not over(Role.OFFICER, born=LONGEST - MOMENT)
    assert over(Role.OFFICER, born=LONGEST)
