"""A report is frozen when it is handed in, moved by its own side alone, and counted once above."""

import threading
from datetime import date, datetime, timedelta
from json import loads
from random import Random

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.deadlines import VIETNAM
from app.domain.dossiers import State
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.report_contents import changes_between, fingerprint
from app.domain.reports import ReportEvent, ReportState
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import (
    AuditEvent,
    ReportExtension,
)
from app.persistence.queries.boards import load_board
from app.persistence.queries.expected_reports import expectation_of
from app.persistence.queries.official_figures import official_of, sources_of
from app.persistence.queries.report_rows import rows_now, staleness_below
from app.persistence.queries.reports import (
    events_of,
    find_report,
    load_snapshot,
    moves_of,
    reports_below,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.extensions import extend_report
from app.services.report_reviews import close_reports
from app.services.reports import preview_report
from tenants.schema import TenantKind
from tests.builders.reporting import Desk
from tests.builders.trees import Tree, any_facts
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR


@pytest.fixture
def desk(world):
    return Desk(world, DEPARTMENT)


@pytest.fixture
def tree(world):
    tree = Tree(world, PROVINCE)
    tree.adopt(DEPARTMENT, TenantKind.DEPARTMENT)
    tree.adopt(COMMUNE, TenantKind.COMMUNE)
    return tree


def report_of(world, slug):
    with world.inside(slug) as key:
        return find_report(key, THIS_YEAR)


def test_a_report_goes_from_open_to_closed(world, desk):
    desk.hand_in()
    desk.accept()
    with world.inside(PROVINCE) as key, unit_of_work():
        seen = moves_of(reports_below(key, THIS_YEAR))
        with pytest.raises(RefusedError) as refused:
            close_reports(THIS_YEAR, moves=seen - 1, by=desk.association)
        assert refused.value.rule is Rule.STALE_SCREEN
        assert close_reports(THIS_YEAR, moves=seen, by=desk.association) == 1
    report = report_of(world, DEPARTMENT)
    assert (report.state, report.version, report.accepted_version) == (ReportState.CLOSED, 1, 1)
    with world.inside(DEPARTMENT) as key:
        events = [one.event.value for one in events_of(key, THIS_YEAR)]
    assert events == ["close", "accept", "review", "submit", "compile"]


def test_the_preview_is_what_the_board_shows(world, desk, tree):
    chance = Random(1)  # noqa: S311
    for _ in range(20):
        tree.put(DEPARTMENT, THIS_YEAR, new_id(), **any_facts(chance))
    desk.recompute()
    with world.inside(DEPARTMENT) as key:
        assert preview_report(THIS_YEAR).figures == load_board(key, THIS_YEAR).total


def test_a_later_change_leaves_the_snapshot_as_it_was_and_is_counted(world, desk, tree):
    for _ in range(4):
        tree.put(DEPARTMENT, THIS_YEAR, new_id(), state=State.REGISTERED)
    first = desk.hand_in()
    moved = tree.put(DEPARTMENT, THIS_YEAR, new_id(), state=State.REGISTERED)
    tree.put(DEPARTMENT, THIS_YEAR, new_id(), state=State.SUBMITTED)
    tree.move(moved, State.SUBMITTED)
    desk.recompute()
    with world.inside(PROVINCE):
        key = world.find_key(DEPARTMENT)
        snapshot = load_snapshot(key, THIS_YEAR, 1)
        content = snapshot.content
        now = rows_now([key.tenant_id], THIS_YEAR)[key.tenant_id]
    assert fingerprint(content) == snapshot.hash == first
    assert changes_between(loads(content)["rows"], now) == 2


def test_figures_that_are_not_counted_yet_are_not_frozen(world, desk, tree):
    desk.recompute()
    desk.compile()
    tree.put(DEPARTMENT, THIS_YEAR, new_id())
    with pytest.raises(RefusedError) as refused:
        desk.submit()
    assert refused.value.rule is Rule.REPORT_FIGURES_PENDING
    desk.recompute()
    desk.submit()


def test_a_return_says_why_and_names_what_has_to_be_looked_at(desk):
    desk.hand_in()
    desk.above_does(ReportEvent.REVIEW)
    for reason, items, rule in (
        (" ", ["A"], Rule.REASON_NEEDED),
        ("Thiếu", [], Rule.REPORT_NEEDS_ITEMS),
    ):
        with pytest.raises(RefusedError) as refused:
            desk.above_does(ReportEvent.RETURN, reason=reason, items=items)
        assert refused.value.rule is rule


def test_nobody_takes_back_what_is_being_reviewed(desk):
    desk.hand_in()
    desk.above_does(ReportEvent.REVIEW)
    with pytest.raises(RefusedError) as refused:
        desk.recall()
    assert refused.value.rule is Rule.REPORT_UNDER_REVIEW
    desk.above_does(ReportEvent.RELEASE)
    desk.recall()


def test_whoever_signed_a_report_does_not_review_it(world, desk):
    desk.hand_in()
    same = world.make_account(PROVINCE, Role.ASSOCIATION, identity=desk.officer.identity_id)
    with pytest.raises(RefusedError) as refused:
        desk.above_does(ReportEvent.REVIEW, by=same.actor())
    assert refused.value.rule is Rule.REVIEWS_OWN_REPORT


def test_only_the_agency_right_above_moves_a_report(world, desk):
    desk.hand_in()
    for slug in (COMMUNE, OTHER_PROVINCE):
        other = world.make_account(slug, Role.ASSOCIATION).actor()
        stranger = Desk(world, DEPARTMENT)
        stranger.above, stranger.association = slug, other
        with pytest.raises(MissingError):
            stranger.above_does(ReportEvent.REVIEW)


def test_a_report_that_will_not_come_is_waived_and_may_come_after_all(world, desk):
    desk.above_does(ReportEvent.WAIVE)
    assert report_of(world, DEPARTMENT).state is ReportState.WAIVED
    with pytest.raises(RefusedError):
        desk.compile()
    desk.above_does(ReportEvent.UNWAIVE)
    desk.hand_in()
    desk.accept()


def test_an_accepted_report_is_not_waived_while_it_is_corrected(desk):
    desk.hand_in()
    desk.accept()
    desk.correct()
    with pytest.raises(RefusedError) as refused:
        desk.above_does(ReportEvent.WAIVE)
    assert refused.value.rule is Rule.REPORT_COUNTS_ABOVE


def test_a_screen_out_of_date_is_refused_on_both_sides(desk):
    desk.recompute()
    desk.compile()
    with pytest.raises(RefusedError) as refused:
        desk.submit(revision=0)
    assert refused.value.rule is Rule.STALE_SCREEN
    desk.submit()
    with pytest.raises(RefusedError) as refused:
        desk.above_does(ReportEvent.REVIEW, revision=1)
    assert refused.value.rule is Rule.STALE_SCREEN


def at_once(*acts):
    """Do acts at the same moment, each in its thread; return what became of them."""
    outcomes, start = [], threading.Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            act()
        except RefusedError as refusal:
            outcomes.append(refusal.rule)
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_who_submit_at_once_freeze_one_version(world, desk):
    desk.recompute()
    desk.compile()
    revision = desk.revision()
    outcomes = at_once(*[lambda: desk.submit(revision=revision)] * 2)
    assert sorted(map(str, outcomes)) == sorted(["done", str(Rule.STALE_SCREEN)])
    assert report_of(world, DEPARTMENT).version == 1


def test_a_report_is_taken_back_or_reviewed_and_never_both(world, desk):
    desk.hand_in()
    outcomes = at_once(desk.recall, lambda: desk.above_does(ReportEvent.REVIEW))
    assert outcomes.count("done") == 1
    assert report_of(world, DEPARTMENT).state in {ReportState.COMPILED, ReportState.UNDER_REVIEW}


def test_what_is_expected_is_frozen_and_an_extension_is_a_document(world, desk):
    assert desk.expect() == 2
    with pytest.raises(RefusedError) as refused:
        desk.expect()
    assert refused.value.rule is Rule.REPORTS_ALREADY_EXPECTED
    desk.recompute()
    desk.compile()
    after = datetime(2027, 1, 3, 9, tzinfo=VIETNAM)
    with clock_set_to(after), pytest.raises(RefusedError) as refused:
        desk.submit()
    assert refused.value.rule is Rule.REPORT_CLOSING_PASSED
    with world.inside(PROVINCE), unit_of_work():
        extend_report(
            DEPARTMENT,
            THIS_YEAR,
            until=date(2027, 1, 5),
            requester="Sở Công Thương",
            reason="Bão lũ",
            by=desk.association,
        )
    with clock_set_to(after):
        desk.submit()
    with world.inside(DEPARTMENT) as key:
        assert expectation_of(key, THIS_YEAR).extended_to is not None
        received = find_report(key, THIS_YEAR).received_at
        expected = expectation_of(key, THIS_YEAR)
        seen = db.session.scalars(select(ReportExtension.requester)).all()
    assert expected.timeliness(received, after, is_waived=False) == "late_extended"
    assert seen == ["Sở Công Thương"]
    with world.inside(COMMUNE):
        assert db.session.scalars(select(ReportExtension.requester)).all() == []


def test_every_act_stands_on_the_record_of_both(world, desk):
    desk.hand_in()
    desk.accept()
    for slug, acts in (
        (DEPARTMENT, {Act.REPORT_COMPILED, Act.REPORT_SUBMITTED, Act.REPORT_ACCEPTED}),
        (PROVINCE, {Act.REPORT_REVIEWED, Act.REPORT_ACCEPTED}),
    ):
        with world.inside(slug):
            assert acts <= set(db.session.scalars(select(AuditEvent.act)))


def test_who_brings_what_is_asked_with_version_hash_and_waiver(world, desk):
    digest = desk.hand_in()
    desk.accept()
    Desk(world, COMMUNE).above_does(ReportEvent.WAIVE, reason="Đang sáp nhập")
    with world.inside(PROVINCE) as key:
        found = {one.slug: one for one in sources_of(key, THIS_YEAR)}
    accepted, waived = found[DEPARTMENT], found[COMMUNE]
    assert (accepted.version, accepted.hash, accepted.waived_because) == (1, digest, "")
    assert (waived.version, waived.hash, waived.waived_because) == (None, None, "Đang sáp nhập")


def shown(world, slug):
    """Tell all that is shown of a report, whoever looks."""
    with world.inside(PROVINCE) as key:
        official = official_of(key, THIS_YEAR)
        child = world.key_of(slug)
        report = find_report(child, THIS_YEAR)
        return (
            report.state,
            report.version,
            report.accepted_version,
            report.received_version,
            report.received_at,
            official.total,
            official.parts,
            sources_of(key, THIS_YEAR),
            staleness_below(key, THIS_YEAR)[child.tenant_id],
        )


def test_a_correction_that_is_called_off_leaves_everything_as_it_was(world, desk, tree):
    chance = Random(2)  # noqa: S311
    for _ in range(9):
        tree.put(DEPARTMENT, THIS_YEAR, new_id(), **any_facts(chance))
    desk.hand_in()
    desk.accept()
    tree.put(DEPARTMENT, THIS_YEAR, new_id(), **any_facts(chance))
    desk.recompute()
    before = shown(world, DEPARTMENT)
    desk.correct()
    assert shown(world, DEPARTMENT) != before
    desk.call_off()
    assert shown(world, DEPARTMENT) == before
    desk.correct()
    desk.submit(reason="Bổ sung")
    desk.recall()
    with pytest.raises(RefusedError) as refused:
        desk.call_off()
    assert refused.value.rule is Rule.REPORT_NOT_CORRECTED


def test_a_correction_is_called_off_after_the_closing_too_so_that_nothing_is_left_open(world, desk):
    desk.expect()
    desk.hand_in()
    desk.accept()
    desk.correct()
    with clock_set_to(datetime(2027, 1, 3, 9, tzinfo=VIETNAM)):
        desk.call_off()
    assert report_of(world, DEPARTMENT).state is ReportState.ACCEPTED
    with world.inside(DEPARTMENT):
        assert Act.REPORT_UNCORRECTED in set(db.session.scalars(select(AuditEvent.act)))


def test_a_closing_is_undone_with_a_reason_and_leaves_everything_as_it_was(world, desk):
    desk.hand_in()
    desk.accept()
    before = shown(world, DEPARTMENT)
    desk.above_does(ReportEvent.CLOSE)
    with pytest.raises(RefusedError) as refused:
        desk.above_does(ReportEvent.UNCLOSE, reason=" ")
    assert refused.value.rule is Rule.REASON_NEEDED
    desk.above_does(ReportEvent.UNCLOSE)
    assert shown(world, DEPARTMENT) == before
    for slug in (DEPARTMENT, PROVINCE):
        with world.inside(slug):
            assert Act.REPORT_UNCLOSED in set(db.session.scalars(select(AuditEvent.act)))
    desk.correct()


def test_a_closing_is_not_undone_when_thirty_days_have_passed(world, desk):
    desk.hand_in()
    desk.accept()
    desk.above_does(ReportEvent.CLOSE)
    closed = report_of(world, DEPARTMENT).changed_at
    with clock_set_to(closed + timedelta(days=31)), pytest.raises(RefusedError) as refused:
        desk.above_does(ReportEvent.UNCLOSE)
    assert refused.value.rule is Rule.REPORT_CLOSED_FOR_GOOD


def test_what_lies_below_a_closed_report_stays_closed(world, desk, tree):
    tree.plant("lai-chau/so-cong-thuong-a", DEPARTMENT, TenantKind.COMMUNE)
    below = Desk(world, "lai-chau/so-cong-thuong-a", above=DEPARTMENT)
    for one in (below, desk):
        one.hand_in()
        one.accept()
        one.above_does(ReportEvent.CLOSE)
    with pytest.raises(RefusedError) as refused:
        below.above_does(ReportEvent.UNCLOSE)
    assert refused.value.rule is Rule.OWN_REPORT_FROZEN
    desk.above_does(ReportEvent.UNCLOSE)
    below.above_does(ReportEvent.UNCLOSE)
