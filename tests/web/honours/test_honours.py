"""The honour roll is for everybody, and says no more than name, unit and year of birth."""

import pytest

from tests.builders.lists import Office
from tests.builders.world import COMMUNE, DEPARTMENT, FAILING, OTHER_COMMUNE


def roll_of(client, slug, query=""):
    return client.get(f"/{slug}/-/honours/{query}", headers={"Accept-Language": "en"})


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_empty_roll_says_so(client, language):
    page = client.get(f"/{DEPARTMENT}/-/honours/", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert "golden-board" in page.text


def test_only_published_recognition_is_shown(world, client):
    office = Office(world)
    office.published(office.appraised(name="Vừ A Chứ", birth_year=1984), number="05/QĐ-SCT")
    office.published(office.appraised(name="Giàng A Sử", scores=FAILING))
    office.decided(office.submitted(office.appraised(name="Lò Thị Pánh")))
    page = roll_of(client, DEPARTMENT).text
    assert "Vừ A Chứ" in page
    assert "1984" in page
    assert "05/QĐ-SCT" in page
    assert "Giàng A Sử" not in page
    assert "Lò Thị Pánh" not in page


def test_pupils_are_neither_named_nor_counted(world, client):
    office = Office(world, COMMUNE)
    office.published(
        office.appraised(name="Cháu Mỷ", group=4), office.appraised(name="Vừ A Chứ", group=1)
    )
    page = roll_of(client, COMMUNE).text
    assert "Cháu Mỷ" not in page
    assert "Vừ A Chứ" in page
    assert "Pupils are recognised too; they are neither named nor counted here." in page
    assert "2" not in page.partition("golden-board-number")[2].partition("<")[0]


def test_another_agency_shows_nobody_of_ours(world, client):
    office = Office(world)
    office.published(office.appraised(name="Vừ A Chứ"))
    assert "Vừ A Chứ" not in roll_of(client, OTHER_COMMUNE).text


def test_the_portal_has_no_roll(client):
    assert client.get("/honours/").status_code == 404


def test_a_year_can_be_asked_for(client):
    assert "2024" in roll_of(client, DEPARTMENT, "?year=2024").text
