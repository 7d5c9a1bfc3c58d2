"""The board shows what was signed and accepted beside what is counted today, never mixed."""

import pytest

from app.domain.dossiers import State
from app.domain.expected_reports import ListChange
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.reports import ReportEvent
from app.persistence.queries.official_figures import official_of, sources_of, standing_of
from tenants.schema import TenantKind
from tests.builders.reporting import Desk
from tests.builders.trees import Tree
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


BOARD = f"/{PROVINCE}/-/board/"


@pytest.fixture
def tree(world):
    tree = Tree(world, PROVINCE)
    tree.adopt(DEPARTMENT, TenantKind.DEPARTMENT)
    tree.adopt(COMMUNE, TenantKind.COMMUNE)
    return tree


@pytest.fixture
def desk(world, tree):
    tree.put(DEPARTMENT, THIS_YEAR, new_id(), state=State.REGISTERED)
    return Desk(world, DEPARTMENT)


def standing(world, slug=PROVINCE):
    with world.inside(slug) as key:
        return standing_of(key, THIS_YEAR)


def words_of(browser, address=BOARD):
    return " ".join(browser.get(address).text.split())


def test_what_stands_in_short_is_what_stands_at_length(world, tree, desk):
    twice = new_id()
    for slug in (DEPARTMENT, COMMUNE):
        tree.put(slug, THIS_YEAR, twice, state=State.REGISTERED)
        one = Desk(world, slug)
        one.hand_in()
        one.accept()
    with world.inside(PROVINCE) as key:
        at_length, sources = official_of(key, THIS_YEAR), sources_of(key, THIS_YEAR)
        short = standing_of(key, THIS_YEAR)
    assert (short.total, short.counted_at) == (at_length.total, at_length.counted_at)
    assert short.total.eligible == 2
    assert short.accepted == sum(one.version is not None for one in sources) == 2
    assert not short.waived
    assert not short.pending


def test_who_is_waived_pending_or_being_corrected_is_told(world, desk):
    desk.expect()
    commune = Desk(world, COMMUNE)
    commune.above_does(ReportEvent.WAIVE, reason="Đang sáp nhập")
    assert standing(world).pending == {"open": 1}
    desk.hand_in()
    desk.accept()
    before = standing(world)
    assert (before.expected, before.accepted, before.corrected) == (2, 1, 0)
    assert [reason for _, reason in before.waived] == ["Đang sáp nhập"]
    desk.correct()
    assert standing(world).corrected == 1
    commune.list_changes(ListChange.REMOVED)
    assert (standing(world).expected, standing(world).waived) == (1, [])


def test_a_version_accepted_far_below_makes_what_was_signed_above_it_stale(world, tree, desk):
    tree.plant("lai-chau/trung-tam", DEPARTMENT, TenantKind.ORGANISATION)
    child = Desk(world, "lai-chau/trung-tam", above=DEPARTMENT)
    child.hand_in()
    child.accept()
    desk.hand_in()
    desk.accept()
    assert [standing(world, slug).newer for slug in (DEPARTMENT, PROVINCE)] == [0, 0]
    child.correct()
    child.submit(reason="Sót một người")
    child.accept()
    assert [standing(world, slug).newer for slug in (DEPARTMENT, PROVINCE)] == [1, 1]


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Official beside provisional"), ("vi", "Số liệu chính thức bên cạnh số tạm tính")],
)
def test_the_board_shows_both_with_their_moments(world, sign_in, desk, language, told):
    desk.hand_in()
    desk.accept()
    browser = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language=language)
    page = words_of(browser)
    assert told in page
    assert page.count('data-figure="eligible"') >= 2
    assert f"/figures/eligible?year={THIS_YEAR}&amp;official=1" in page


def test_a_part_of_an_agency_has_no_official_figures(world, sign_in, desk):
    desk.recompute()
    browser = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    assert 'id="official"' in words_of(browser)
    for address in (f"{BOARD}?group=3", f"{BOARD}units", f"{BOARD}agencies/{DEPARTMENT}"):
        assert 'id="official"' not in words_of(browser, address)
