"""Everybody may read what a province has recognised, and nobody learns a count of one to four."""

import re
from dataclasses import replace

import pytest
from flask import render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.dossiers import State
from app.domain.public_tables import PublicTable, is_small
from app.domain.publications import Publication, PublishedLine
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_result
from tests.builders import lists
from tests.builders.disclosure import places_of, small_found
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


def test_each_agency_leads_to_its_honour_roll_which_names_as_many(world, client):
    office = lists.Office(world, COMMUNE)
    office.published(*(office.appraised(group=1) for _ in range(6)))
    with world.inside(COMMUNE), unit_of_work():
        recompute_result(THIS_YEAR, is_forced=True)
    page = page_of(client)
    assert "Xã Sìn Hồ 6 6" in rows_of(page)
    assert f'href="/{COMMUNE}/-/honours/?year={THIS_YEAR}"' in page.text
    roll = client.get(f"/{COMMUNE}/-/honours/?year={THIS_YEAR}").text.partition("<main")[2]
    assert roll.count("honour-roll-name") == 6
    assert '<strong class="golden-board-number">6</strong>' in roll


counts = st.fixed_dictionaries(dict.fromkeys((1, 2, 3), st.integers(1, 12)))


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(people=st.lists(counts, min_size=2, max_size=5), pupils=st.integers(0, 9))
def test_what_the_page_shows_leaves_each_small_number_open(app, people, pupils):
    publication = Publication(
        lines=[PublishedLine(f"Xã {one}", of) for one, of in enumerate(people)],
        twice={},
        groups=(1, 2, 3),
        pupils=pupils,
    )
    with app.test_request_context("/lai-chau/-/published/", headers={"Accept-Language": "en"}):
        page = render_template(
            "published/table.html", publication=publication, group_words={}, roll_of=str
        )
    table = PublicTable(tuple(tuple(of.get(group, 0) for group in (1, 2, 3)) for of in people))
    hidden = hidden_on(page)
    rows = frozenset(range(len(people)))
    assert not small_found(replace(table, told=rows), hidden)
    assert all(place in hidden for place in places_of(table) if is_small(table.count(place)))
    assert ("fewer than 5. They" in page) == (0 < pupils < 5)


def hidden_on(page):
    """Return the places of a table's body and sums that a page does not show."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)[1:]
    return {
        (row, column)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL))
        if "hidden" in cell
    }
