"""Everybody may read what a province has recognised, and nobody learns a count of one to four."""

import re

import pytest

from app.domain.dossiers import State
from tests.builders.figures import Office
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


@pytest.fixture
def recognise(world):
    """Let agencies publish that they recognise so many people of each group."""

    def published(slug, **people):
        office = Office(world, slug)
        for group, count in people.items():
            for _ in range(count):
                office.make(State.PUBLISHED, group=int(group.removeprefix("group_")))
        office.recompute()

    return published


def page_of(client, slug=PROVINCE, language="en", query=""):
    return client.get(f"/{slug}/-/published/{query}", headers={"Accept-Language": language})


def rows_of(page):
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_great_numbers_are_shown_to_whoever_comes(recognise, client):
    recognise(DEPARTMENT, group_3=6)
    recognise(COMMUNE, group_1=7, group_3=5)
    rows = rows_of(page_of(client))
    assert "Sở Công Thương 0 6 6" in rows
    assert "Xã Sìn Hồ 7 5 12" in rows
    assert "Grand total 7 11 18" in rows
    assert "hidden" not in " ".join(rows)


@pytest.mark.parametrize(("language", "few"), [("vi", "ít hơn 5"), ("en", "fewer than 5")])
def test_a_small_number_and_what_it_could_be_worked_out_from_are_hidden(
    recognise, client, language, few
):
    recognise(DEPARTMENT, group_3=2)
    recognise(COMMUNE, group_1=9, group_3=5)
    page = page_of(client, language=language)
    hidden = {"vi": "đã ẩn", "en": "hidden"}[language]
    assert f"Sở Công Thương {hidden} {hidden} {hidden}" in rows_of(page)
    assert f"Xã Sìn Hồ {hidden} {hidden} {hidden}" in rows_of(page)
    assert few in page.text.partition("</table>")[2]


def test_only_what_is_published_counts(world, recognise, client):
    recognise(COMMUNE, group_1=6)
    office = Office(world, COMMUNE)
    office.make(State.DECIDED, group=1)
    office.make(State.PUBLISHED, group=1, is_recognised=False)
    office.recompute()
    assert "Xã Sìn Hồ 6 6" in rows_of(page_of(client))


def test_pupils_are_one_number_for_the_province(recognise, client):
    recognise(COMMUNE, group_1=6, group_4=3)
    page = page_of(client)
    assert "Xã Sìn Hồ 6 6" in rows_of(page)
    assert "Pupils recognised in the whole province: fewer than 5." in page.text
    recognise(COMMUNE, group_4=4)
    assert "Pupils recognised in the whole province: 7." in page_of(client).text


def test_who_belongs_to_two_agencies_is_counted_once(world, recognise, client):
    recognise(DEPARTMENT, group_3=7)
    recognise(COMMUNE, group_1=7, group_3=7)
    for _ in range(5):
        put_somebody_into_both(world, state=State.PUBLISHED, outcome="recognised", group=3)
    rows = rows_of(page_of(client))
    assert "Counted in two agencies, taken off 0 -5 -5" in rows
    assert "Grand total 7 19 26" in rows


@pytest.mark.parametrize("slug", [DEPARTMENT, COMMUNE])
def test_agencies_below_lead_there_and_have_no_table_of_their_own(client, slug):
    page = page_of(client, slug, query="?year=2025")
    assert page.status_code == 302
    assert page.location == f"/{PROVINCE}/-/published/?year=2025"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_year_without_decisions_says_so(client, language):
    page = page_of(client, language=language, query="?year=2031")
    assert page.status_code == 200
    assert "2031" in page.text
    assert "<table" not in page.text


def test_the_honour_roll_of_the_province_leads_there(client):
    page = client.get(f"/{PROVINCE}/-/honours/?year={THIS_YEAR}")
    assert f'href="/{PROVINCE}/-/published/?year={THIS_YEAR}"' in page.text


def test_the_portal_has_none(client):
    assert client.get("/published/").status_code == 404
