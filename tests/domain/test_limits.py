"""Limits are data; pauses grow, and end."""

import pytest

from app.config import Config
from app.domain.limits import (
    LIMITS,
    PAUSES,
    Guarded,
    Limit,
    LimitsError,
    Per,
    pause_after,
    read_limits,
)


def test_a_deployment_changes_one_limit_and_keeps_the_others():
    limits = read_limits("export/user=5/60 sign-in-failures/address=50/10")
    assert Limit(Guarded.EXPORT, Per.USER, 5, 60) in limits
    assert Limit(Guarded.SIGN_IN, Per.ADDRESS, 50, 10, failures=True) in limits
    assert len(limits) == len(LIMITS)


@pytest.mark.parametrize("written", ["export/user=many/60", "exports/user=5/60", "export/moon=5/6"])
def test_what_is_no_limit_of_the_house_is_refused(written):
    with pytest.raises(LimitsError):
        read_limits(written)


def test_an_ordinary_deployment_has_limits_by_person_agency_and_address():
    settings = {"DATABASE_URL": "x", "REDIS_URL": "y", "SECRET_KEY": "z", "CCCD_KEY": "ab" * 32}
    assert Config.from_environment(settings).limits == LIMITS
    assert {one.per for one in LIMITS} == set(Per)
    assert {one.guarded for one in LIMITS} == set(Guarded)


def test_pauses_grow_to_a_quarter_of_an_hour_and_no_further():
    assert list(PAUSES) == sorted(PAUSES)
    assert pause_after(0).total_seconds() == pause_after(4).total_seconds() == 0
    assert pause_after(5).total_seconds() == 15
    assert pause_after(10_000).total_seconds() == 900
