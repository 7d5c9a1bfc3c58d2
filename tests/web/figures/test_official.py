"""An official figure is made of signed versions; those that are missing are named."""

import pytest

from app.domain.permissions import Role
from tests.builders.reading import read_figures
from tests.builders.reporting import Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


@pytest.fixture
def above(world, sign_in):
    put_somebody_into_both(world)
    client = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    return lambda page: client.get(f"/{PROVINCE}/-{page}")


def accept(world, *slugs):
    for slug in slugs:
        desk = Desk(world, slug)
        desk.hand_in()
        desk.accept()


def assert_figures_explained(above):
    shown = read_figures(above(f"/reports/?year={THIS_YEAR}").text).figures
    assert shown
    for figure in shown:
        found = read_figures(above(figure.url.removeprefix(f"/{PROVINCE}/-")).text)
        assert found.totals == [figure.text], figure
        assert set(found.sums) <= {figure.text}, figure


def test_official_and_provisional_figures_are_each_explained(world, above):
    accept(world, DEPARTMENT, COMMUNE)
    assert_figures_explained(above)
    page = above(f"/figures/eligible?year={THIS_YEAR}&official=1").text
    assert "version 1, fingerprint" in page
    assert "counted at" in page
    assert f"/reports/versions/1/{DEPARTMENT}" in page


def test_a_report_that_is_missing_is_named(world, above):
    accept(world, DEPARTMENT)
    page = above(f"/figures/eligible?year={THIS_YEAR}&official=1").text
    missing = page.partition("Reports that are missing")[2]
    assert "Xã Sìn Hồ" in missing
    assert "Sở Công Thương" not in missing


def test_before_anything_is_accepted_the_official_figure_is_zero(above):
    page = above(f"/figures/eligible?year={THIS_YEAR}&official=1").text
    assert "Nothing has been accepted yet." in page
    assert read_figures(page).totals == ["0"]
