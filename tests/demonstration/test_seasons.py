"""The whole of three provinces has the size, the shares and the seasons it should have."""

from collections import Counter, defaultdict
from datetime import date

import pytest

from app.demonstration.lives import PUBLISHED_SHARES
from app.demonstration.records import Stage, Temperament
from app.domain.dossiers import Event, Outcome
from app.domain.streaks import is_outstanding


YEAR_END = date(2026, 12, 31)
OVER = {Stage.PUBLISHED, Stage.UPHELD, Stage.CHANGED, Stage.APPEALED, Stage.DECIDED}


def years_of(story):
    return [year for tenant in story.tenants for person in tenant.people for year in person.years]


def stages(story, year):
    """Count the dossiers of a year by stage."""
    return Counter(one.stage for one in years_of(story) if one.year == year)


def recognised_years(story):
    """Gather, for each human being, the years in which anybody recognised them."""
    years = defaultdict(set)
    for tenant in story.tenants:
        for person in tenant.people:
            years[person.identity] |= {
                one.year for one in person.years if one.outcome is Outcome.RECOGNISED
            }
    return years


@pytest.mark.parametrize("today", [date(2026, 1, 15), YEAR_END, date(2027, 1, 5)])
def test_there_are_some_twenty_thousand_dossiers_on_any_day(whole_story, today):
    assert 19_000 <= whole_story(today).dossier_count <= 21_000


@pytest.mark.parametrize("today", [date(2026, 1, 15), date(2027, 1, 5)])
def test_in_january_everybody_of_the_year_is_only_listed(whole_story, today):
    assert set(stages(whole_story(today), today.year)) == {Stage.LISTED}


def test_before_march_nearly_everybody_is_only_listed(whole_story):
    told = stages(whole_story(date(2026, 2, 20)), 2026)
    assert told[Stage.LISTED] > 0.75 * told.total()


def test_in_june_people_assess_themselves_and_nobody_is_appraised(whole_story):
    told = stages(whole_story(date(2026, 6, 15)), 2026)
    assert told[Stage.REGISTERED] > told[Stage.SUBMITTED] + told[Stage.CONFIRMED] > 400
    assert told[Stage.IN_APPRAISAL] == told[Stage.PUBLISHED] == 0


def test_in_october_the_teams_are_at_work(whole_story):
    told = stages(whole_story(date(2026, 10, 10)), 2026)
    assert told[Stage.IN_APPRAISAL] + told[Stage.APPRAISED] > 0.4 * told.total()
    assert told[Stage.PUBLISHED] == 0


def test_in_late_november_most_are_decided_and_the_late_are_plain_to_see(whole_story):
    story = whole_story(date(2026, 11, 21))
    told = stages(story, 2026)
    decided = sum(told[stage] for stage in OVER)
    undecided = told[Stage.PROPOSED] + told[Stage.APPRAISED] + told[Stage.IN_APPRAISAL]
    assert decided > 0.6 * told.total()
    assert undecided > 100
    unreported = [tenant for tenant in story.tenants if tenant.years[-1].reported_at is None]
    assert {Temperament.LATE, Temperament.NOT_STARTED} <= {one.temperament for one in unreported}
    assert len(unreported) < 0.35 * len(story.tenants)


def test_past_years_hold_every_ending(whole_story):
    past = set().union(*(stages(whole_story(YEAR_END), year) for year in range(2022, 2026)))
    assert {
        Stage.PUBLISHED,
        Stage.UPHELD,
        Stage.CHANGED,
        Stage.WITHDRAWN,
        Stage.TRANSFERRED,
        Stage.LISTED,
        Stage.REGISTERED,
        Stage.IN_APPRAISAL,
        Stage.PROPOSED,
    } <= past
    assert not past & {Stage.APPEALED, Stage.DECIDED}


def test_some_agencies_report_late_and_some_never_decide(whole_story):
    years = [year for tenant in whole_story(YEAR_END).tenants for year in tenant.years[:-1]]
    late = [
        year
        for year in years
        if year.reported_at and year.reported_at.date() > year.plan.report_due_on
    ]
    never = [year for year in years if year.reported_at is None]
    assert 0.02 < len(late) / len(years) < 0.25
    assert 0 < len(never) / len(years) < 0.08


@pytest.mark.parametrize("group", PUBLISHED_SHARES)
def test_groups_are_recognised_as_often_as_published_figures_say(whole_story, group):
    decided = [
        one.outcome is Outcome.RECOGNISED
        for one in years_of(whole_story(YEAR_END))
        if one.group_number == group and one.outcome is not None
    ]
    assert sum(decided) / len(decided) == pytest.approx(PUBLISHED_SHARES[group], abs=0.05)


def test_six_to_eight_in_a_hundred_are_outstanding_at_the_end_of_2026(whole_story):
    streaks = recognised_years(whole_story(YEAR_END)).values()
    outstanding = sum(is_outstanding(2026, years, years_needed=5) for years in streaks)
    assert 0.06 <= outstanding / len(streaks) <= 0.08


def test_some_lose_their_streak_by_a_single_year(whole_story):
    streaks = recognised_years(whole_story(YEAR_END)).values()
    assert sum({2022, 2026} <= years and len(years) == 4 for years in streaks) > 50


def test_some_keep_their_streak_through_a_change_of_agency(whole_story):
    story = whole_story(YEAR_END)
    streaks = recognised_years(story)
    assert any(len(streaks[move.identity]) == 5 for move in story.moves)


def test_whoever_moves_stays_in_the_province_and_is_the_same_person(whole_story):
    story = whole_story(YEAR_END)
    tenants = {tenant.facts.path: tenant for tenant in story.tenants}
    assert len(story.moves) > 10
    for move in story.moves:
        left, joined = tenants[move.from_path], tenants[move.to_path]
        assert left.facts.province == joined.facts.province
        before, after = (
            next(one for one in tenant.people if one.identity == move.identity)
            for tenant in (left, joined)
        )
        assert before.person == after.person
        assert before.person.cccd is not None
        assert before.left_on == after.joined_on == move.moved_on


def test_whoever_moves_is_never_decided_on_twice_in_a_year(whole_story):
    story = whole_story(YEAR_END)
    movers = {move.identity for move in story.moves}
    decided = Counter(
        (person.identity, year.year)
        for tenant in story.tenants
        for person in tenant.people
        if person.identity in movers
        for year in person.years
        if year.outcome is not None
    )
    assert set(decided.values()) == {1}


def test_whoever_moves_amid_the_year_leaves_a_transferred_dossier(whole_story):
    transferred = [
        year for year in years_of(whole_story(YEAR_END)) if year.last(Event.TRANSFER) is not None
    ]
    assert transferred
    assert {year.stage for year in transferred} == {Stage.TRANSFERRED}


def test_some_are_on_two_lists_at_once_in_one_province(whole_story):
    story = whole_story(YEAR_END)
    provinces = {tenant.facts.path: tenant.facts.province for tenant in story.tenants}
    assert story.overlaps
    for overlap in story.overlaps:
        assert provinces[overlap.workplace] == provinces[overlap.residence]


def test_featured_agencies_are_as_large_as_stated(whole_story):
    sizes = {
        tenant.facts.path: (tenant.facts.head_count, len(tenant.people))
        for tenant in whole_story(YEAR_END).tenants
        if tenant.facts.head_count
    }
    assert all(stated <= size <= stated + 10 for stated, size in sizes.values())
    assert sorted(stated for stated, _ in sizes.values()) == [60, 80, 150]
