"""Agencies to tell stories of, and the stories told so far."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

import pytest

from app.demonstration.records import Demonstration, TenantFacts
from app.demonstration.story import tell_story
from tenants.schema import TenantKind


SEED = 2026

COMMUNES = {"12": (3388, 38), "20": (5977, 65), "51": (21025, 56)}
FORMER_KON_TUM = (23284, 40)


def make_commune(province: str, code: int, head_count: int | None = None) -> TenantFacts:
    return TenantFacts(
        path=f"{province}/xa-{code}",
        province=province,
        kind=TenantKind.COMMUNE,
        commune_code=f"{code:05}",
        head_count=head_count,
    )


def make_department(province: str, number: int, head_count: int | None = None) -> TenantFacts:
    return TenantFacts(
        path=f"{province}/so-{number}",
        province=province,
        kind=TenantKind.DEPARTMENT,
        head_count=head_count,
    )


def make_three_provinces() -> tuple[TenantFacts, ...]:
    communes = [
        make_commune(province, first + 4 * step)
        for province, (first, count) in COMMUNES.items()
        for step in range(count)
    ]
    first, count = FORMER_KON_TUM
    communes += [make_commune("51", first + 4 * step) for step in range(count)]
    departments = [make_department(province, number) for province in COMMUNES for number in (1, 2)]
    featured = (
        make_department("12", 9, 60),
        make_commune("20", 6463, 150),
        make_commune("51", 21484, 80),
    )
    return (*communes, *departments, *featured)


def make_few_agencies() -> tuple[TenantFacts, ...]:
    return (
        make_department("12", 1, 40),
        make_commune("12", 3445, 40),
        make_department("51", 1, 40),
        make_commune("51", 21400, 30),
        make_commune("51", 23425, 30),
    )


@cache
def _told(tenants: Sequence[TenantFacts], today: date) -> Demonstration:
    return tell_story(tenants, today=today, seed=SEED)


@pytest.fixture(scope="session")
def small_story() -> Callable[[date], Demonstration]:
    """Tell of five agencies, as of a day."""
    return lambda today: _told(make_few_agencies(), today)


@pytest.fixture(scope="session")
def whole_story() -> Callable[[date], Demonstration]:
    """Tell of three provinces, as of a day."""
    return lambda today: _told(make_three_provinces(), today)
