"""An agency holds its own settings and deadlines, or inherits those from above."""

from datetime import date

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.deadlines import last_day
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.settings import SettingName, conflicts_in_line, deadlines_in_effect, in_effect
from app.persistence.database import db
from app.persistence.models import AuditEvent, Dossier
from app.persistence.queries.calendar import working_days
from app.persistence.queries.rules import criteria_reference, quorum, setting_in_effect
from app.persistence.queries.settings import deadlines_below, held_deadlines, held_settings
from app.persistence.unit_of_work import unit_of_work
from app.services.settings import (
    change_setting,
    clear_setting,
    remove_deadline,
    set_deadline,
)
from tenants.schema import Deadline, DeadlineKind, DeadlineRule
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    OTHER_PROVINCE,
    PROVINCE,
    STANDARD_SET,
    THIS_YEAR,
)


def deadline(kind: DeadlineKind, month: int, day: int, **more) -> Deadline:
    values = {"rule": DeadlineRule.BY, "wording": "", **more}
    return Deadline(kind=kind, month=month, day=day, **values)


def test_an_inherited_value_says_from_whom_and_since_when(world):
    with world.inside(COMMUNE):
        held = setting_in_effect(SettingName.TARGETS)
        assert not held.is_own
        assert held.agency == "Hội Khuyến học tỉnh Lai Châu"
        assert held.since is not None
        assert held.is_assumed


def test_an_own_value_overrides_until_it_is_given_back(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    above = world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    with world.inside(PROVINCE), unit_of_work():
        change_setting(SettingName.QUORUM, 3, source="Quy chế", by=above)
    with world.inside(DEPARTMENT):
        assert quorum() == 3
        with unit_of_work():
            change_setting(SettingName.QUORUM, 5, source="", by=admin)
        assert quorum() == 5
        own = setting_in_effect(SettingName.QUORUM)
        assert (own.is_own, own.is_assumed, own.set_by) == (True, False, admin.name)
        with unit_of_work():
            clear_setting(SettingName.QUORUM, by=admin)
        assert quorum() == 3
        acts = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert [one.act for one in acts] == [Act.SETTING_CHANGED, Act.SETTING_CLEARED]
        assert acts[0].facts["before"] is None
        assert (acts[0].facts["after"], acts[1].facts["before"]) == (5, 5)


def test_who_typed_a_value_is_not_told_to_agencies_below(world):
    above = world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    with world.inside(PROVINCE), unit_of_work():
        change_setting(SettingName.QUORUM, 3, source="", by=above)
    with world.inside(DEPARTMENT):
        assert setting_in_effect(SettingName.QUORUM).set_by is None


def test_a_value_that_others_changed_meanwhile_is_not_overwritten(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT):
        seen = {SettingName.QUORUM: None}
        with unit_of_work():
            change_setting(SettingName.QUORUM, 3, source="", seen=seen, by=admin)
        with pytest.raises(RefusedError) as refusal, unit_of_work():
            change_setting(SettingName.QUORUM, 4, source="", seen=seen, by=admin)
        assert refusal.value.rule is Rule.STALE_SCREEN
        assert quorum() == 3


def test_what_nobody_else_holds_cannot_be_given_back(world):
    admin = world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refusal, unit_of_work():
        clear_setting(SettingName.CRITERIA, by=admin)
    assert refusal.value.rule is Rule.NOTHING_TO_INHERIT


@pytest.mark.parametrize("value", [0, 16, "2"])
def test_a_quorum_outside_its_limits_is_refused(world, value):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        change_setting(SettingName.QUORUM, value, source="", by=admin)
    assert refusal.value.rule is Rule.VALUE_OUT_OF_RANGE


def test_only_an_administrator_changes_settings(world):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        change_setting(SettingName.QUORUM, 3, source="", by=officer)
    assert refusal.value.rule is Rule.PERMISSION_NEEDED


def test_a_new_choice_of_criteria_leaves_the_dossiers_that_are_there_alone(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    dossier_id = world.make_dossier(DEPARTMENT)
    adapted = {"group": 3, "reference": "lai-chau-2026@1", "from_year": THIS_YEAR}
    with world.inside(DEPARTMENT):
        with unit_of_work():
            change_setting(SettingName.CRITERIA, [adapted], source="", by=admin)
        assert criteria_reference(3, THIS_YEAR) == "lai-chau-2026@1"
        kept = db.session.scalars(select(Dossier).where(Dossier.id == dossier_id)).one()
        assert kept.criteria_set == STANDARD_SET


@pytest.mark.parametrize(
    ("slug", "choice"),
    [
        (DEPARTMENT, {"group": 9, "reference": STANDARD_SET, "from_year": THIS_YEAR}),
        (DEPARTMENT, {"group": 3, "reference": "qd-244-2022@1", "from_year": THIS_YEAR}),
        (DEPARTMENT, {"group": 3, "reference": "nowhere@1", "from_year": THIS_YEAR}),
        (OTHER_PROVINCE, {"group": 3, "reference": "lai-chau-2026@1", "from_year": THIS_YEAR}),
    ],
    ids=["no such group", "no longer valid", "unknown", "another province's"],
)
def test_a_set_that_does_not_fit_is_refused(world, slug, choice):
    admin = world.make_account(slug, Role.TENANT_ADMIN).actor()
    with world.inside(slug), pytest.raises(RefusedError) as refusal, unit_of_work():
        change_setting(SettingName.CRITERIA, [choice], source="", by=admin)
    assert refusal.value.rule is Rule.CRITERIA_NOT_APPLICABLE


def test_a_deadline_may_be_tightened(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT):
        with unit_of_work():
            set_deadline(deadline(DeadlineKind.REPORT, 11, 30), THIS_YEAR, seen=None, by=admin)
        binding = {
            one.deadline.kind: one
            for one in deadlines_in_effect(held_deadlines(), THIS_YEAR, working_days())
        }
        report = binding[DeadlineKind.REPORT]
        assert report.is_own
        assert last_day(report.deadline, THIS_YEAR, working_days()) == date(THIS_YEAR, 11, 30)


def test_a_deadline_later_than_the_one_above_is_refused_with_both_dates(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        set_deadline(deadline(DeadlineKind.REPORT, 12, 5), THIS_YEAR, seen=None, by=admin)
    assert refusal.value.rule is Rule.DEADLINE_LATER_THAN_PARENT
    assert refusal.value.facts["wanted"] == date(THIS_YEAR, 12, 5)
    assert refusal.value.facts["inherited"] == date(THIS_YEAR, 12, 4)


def test_the_day_before_is_the_same_instant_and_passes(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT), unit_of_work():
        set_deadline(deadline(DeadlineKind.REPORT, 12, 4), THIS_YEAR, seen=None, by=admin)


@pytest.mark.parametrize(("month", "day"), [(2, 29), (2, 30), (4, 31)])
def test_a_day_that_not_every_year_has_is_refused(world, month, day):
    admin = world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refusal, unit_of_work():
        set_deadline(deadline(DeadlineKind.REPORT, month, day), THIS_YEAR, seen=None, by=admin)
    assert refusal.value.rule is Rule.DAY_NOT_IN_CALENDAR


def test_an_own_deadline_that_is_removed_gives_way_to_the_one_above(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT):
        with unit_of_work():
            set_deadline(deadline(DeadlineKind.REPORT, 11, 30), THIS_YEAR, seen=None, by=admin)
        with unit_of_work():
            remove_deadline(DeadlineKind.REPORT, None, by=admin)
        assert all(
            not one.is_own for one in held_deadlines() if one.deadline.kind is DeadlineKind.REPORT
        )
        with pytest.raises(MissingError):
            remove_deadline(DeadlineKind.REPORT, None, by=admin)


def test_a_plan_that_ends_after_the_report_is_due_is_a_conflict(world):
    with world.inside(DEPARTMENT):
        [found] = conflicts_in_line(held_deadlines(), THIS_YEAR, working_days())
    assert (found.step.kind, found.needed_by.kind) == (
        DeadlineKind.COMPLETION,
        DeadlineKind.REPORT,
    )
    assert (found.step_last_day, found.needed_last_day) == (
        date(THIS_YEAR, 12, 27),
        date(THIS_YEAR, 12, 4),
    )


def test_an_agency_sees_which_dates_below_its_own_would_overtake(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT), unit_of_work():
        set_deadline(deadline(DeadlineKind.REPORT, 12, 1), THIS_YEAR, seen=None, by=admin)
    with world.inside(PROVINCE):
        [(agency, below)] = deadlines_below(DeadlineKind.REPORT, THIS_YEAR)
    assert (agency, below.day) == ("Sở Công Thương", 1)


def test_another_province_sees_nothing_of_it(world):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT), unit_of_work():
        change_setting(SettingName.QUORUM, 7, source="", by=admin)
    for slug in (OTHER_PROVINCE, COMMUNE):
        with world.inside(slug):
            assert in_effect(held_settings(), SettingName.QUORUM) is None
