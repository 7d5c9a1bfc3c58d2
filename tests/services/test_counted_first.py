"""A province chooses at which of two agencies somebody is counted, for the years still open."""

import threading
from datetime import date
from json import loads

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act
from app.domain.dossiers import Outcome, State
from app.domain.ids import new_id
from app.domain.overlaps import CountedFirst
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.settings import SettingName
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import AuditEvent, Cycle, RollupMark, Setting
from app.persistence.queries.boards import load_board
from app.persistence.queries.official_figures import official_of
from app.persistence.queries.overlaps import precedence_in
from app.persistence.queries.reports import load_snapshot
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_province
from app.services.settings import change_setting, clear_setting
from tenants.schema import TenantKind
from tests.builders.reporting import Desk, paper_for_tests
from tests.builders.trees import Tree
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR


LAST_YEAR = THIS_YEAR - 1


@pytest.fixture
def tree(world):
    """Let somebody be recognised at home and not at work, in a closed year and in an open one."""
    tree, identity = Tree(world, PROVINCE), new_id()
    tree.adopt(DEPARTMENT, TenantKind.DEPARTMENT)
    tree.adopt(COMMUNE, TenantKind.COMMUNE)
    for year in (LAST_YEAR, THIS_YEAR):
        tree.put(DEPARTMENT, year, identity, state=State.SUBMITTED)
        tree.put(COMMUNE, year, identity, state=State.PUBLISHED, outcome=Outcome.RECOGNISED)
        tree.recompute((DEPARTMENT, COMMUNE), year)
    with world.inside(PROVINCE), unit_of_work():
        opened = date(LAST_YEAR, 1, 1)
        closed = Cycle(year=LAST_YEAR, registration_opens_on=opened, closed_at=transaction_time())
        db.session.add(closed)
    return tree


@pytest.fixture
def admin(world):
    return world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()


def choose(world, first, by, source="Công văn số 12"):
    with world.inside(PROVINCE), unit_of_work():
        change_setting(SettingName.COUNTED_FIRST, first.value, source=source, by=by)


def recognised(world, year=THIS_YEAR):
    with world.inside(PROVINCE) as key:
        return load_board(key, year).total.recognised


def drain(tree):
    with tree.world.inside(PROVINCE), unit_of_work():
        recompute_province()


def test_the_choice_counts_every_open_year_again_and_leaves_closed_ones_alone(world, tree, admin):
    choose(world, CountedFirst.HOME, admin)
    with world.inside(PROVINCE):
        marked = select(RollupMark.year, func.count(RollupMark.tenant_id.distinct()))
        below = db.session.execute(marked.group_by(RollupMark.year)).all()
    assert [year for year, _ in below] == [THIS_YEAR]
    assert below[0][1] == 3
    assert (recognised(world), recognised(world, LAST_YEAR)) == (0, 0)
    tree.recompute((COMMUNE, DEPARTMENT, PROVINCE), THIS_YEAR)
    assert (recognised(world), recognised(world, LAST_YEAR)) == (1, 0)
    drain(tree)
    tree.recompute((COMMUNE, DEPARTMENT, PROVINCE), LAST_YEAR)
    assert (recognised(world), recognised(world, LAST_YEAR)) == (1, 0)


def test_the_choice_is_on_the_record_and_inherited_with_whom_it_is_from(world, tree, admin):
    choose(world, CountedFirst.HOME, admin)
    with world.inside(PROVINCE):
        act = db.session.scalars(select(AuditEvent)).one()
        assert act.act is Act.SETTING_CHANGED
        assert act.facts["after"] == [{"from_year": THIS_YEAR, "first": "home"}]
    with world.inside(COMMUNE):
        found = precedence_in(THIS_YEAR)
        assert (found.first, found.held.is_own) == (CountedFirst.HOME, False)
        assert found.held.agency == "Hội Khuyến học tỉnh Lai Châu"
        assert precedence_in(LAST_YEAR).first is CountedFirst.WORKPLACE
    with world.inside(OTHER_PROVINCE):
        assert precedence_in(THIS_YEAR).held is None


@pytest.mark.parametrize("slug", [DEPARTMENT, COMMUNE])
def test_an_agency_below_the_top_may_not_choose(world, slug):
    below = world.make_account(slug, Role.TENANT_ADMIN).actor()
    with world.inside(slug), pytest.raises(RefusedError) as refused, unit_of_work():
        change_setting(SettingName.COUNTED_FIRST, "home", source="", by=below)
    assert refused.value.rule is Rule.SET_FOR_WHOLE_PROVINCE
    with world.inside(slug), unit_of_work():
        db.session.add(Setting(name=SettingName.COUNTED_FIRST, value=[]))
        with pytest.raises(DBAPIError, match="whole province"):
            db.session.flush()
        db.session.rollback()


def test_a_choice_is_one_of_two_and_is_not_given_back(world, admin):
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refused, unit_of_work():
        change_setting(SettingName.COUNTED_FIRST, "either", source="", by=admin)
    assert refused.value.rule is Rule.VALUE_MISSING
    choose(world, CountedFirst.WORKPLACE, admin)
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refused, unit_of_work():
        clear_setting(SettingName.COUNTED_FIRST, by=admin)
    assert refused.value.rule is Rule.NOTHING_TO_INHERIT


def test_what_was_signed_stays_and_what_is_added_up_of_it_follows_the_choice(world, tree, admin):
    for slug in (DEPARTMENT, COMMUNE):
        desk = Desk(world, slug)
        desk.hand_in()
        desk.accept()
    signed = frozen(world)
    assert official(world).recognised == 0
    choose(world, CountedFirst.HOME, admin)
    tree.recompute((COMMUNE, DEPARTMENT, PROVINCE), THIS_YEAR)
    assert frozen(world) == signed
    assert official(world).recognised == 1


def test_each_version_says_by_which_order_it_counts(world, tree, admin):
    desk = Desk(world, DEPARTMENT)
    desk.hand_in()
    desk.accept()
    choose(world, CountedFirst.HOME, admin)
    tree.recompute((COMMUNE, DEPARTMENT, PROVINCE), THIS_YEAR)
    desk.correct()
    desk.submit(reason="Tính lại theo công văn số 12")
    assert [order_of(world, version) for version in (1, 2)] == ["workplace", "home"]


def order_of(world, version):
    with world.inside(DEPARTMENT) as key:
        return loads(load_snapshot(key, THIS_YEAR, version).content)["counted_first"]


def test_nobody_chooses_another_order_while_somebody_signs(world, tree, admin):
    desk, chosen = Desk(world, DEPARTMENT), []

    def choose_and_note():
        choose(world, CountedFirst.HOME, admin)
        chosen.append(True)

    rival = threading.Thread(target=choose_and_note)

    def paper(content, digest):
        rival.start()
        rival.join(timeout=0.3)
        assert not chosen
        return paper_for_tests(content, digest)

    desk.recompute()
    desk.compile()
    desk.submit(paper=paper)
    rival.join()
    assert chosen
    assert order_of(world, 1) == "workplace"


def frozen(world):
    kept = []
    for slug in (DEPARTMENT, COMMUNE):
        with world.inside(slug) as key:
            one = load_snapshot(key, THIS_YEAR, 1)
            kept.append((one.content, one.hash, one.paper))
    return kept


def official(world):
    with world.inside(PROVINCE) as key:
        return official_of(key, THIS_YEAR).total
