"""Each number above the list of reports leads to as many rows of it as it counts."""

import pytest

from app.domain.expected_reports import ListChange
from app.domain.permissions import Role
from app.domain.report_standings import PICKS, ReportPick
from app.domain.reports import ReportTimeliness
from app.persistence.clock import clock_set_to
from tests.builders.census import census_of, length_at
from tests.builders.reading import amount, read_figures, words_of
from tests.builders.reporting import Desk
from tests.builders.world import DEPARTMENT, PROVINCE
from tests.web.figures.test_every_figure import assert_listed
from tests.web.reports.test_one_truth import AFTER_ALL, IN_TIME, reported


__all__ = ["reported"]
ROOM = f"/{PROVINCE}/-/reports/?lang=en"


@pytest.fixture
def above(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))


@pytest.mark.usefixtures("reported")
@pytest.mark.parametrize("moment", [IN_TIME, AFTER_ALL])
def test_every_tile_leads_to_as_many_rows_as_it_counts(above, moment):
    with clock_set_to(moment):
        tiles = [one for one in read_figures(above.get(ROOM).text).figures if one.name == "list"]
        assert len(tiles) == 6
        for tile in tiles:
            assert_listed(above, tile)
    assert sum(amount(one.number) for one in tiles) > 0


@pytest.mark.usefixtures("reported")
def test_every_number_of_the_boards_bar_leads_to_the_agencies_that_it_counts(above):
    with clock_set_to(AFTER_ALL):
        shown = read_figures(above.get(f"/{PROVINCE}/-/board/?lang=en").text).figures
        parts = [one for one in shown if one.url.endswith("#picked")]
        assert len(parts) == len(ReportTimeliness) - 1
        for part in parts:
            assert_listed(above, part)
    assert sum(amount(one.number) for one in parts) == 7


@pytest.mark.usefixtures("reported")
def test_every_choice_says_how_many_rows_it_leaves_and_that_it_leaves_others_out(above):
    with clock_set_to(AFTER_ALL):
        choices = [one for one in census_of(above.get(ROOM).text) if one.choice]
        assert {one.choice.value for one in choices} == {"", *PICKS}
        for one in choices:
            page = above.get(f"{ROOM}&standing={one.choice.value}")
            assert one.numbers == (str(length_at(page.text, "reports")),)
            assert ("Only these reports" in words_of(page)) is bool(one.choice.value)


def test_what_is_picked_together_is_all_that_is_expected_and_nothing_twice():
    ways = set(ReportTimeliness)
    parts = [PICKS[one] for one in (ReportPick.RECEIVED, ReportPick.NOT_RECEIVED, "waived")]
    assert sum(map(len, parts)) == len(ways)
    assert set().union(*parts) == PICKS[ReportPick.EXPECTED] == ways
    assert PICKS[ReportPick.CAME_LATE] | PICKS["on_time"] == PICKS[ReportPick.RECEIVED]


def test_whoever_is_not_expected_is_in_the_list_and_in_no_tile(world, above):
    desk = Desk(world, DEPARTMENT)
    desk.expect()
    desk.list_changes(ListChange.REMOVED)
    page = above.get(ROOM)
    assert length_at(page.text, "reports") == 2
    assert length_at(above.get(f"{ROOM}&standing=expected").text, "reports") == 1
    assert "All (2)" in words_of(page)
    assert "Expected (1)" in words_of(page)
