"""The menu says where somebody is: in one room at a time."""

import re

import pytest

from app.domain.permissions import Role
from tests.builders.world import DEPARTMENT


@pytest.mark.parametrize(
    ("page", "room"),
    [
        ("inspections/", "inspections/"),
        ("inspections/new", "inspections/"),
        ("inspections/received", "inspections/received"),
        ("adhoc/received", "adhoc/received"),
        ("settings/units", "settings/"),
    ],
)
def test_one_line_of_the_menu_is_where_somebody_is(world, sign_in, page, room):
    browser = sign_in(world.make_account(DEPARTMENT, *Role))
    shown = browser.get(f"/{DEPARTMENT}/-/{page}")
    assert shown.status_code == 200
    menu = shown.text[shown.text.index('<nav class="side-nav') :].split("</nav>")[0]
    links = re.findall(r"<a\b[^>]*>", menu)
    current = [re.search('href="([^"]*)"', one)[1] for one in links if "aria-current" in one]
    assert current == [f"/{DEPARTMENT}/-/{room}"]
