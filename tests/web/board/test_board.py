"""The golden board: counts of an agency and of all below it, to whom they are meant for."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.domain.vietnamese import sort_key
from app.persistence.clock import clock_set_to
from app.persistence.unit_of_work import unit_of_work
from app.services.results import mark_out_of_date
from tests.builders.figures import Office
from tests.builders.listening import statements_of
from tests.builders.reading import words_of
from tests.builders.reporting import Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    OTHER_COMMUNE,
    OTHER_PROVINCE,
    PROVINCE,
    THIS_YEAR,
)


BEFORE_THE_DEADLINE = datetime(THIS_YEAR, 11, 20, 9, tzinfo=UTC)


ROLES = [
    (Role.ASSOCIATION, 200),
    (Role.HEAD, 200),
    (Role.OFFICER, 200),
    (Role.UNIT_HEAD, 200),
    (Role.TENANT_ADMIN, 200),
    (Role.CITIZEN, 403),
    (Role.SUPERIOR, 403),
]
PAGES = ["/board/", "/board/units", f"/board/agencies/{COMMUNE}", "/board/as-of"]


@pytest.mark.parametrize(("role", "status"), ROLES)
def test_who_may_read_the_board(browse, role, status):
    open_page = browse(PROVINCE, role)
    assert [open_page(page).status_code for page in PAGES] == [status] * len(PAGES)


def test_strangers_sign_in_first(client):
    answers = [client.get(f"/{PROVINCE}/-{page}").status_code for page in PAGES]
    assert answers == [302] * len(PAGES)


def test_members_of_another_agency_do_not_find_it(world, sign_in):
    browser = sign_in(world.make_account(COMMUNE, Role.OFFICER))
    assert browser.get(f"/{PROVINCE}/-/board/").status_code == 404


def test_the_province_adds_its_agencies_up(browse, figures):
    page = browse(PROVINCE)("/board/?lang=en")
    assert re.search(r'golden-board-number"[^>]*>\s*1\s*<', page.text)
    said = words_of(page)
    assert "Grand total" in said
    assert "25.0% of those registered" in said
    assert "20.0% of those eligible" in said


def test_who_belongs_to_two_agencies_is_a_line_of_its_own(world, browse, figures):
    put_somebody_into_both(world)
    page = browse(PROVINCE)()
    said = words_of(page)
    assert "1 person taken off the total" in said
    assert "Sum of the agencies: 7, less 1 counted twice" in said
    assert "No published document says which of the two agencies counts them" in said
    rows = re.findall(r"<tr.*?</tr>", page.text.partition('id="table"')[2], re.DOTALL)
    eligible = [number_in(row, "Eligible") for row in rows if "data-label" in row]
    *agencies, overlap, total = eligible[:4]
    assert (agencies, overlap, total) == ([3, 4], -1, 6)


def number_in(row, column):
    found = re.search(rf'data-label="{column}">\s*(?:<a[^>]*>)?(-?\d+)', row)
    return int(found.group(1))


@pytest.mark.parametrize("slug", [DEPARTMENT, COMMUNE])
def test_no_agency_reads_that_its_people_belong_to_another(world, browse, figures, slug):
    before = words_of(browse(slug, Role.OFFICER)())
    put_somebody_into_both(world)
    after = browse(slug, Role.OFFICER)().text
    assert "taken off" not in after
    assert "counted twice" not in after
    assert before != words_of(browse(slug, Role.OFFICER)())
    above = browse(PROVINCE)(f"/board/agencies/{slug}").text
    assert "taken off" not in above


def test_a_target_is_held_against_the_total_that_counts_everybody_once(world, browse, figures):
    put_somebody_into_both(world)
    # The commune's fourth adult counts at the department: 60 % of three are two, as before.
    assert "2 people short of 60%" in words_of(browse(PROVINCE)())


def test_every_percentage_names_its_denominator_in_vietnamese_too(browse, figures):
    said = words_of(browse(PROVINCE, language="vi")())
    tiles = said.partition("Bảng vàng năm")[2]
    assert "25,0%" in tiles
    assert "25.0%" not in tiles


def test_the_province_sees_counts_and_no_person(browse, figures):
    open_page = browse(PROVINCE)
    for page in ("/board/", f"/board/agencies/{DEPARTMENT}", f"/board/agencies/{COMMUNE}"):
        text = open_page(page).text
        assert "Vừ A Dơ" not in text
        assert "Giàng Thị Say" not in text


@pytest.mark.parametrize("slug", [DEPARTMENT, OTHER_COMMUNE, PROVINCE, "lai-chau/nowhere"])
def test_an_agency_beside_or_above_is_not_found(browse, slug):
    open_page = browse(COMMUNE, Role.OFFICER)
    missing = open_page("/board/agencies/lai-chau/no-such-place")
    found = open_page(f"/board/agencies/{slug}")
    assert found.status_code == missing.status_code == 404
    assert open_page(f"/board/as-of?slug={slug}").status_code == 404


def test_a_commune_sees_its_own_units_and_no_other_agency(browse, figures):
    page = browse(COMMUNE, Role.OFFICER)()
    assert "Bản 1" in page.text
    assert "Sở Công Thương" not in page.text
    assert "Phòng Quản lý" not in page.text


def test_a_province_sees_nothing_of_another(browse, figures):
    page = browse(OTHER_PROVINCE)()
    assert "Sìn Hồ" not in page.text
    assert "There are no figures for 2026 yet." in page.text


def test_a_year_without_figures_says_so(browse, figures):
    page = browse(PROVINCE)("/board/?year=2031")
    assert page.status_code == 200
    assert "There are no figures for 2031 yet." in page.text


def test_its_own_address_below_leads_to_its_own_board(browse):
    page = browse(COMMUNE, Role.OFFICER)(f"/board/agencies/{COMMUNE}?year=2025")
    assert page.status_code == 302
    assert page.location == f"/{COMMUNE}/-/board/?year=2025"


def test_units_of_an_own_agency_lead_to_their_dossiers_and_those_below_do_not(browse, figures):
    assert "dossiers" not in browse(PROVINCE)(f"/board/agencies/{COMMUNE}").text


# A province with names that a plain sort would put wrongly.
NAMES = ("Xã Bằng Mạc", "Xã Bắc Sơn", "Xã Ba Sơn", "Xã Đồng Đăng", "Xã Điềm He", "Xã Cao Lộc")
IN_ORDER = ["Ba Sơn", "Bắc Sơn", "Bằng Mạc", "Cao Lộc", "Điềm He", "Đồng Đăng"]


@pytest.fixture
def communes(config):
    """Add communes below Lạng Sơn, each with one person more than the one before."""
    engine = create_engine(config.owner_database_url)
    with engine.begin() as owner:
        for people, name in enumerate(NAMES, start=1):
            owner.execute(
                text(ADD_COMMUNE), {"name": name, "key": sort_key(name), "people": people * 10}
            )
    engine.dispose()


ADD_COMMUNE = """
    WITH parent AS (SELECT province_id, id FROM tenant WHERE slug = 'lang-son'),
    made AS (
        INSERT INTO tenant (province_id, id, parent_id, slug, kind, name, name_sort_key,
            is_suspended, is_demonstration)
        SELECT province_id, gen_random_uuid(), id, md5(:name), 'commune', :name, :key, false,
            false
        FROM parent RETURNING province_id, id
    ), line AS (
        INSERT INTO tenant_closure (province_id, ancestor_id, descendant_id, depth)
        SELECT made.province_id, made.id, made.id, 0 FROM made
        UNION ALL SELECT made.province_id, parent.id, made.id, 1 FROM made, parent
    )
    INSERT INTO unit_result (province_id, tenant_id, year, unit_id, group_number, state, outcome,
        people, outstanding, with_digital_skills, digitally_fluent)
    SELECT province_id, id, 2026, gen_random_uuid(), 1, 'registered', '', :people, 0, 0, 0
    FROM made
"""


def names_in_table(page):
    table = page.text.partition('id="table"')[2].partition("<tfoot>")[0]
    return re.findall(r"<a[^>]*>Xã ([^<]+)</a>", table)


def test_agencies_stand_in_vietnamese_order(browse, communes):
    names = names_in_table(browse(OTHER_PROVINCE)())
    assert [name for name in names if name in IN_ORDER] == IN_ORDER
    backwards = names_in_table(browse(OTHER_PROVINCE)("/board/?sort=-name"))
    assert backwards == names[::-1]


def test_any_column_sorts_and_says_so_to_screen_readers(browse, communes):
    page = browse(OTHER_PROVINCE)("/board/?sort=-eligible")
    assert names_in_table(page)[0] == "Cao Lộc"
    assert 'aria-sort="descending"' in page.text
    assert "?year=2026&amp;sort=eligible#table" in page.text


@pytest.mark.parametrize("sort", ["report", "-of_eligible", "nonsense", "-"])
def test_any_other_order_still_shows_everybody(browse, communes, sort):
    assert len(names_in_table(browse(OTHER_PROVINCE)(f"/board/?sort={sort}"))) == 7


def test_the_number_of_statements_does_not_grow_with_the_agencies(app, browse, communes):
    few, many = browse(PROVINCE), browse(OTHER_PROVINCE)
    few(), many()  # the first page that somebody opens asks about more than its figures
    assert statements(app, few) == statements(app, many)


def statements(app, open_page):
    with statements_of(app) as asked:
        open_page()
    return len(asked)


def test_a_group_narrows_every_figure_and_hides_the_targets(browse, figures):
    said = words_of(browse(PROVINCE)("/board/?group=1"))
    assert "100.0% of those eligible" in said
    assert "short of" not in said


def test_a_kind_leaves_the_other_agencies_out(browse, figures):
    page = browse(PROVINCE)("/board/?kind=department")
    assert "Sở Công Thương" in page.text
    assert "Xã Sìn Hồ" not in page.text
    assert browse(PROVINCE)("/board/?kind=nonsense").status_code == 200


def test_a_target_says_how_many_people_are_missing(browse, figures):
    said = words_of(browse(PROVINCE)())
    # Three adults in the commune, none recognised yet: 60 % of three are two.
    assert "2 people short of 60%" in said


def test_agencies_are_told_in_time_and_late(world, browse, figures):
    Desk(world, COMMUNE).expect()
    with clock_set_to(BEFORE_THE_DEADLINE):
        said = words_of(browse(PROVINCE)())
    assert "days left" in said
    assert "day overdue" not in said
    with clock_set_to(BEFORE_THE_DEADLINE + timedelta(days=20)):
        said = words_of(browse(PROVINCE)())
    assert "6 days overdue" in said


def test_agencies_that_have_not_opened_the_year_are_named(browse, communes):
    said = words_of(browse(OTHER_PROVINCE)())
    assert "6 agencies have not opened 2026" in said
    assert "year not opened" in said


def test_the_trend_is_broken_where_communes_were_merged(world, browse):
    office = Office(world, COMMUNE)
    for year in (2024, 2025, 2026):
        office.make(State.PUBLISHED, year=year)
        office.recompute(year)
    page = browse(COMMUNE, Role.OFFICER)()
    assert "the line is broken there" in words_of(page)
    # Three points and one line: none leads from 2024 to 2025.
    assert page.text.count('class="plot-trend"') == 1


def test_pending_figures_are_announced_and_asked_for_again(world, browse, figures):
    open_page = browse(PROVINCE)
    assert "No change is waiting to be counted." in open_page().text
    with world.inside(COMMUNE), unit_of_work():
        mark_out_of_date(THIS_YEAR)
    page = open_page()
    assert "1 agency is being recomputed." in page.text
    assert 'hx-trigger="every 5s"' in page.text
    assert "hx-trigger" in open_page("/board/as-of").text
    figures[1].recompute()
    answer = open_page("/board/as-of").text
    assert "hx-trigger" not in answer
    assert "The new figures are there" in answer
