"""The board's targets: on whose word they stand, what was reached, where the pace leads."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.domain.dossiers import Event, State
from app.domain.pace import DayFigure
from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.queries.results import figures_of
from app.persistence.queries.targets import people_by_day
from app.persistence.unit_of_work import unit_of_work
from app.services.settings import change_setting
from tenants.schema import TenantKind
from tests.builders.figures import Office
from tests.builders.reading import words_of
from tests.builders.world import COMMUNE, PROVINCE, THIS_YEAR


EVENING = datetime(THIS_YEAR, 11, 20, 12, tzinfo=UTC)  # a Friday


@pytest.fixture
def three_weeks(world):
    """A commune that recognises one person a working day, for three weeks."""
    office = Office(world, COMMUNE)
    for back in range(21):
        with clock_set_to(EVENING - timedelta(days=back)):
            if (EVENING - timedelta(days=back)).weekday() < 5:
                office.make(State.PUBLISHED)
    for _ in range(25):
        office.make(State.LISTED)
    with clock_set_to(EVENING):
        office.recompute()
    return office


def test_the_board_says_where_the_pace_leads_and_what_is_needed(browse, three_weeks):
    with clock_set_to(EVENING):
        said = words_of(browse(COMMUNE, Role.OFFICER)("/board/?lang=en"))
    # 14 working days before today brought one each; with today and without the holiday of 24/11,
    # 10 are left until 04/12.
    assert "At this pace 60% by 04/12/2026; in eight cases of ten" in said
    assert "Now: 1.0 a working day ( 14 in 14 days)." in said
    assert "at least 60% of the adults of the commune" in said
    assert "The target is for 2030; to reach it in 2026 already:" in said
    assert "needs 1 a working day, for 10 days until 04/12/2026." in said


def test_the_province_sees_the_pace_of_its_communes_apart_from_the_offices(browse, three_weeks):
    with clock_set_to(EVENING):
        said = words_of(browse(PROVINCE)("/board/?lang=en"))
    assert "Now: 1.0 a working day ( 14 in 14 days)." in said
    with clock_set_to(EVENING):
        alone = words_of(browse(PROVINCE)("/board/?kind=department&lang=en"))
    assert "a working day ( 14" not in alone


def test_the_pace_is_said_in_vietnamese_too(browse, three_weeks):
    with clock_set_to(EVENING):
        said = words_of(browse(COMMUNE, Role.OFFICER, language="vi")())
    assert "Theo tiến độ này, đến hết ngày 04/12/2026 đạt 60%" in said
    assert "Hiện nay: 1,0 người mỗi ngày làm việc" in said


def test_after_the_last_day_the_board_foretells_nothing(browse, three_weeks):
    with clock_set_to(EVENING + timedelta(days=30)):
        said = words_of(browse(COMMUNE, Role.OFFICER)("/board/?lang=en"))
    assert "Last day: 04/12/2026." in said
    assert "At this pace" not in said


def test_a_decision_that_was_annulled_brought_nobody(world, browse, three_weeks):
    key = world.key_of(COMMUNE)
    with clock_set_to(EVENING), world.inside(COMMUNE):
        before = people_by_day(key, THIS_YEAR, EVENING.date())
    with clock_set_to(EVENING):
        last = three_weeks.make(State.DECIDED)
        with world.inside(COMMUNE), unit_of_work():
            three_weeks.apply(last, Event.ANNUL)
        three_weeks.recompute()
    with clock_set_to(EVENING), world.inside(COMMUNE):
        after = people_by_day(key, THIS_YEAR, EVENING.date())
    place = (TenantKind.COMMUNE, DayFigure.RECOGNISED)
    assert before[place] == after[place]
    assert sum(before[place].values()) == 15


def test_the_days_add_up_to_the_figures_whatever_is_recomputed(world, three_weeks):
    for _ in range(2):
        with clock_set_to(EVENING):
            three_weeks.recompute()
        with world.inside(COMMUNE):
            figures = figures_of(world.key_of(COMMUNE), THIS_YEAR)
            days = people_by_day(world.key_of(COMMUNE), THIS_YEAR, EVENING.date())
        found = {figure: sum(of.values()) for (_, figure), of in days.items()}
        assert found == {
            DayFigure.REGISTERED: figures.registered,
            DayFigure.RECOGNISED: figures.recognised,
        }


def test_targets_say_from_whom_they_are_inherited_and_by_which_plan(browse, three_weeks):
    said = words_of(browse(COMMUNE, Role.OFFICER)("/board/?lang=en"))
    targets = said.partition("Still missing, and at this pace")[2]
    assert "inherited" in targets
    assert "Hội Khuyến học tỉnh Lai Châu, since" in targets
    assert "assumed" in targets
    assert targets.count("trên địa bàn tỉnh Kon Tum") == 1


def test_an_agencys_own_targets_name_who_set_them_to_the_agency_and_not_above(
    world, browse, three_weeks
):
    admin = world.make_account(COMMUNE, Role.TENANT_ADMIN, name="Lù Văn Quản").actor()
    mine = {"name": "registered", "percent": 100, "year": THIS_YEAR, "denominator": "eligible"}
    with world.inside(COMMUNE), unit_of_work():
        change_setting(SettingName.TARGETS, [mine], source="", by=admin)
    own = words_of(browse(COMMUNE, Role.OFFICER)("/board/?lang=en"))
    assert "set by Lù Văn Quản" in own
    assert "inherited" in own.partition("Still missing, and at this pace")[2]
    above = words_of(browse(PROVINCE)(f"/board/agencies/{COMMUNE}?lang=en"))
    assert "Lù Văn Quản" not in above
    assert "at least 100% of the adults of the commune" in above


def test_only_who_may_set_targets_is_led_to_setting_them(browse, three_weeks):
    assert "/settings/targets" in browse(COMMUNE, Role.TENANT_ADMIN)().text
    assert "/settings/targets" not in browse(COMMUNE, Role.OFFICER)().text
    assert "/settings/targets" not in browse(PROVINCE)(f"/board/agencies/{COMMUNE}").text


def test_one_target_is_set_by_the_agency_while_the_others_stay_inherited(
    world, browse, three_weeks
):
    admin = world.make_account(COMMUNE, Role.TENANT_ADMIN).actor()
    mine = {
        "name": "recognised_adults",
        "percent": 75,
        "year": 2030,
        "denominator": "eligible",
    }
    with world.inside(COMMUNE), unit_of_work():
        change_setting(SettingName.TARGETS, [mine], source="Kế hoạch xã", by=admin)
    said = words_of(browse(COMMUNE, Role.OFFICER)("/board/?lang=en"))
    targets = said.partition("Still missing, and at this pace")[2]
    assert "at least 75% of the adults of the commune" in targets
    assert "in place of 60%, as Hội Khuyến học tỉnh Lai Châu sets it" in targets
    assert "at least 60% of the adults" not in targets
    assert "With digital skills" in targets
    assert targets.count("Hội Khuyến học tỉnh Lai Châu, since") >= 2
    assert "Kế hoạch xã" not in targets


def test_public_holidays_until_the_last_day_are_named(browse, three_weeks):
    with clock_set_to(EVENING):
        said = words_of(browse(COMMUNE, Role.OFFICER)("/board/?lang=en"))
    assert "Days off that are no weekend: 24/11/2026. assumed" in said


def test_shares_of_the_recognised_are_foretold_from_both_numbers(world, browse, three_weeks):
    key = world.key_of(COMMUNE)
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(
            text(
                "UPDATE dossier SET has_digital_skills = true WHERE tenant_id = :tenant"
                " AND outcome = 'recognised' AND extract(day FROM decided_at)::int % 2 = 0"
            ),
            {"tenant": key.tenant_id},
        )
    with clock_set_to(EVENING):
        three_weeks.recompute()
        with world.inside(COMMUNE):
            days = people_by_day(key, THIS_YEAR, EVENING.date())
            skilled = figures_of(key, THIS_YEAR).with_digital_skills
        said = words_of(browse(COMMUNE, Role.OFFICER)("/board/?lang=en"))
    place = (TenantKind.COMMUNE, DayFigure.WITH_DIGITAL_SKILLS)
    assert 0 < sum(days[place].values()) == skilled
    digital = said.partition("With digital skills")[2]
    assert "At this pace" in digital.partition("Digitally fluent")[0]
