"""An agency's report goes up to the association, comes back, and is accepted."""

import re

import pytest

from app.domain.permissions import Role
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE
from tests.scenarios.people import PHONE


@pytest.fixture
def counted(world, year):
    """Somebody who stands in the department and in the commune."""
    put_somebody_into_both(world, year)
    return year


def test_a_report_goes_up_comes_back_and_is_accepted(world, reception, counted):
    officer = reception.seat(
        world.make_account(DEPARTMENT, Role.OFFICER),
        DEPARTMENT,
        size=PHONE,
        in_english_too=True,
    )
    above = reception.seat(
        world.make_account(PROVINCE, Role.ASSOCIATION), PROVINCE, in_english_too=True
    )
    neighbour = reception.seat(world.make_account(COMMUNE, Role.OFFICER), COMMUNE)
    above.visit(f"/reports/?year={counted}")
    above.follow(f"/reports/expected?year={counted}")
    above.press()
    hand_in(officer, counted)
    open_report(above, counted)
    above.follow(f"/reports/acts/review/{DEPARTMENT}?year={counted}")
    above.press()
    above.follow(f"/reports/acts/return/{DEPARTMENT}?year={counted}")
    above.fill(reason="Chưa khớp", items="Nhóm 3")
    above.press()
    officer.visit(f"/reports/own?year={counted}")
    officer.reads("Chưa khớp", "Nhóm 3")
    hand_in(officer, counted, reason="Đã rà soát")
    for act in ("review", "accept"):
        open_report(above, counted)
        above.follow(f"/reports/acts/{act}/{DEPARTMENT}?year={counted}")
        above.press()
    above.visit(f"/reports/?year={counted}")
    assert re.search(r"\b1(/| of )2\b", above.words())
    officer.visit(f"/reports/own/versions/2?year={counted}")
    officer.reads("Đã rà soát")
    neighbour.visit(f"/reports/?year={counted}")
    assert "Chưa khớp" not in neighbour.words()


def hand_in(officer, year, **more):
    officer.visit(f"/reports/own?year={year}")
    officer.press("main form button[type=submit]")
    officer.follow(f"/reports/own/submit?year={year}")
    officer.fill(title="Chánh Văn phòng", **more)
    officer.press()


def open_report(above, year):
    above.visit(f"/reports/?year={year}")
    above.follow(f"/reports/below/{DEPARTMENT}?year={year}")
