"""From a total down to the decisions, storey by storey, whatever an agency has below it."""

import re

import pytest
from sqlalchemy import text

from app.domain.alarms import AlarmKind
from app.domain.explanations import Counted, Cut, Part, Way
from app.domain.permissions import Role
from app.domain.targets import Audience
from app.persistence.database import db
from app.persistence.unit_of_work import unit_of_work
from app.web.figures.ways import ShownWay
from tenants.schema import TenantKind
from tests.builders import figures, lists
from tests.builders.crawling import links_in
from tests.builders.reading import UNSETTLED, amount, read_figures, words_of
from tests.builders.reporting import Desk
from tests.builders.trees import Tree
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR
from tests.jobs.test_periodic import alarms


BELOW = f"{DEPARTMENT}/trung-tam"


@pytest.fixture
def above(world, sign_in):
    client = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))

    def opened(page):
        answer = client.get(page if page.startswith("/lai") else f"/{PROVINCE}/-{page}")
        assert answer.status_code == 200, page
        found = read_figures(answer.text)
        assert found.added == [amount(one) for one in found.sums], page
        assert set(found.sums) <= set(found.totals), page
        assert not found.gaps & UNSETTLED, page
        return answer

    return opened


def link_to(page, *holds):
    """Return the one address on a page that holds all of some words."""
    found = {one for one in links_in(page.text) if all(word in one for word in holds)}
    assert len(found) == 1, (holds, found)
    return found.pop()


@pytest.fixture
def middle(world):
    """A department with a decision of its own and an agency below it that has handed in."""
    tree = Tree(world, PROVINCE)
    tree.adopt(DEPARTMENT, TenantKind.DEPARTMENT)
    tree.plant(BELOW, DEPARTMENT, TenantKind.DEPARTMENT)
    office = lists.Office(world, DEPARTMENT)
    office.published(office.appraised(name="Vừ A Dơ"), number="07/QĐ-SCT")
    figures.Office(world, BELOW).make(group=3)
    desk = Desk(world, BELOW, above=DEPARTMENT)
    desk.hand_in()
    desk.accept()
    desk = Desk(world, DEPARTMENT)
    desk.hand_in()
    desk.accept()
    return office


def test_an_official_figure_leads_through_two_versions_to_decisions(above, middle):
    page = above(f"/figures/recognised?year={THIS_YEAR}&official=1")
    department = above(link_to(page, "signed=1", f"slug={DEPARTMENT}"))
    assert read_figures(department.text).totals == ["2"]
    own = above(link_to(department, "signed=1", "alone=1"))
    assert read_figures(own.text).totals == ["1"]
    assert "Decision 07/QĐ-SCT of 21/11/2026 1" in words_of(own)
    below = above(link_to(department, "signed=1", f"slug={BELOW}"))
    assert read_figures(below.text).totals == ["1"]
    assert "Vừ A Dơ" not in own.text + below.text


def test_an_official_figure_of_an_agency_below_is_explained_above_it(above, middle):
    page = above(f"/board/agencies/{DEPARTMENT}?year={THIS_YEAR}")
    table = page.text.partition('id="official"')[2].partition("</section>")[0]
    shown = [one for one in read_figures(table).figures if "official=1" in one.url]
    assert {one.name for one in shown} >= {"recognised", "eligible"}
    for figure in shown:
        assert read_figures(above(figure.url).text).totals == [figure.number], figure


def test_what_an_agency_decided_itself_stands_in_its_official_figure(above, world, sign_in, middle):
    page = above(f"/figures/eligible?year={THIS_YEAR}&official=1&slug={DEPARTMENT}")
    own = above(link_to(page, "official=1", "alone=1"))
    assert read_figures(own.text).totals == ["1"]
    assert "Decision 07/QĐ-SCT of 21/11/2026 1" in words_of(own)
    assert "/-/decisions/" not in own.text.partition("<main")[2]
    reader = sign_in(world.make_account(DEPARTMENT, Role.SECRETARY))
    own = reader.get(f"/{DEPARTMENT}/-/figures/eligible?year={THIS_YEAR}&official=1&alone=1")
    assert "/-/decisions/" in own.text.partition("<main")[2]


def test_of_every_count_the_own_part_of_a_version_adds_up(above, middle):
    for counted in Counted:
        for where in ("&signed=1", "&official=1"):
            above(f"/figures/{counted}?year={THIS_YEAR}&slug={DEPARTMENT}&alone=1{where}")


@pytest.mark.parametrize("slug", [PROVINCE, DEPARTMENT])
def test_an_official_figure_that_stands_wrong_says_so_and_its_agency_is_told(
    world, sign_in, middle, slug
):
    role = Role.ASSOCIATION if slug == PROVINCE else Role.SECRETARY
    query = f"year={THIS_YEAR}&official=1&slug={DEPARTMENT}&alone=1"
    client = sign_in(world.make_account(slug, role))
    address = f"/{slug}/-/figures/recognised?{query}"
    assert not read_figures(client.get(address).text).gaps
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(text("UPDATE official_result SET people = people + 3"))
    page = client.get(address)
    assert read_figures(page.text).gaps == {"does_not_add_up"}
    assert "Have it computed again" in words_of(page)
    client.post(address)
    assert (DEPARTMENT, AlarmKind.OFFICIAL_REPAIRED) in {
        (where, kind) for where, kind, *_ in alarms(world, DEPARTMENT)
    }
    assert read_figures(client.get(address).text).gaps == {"not_counted_yet"}


def test_an_agency_without_any_below_has_no_official_figure(above, middle):
    lists.Office(middle.world, COMMUNE).published(
        lists.Office(middle.world, COMMUNE).appraised(), number="01/QĐ-XSH"
    )
    page = above(f"/figures/recognised?year={THIS_YEAR}&official=1&slug={COMMUNE}&alone=1")
    assert read_figures(page.text).totals == ["0"]


def test_of_agencies_of_one_kind_no_decision_is_missing(world, above, middle):
    for kind in TenantKind:
        above(f"/figures/recognised?year={THIS_YEAR}&slug={DEPARTMENT}&kind={kind.value}")
        above(f"/figures/recognised?year={THIS_YEAR}&slug={BELOW}&kind={kind.value}")
    for audience in Audience:
        where = f"&slug={DEPARTMENT}&audience={audience.value}"
        above(f"/figures/recognised?year={THIS_YEAR}{where}")


def test_whoever_is_taken_off_a_version_stands_in_its_own_part(world, above):
    tree = Tree(world, PROVINCE)
    tree.adopt(DEPARTMENT, TenantKind.DEPARTMENT)
    tree.plant(BELOW, DEPARTMENT, TenantKind.DEPARTMENT)
    human = world.make_account(BELOW, Role.CITIZEN).identity_id
    for slug in (BELOW, DEPARTMENT):
        tree.put(slug, THIS_YEAR, human, state="published", outcome="recognised", group=3)
    desk = Desk(world, BELOW, above=DEPARTMENT)
    desk.hand_in()
    desk.accept()
    desk = Desk(world, DEPARTMENT)
    desk.hand_in()
    desk.accept()
    page = above(f"/figures/recognised?year={THIS_YEAR}&slug={DEPARTMENT}&signed=1")
    assert read_figures(page.text).totals == ["1"]
    own = above(f"/figures/recognised?year={THIS_YEAR}&slug={DEPARTMENT}&signed=1&alone=1")
    assert read_figures(own.text).totals == ["1"]
    assert "Taken off above: counted at another agency 1" in words_of(own)


@pytest.fixture
def crowded(world):
    """Eight agencies of which each has people in common with every other."""
    tree = Tree(world, PROVINCE)
    for number in range(8):
        tree.plant(f"lai-chau/xa-{number}", PROVINCE, TenantKind.COMMUNE)
    with world.app.app_context(), world.owner(), unit_of_work():
        for statement in _CROWD:
            db.session.execute(text(statement), {"year": THIS_YEAR})


_CROWD = (
    """
    INSERT INTO unit_result (province_id, tenant_id, year, unit_id, group_number, state, outcome,
        people, outstanding, with_digital_skills, digitally_fluent)
    SELECT province_id, tenant.id, :year, unit.id, 1, 'published', 'recognised', 20, 9, 0, 0
    FROM tenant JOIN unit USING (province_id)
    WHERE unit.tenant_id = tenant.id AND slug LIKE 'lai-chau/xa-%'
    """,
    """
    INSERT INTO overlap_result (province_id, tenant_id, year, kept_at, counted_at, group_number,
        state, outcome, people, outstanding, with_digital_skills, digitally_fluent)
    SELECT one.province_id, one.id, :year, other.id, above.id, 1, 'published', 'recognised',
        2, 1, 0, 0
    FROM tenant AS one JOIN tenant AS other ON other.id <> one.id
        AND other.province_id = one.province_id AND other.slug LIKE 'lai-chau/xa-%'
    JOIN tenant AS above ON above.slug = 'lai-chau'
    WHERE one.slug LIKE 'lai-chau/xa-%'
    """,
)


def test_pairs_of_agencies_are_listed_fifty_a_page_and_add_up(above, crowded):
    address, pairs = f"/figures/recognised?year={THIS_YEAR}&overlap=1", []
    for number in (1, 2):
        page = above(f"{address}&agencies={number}")
        said = words_of(page)
        assert read_figures(page.text).totals == ["-112"]
        pairs.append(re.findall(r"(lai-chau/xa-\d): counted at (lai-chau/xa-\d) -2", said))
        assert f"On the other pages {(-12, -100)[number - 1]}" in said
    assert [len(one) for one in pairs] == [50, 6]
    assert len({*pairs[0], *pairs[1]}) == 56
    assert "agencies=2" in above(address).text


def test_in_the_sum_of_agencies_all_pairs_are_one_line(above, crowded):
    page = above(f"/figures/recognised?year={THIS_YEAR}")
    assert "Counted in two agencies, taken off -112" in words_of(page)
    assert "counted at" not in words_of(page).partition("By agency")[2]


def test_no_agency_below_is_shown_a_pair(world, sign_in, crowded):
    reader = sign_in(world.make_account(COMMUNE, Role.OFFICER))
    page = reader.get(f"/{COMMUNE}/-/figures/recognised?year={THIS_YEAR}&overlap=1")
    assert page.status_code == 200
    assert read_figures(page.text).totals == ["0"]
    assert "lai-chau/xa-" not in page.text


def test_the_pages_of_a_way_hold_each_part_once(app):
    way = Way(Cut.UNITS, tuple(Part(number, number) for number in range(1, 121)))
    seen = []
    for number in (1, 2, 3):
        with app.test_request_context(f"/lai-chau/-/figures/eligible?units={number}"):
            shown = ShownWay.of_request(way)
        assert sum(one.value for one in shown.parts) + shown.elsewhere == way.total
        seen += shown.parts
    assert tuple(seen) == way.parts
