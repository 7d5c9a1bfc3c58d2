"""A difference between a figure and its decisions is called what it is.

It has changed while changes wait to be counted. Otherwise it does not add up, and the page says so.
"""

import pytest
from sqlalchemy import text

from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.unit_of_work import unit_of_work
from app.services.results import mark_out_of_date
from tests.builders.figures import Office
from tests.builders.lists import Office as Lists
from tests.builders.reading import read_figures, words_of
from tests.builders.world import DEPARTMENT, PROVINCE, THIS_YEAR


RECOGNISED = f"/figures/recognised?year={THIS_YEAR}"


@pytest.fixture(autouse=True)
def decided(world):
    """A department that has published a decision, with nothing left to count."""
    office = Lists(world, DEPARTMENT)
    office.published(office.appraised(), number="07/QĐ-SCT")
    Office(world, DEPARTMENT).recompute()


SPOILED = """
    UPDATE unit_result SET people = people + 3
    WHERE (state, outcome) = ('published', 'recognised')
"""


def spoil(world):
    """Make a figure wrong that nobody has asked to be counted again."""
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(text(SPOILED))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Does not add up: the figure and the decisions differ 3", "do not add up.")),
        ("vi", ("số liệu chênh lệch so với các quyết định 3", "không khớp nhau.")),
    ],
)
def test_a_figure_that_stands_wrong_is_not_said_to_have_changed(world, browse, language, told):
    open_page = browse(DEPARTMENT, Role.SECRETARY, language=language)
    for where in ("", f"&unit={world.unit_of(DEPARTMENT)}"):
        assert not read_figures(open_page(f"{RECOGNISED}{where}").text).gaps
    spoil(world)
    page = open_page(RECOGNISED)
    assert read_figures(page.text).gaps == {"does_not_add_up"}
    assert all(one in words_of(page) for one in told)
    assert 'href="#compare"' in page.text
    assert 'id="compare"' in page.text


def test_while_a_change_waits_the_difference_has_changed(world, browse):
    spoil(world)
    with world.inside(DEPARTMENT), unit_of_work():
        mark_out_of_date(THIS_YEAR)
    page = browse(DEPARTMENT, Role.SECRETARY)(RECOGNISED)
    assert read_figures(page.text).gaps == {"not_counted_yet"}
    said = words_of(page)
    assert "Changed since the figure was computed 3" in said
    assert "do not add up" not in said


def test_above_an_agency_its_waiting_changes_are_known_too(world, browse):
    spoil(world)
    open_page, address = browse(PROVINCE), f"{RECOGNISED}&slug={DEPARTMENT}&alone=1"
    assert read_figures(open_page(address).text).gaps == {"does_not_add_up"}
    with world.inside(DEPARTMENT), unit_of_work():
        mark_out_of_date(THIS_YEAR)
    assert read_figures(open_page(address).text).gaps == {"not_counted_yet"}
