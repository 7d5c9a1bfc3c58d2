"""A dossier's story is legal, orderly, reasoned, and the same whenever it is told again."""

from collections import Counter
from datetime import date, datetime, time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.demonstration.records import BatchKind, Stage
from app.demonstration.story import digest, tell_story, years_until
from app.demonstration.timetable import is_working_day
from app.domain.deadlines import VIETNAM
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import TRANSITIONS, Event, Outcome
from app.domain.scoring import Verdict, assess, changed_indicators
from app.domain.separation import is_kept_off_own
from tenants.schema import ScoreRule


YEAR_END = date(2026, 12, 31)
NOVEMBER = date(2026, 11, 21)
days = st.dates(date(2022, 1, 1), date(2031, 12, 31))
days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))
few_times = settings(max_examples=12, deadline=None)


def dossiers(story):
    """List every (agency, place, dossier)."""
    return [
        (tenant, place, year)
        for tenant in story.tenants
        for place, person in enumerate(tenant.people)
        for year in person.years
    ]


def happenings(story):
    return [
        (tenant, place, one) for tenant, place, year in dossiers(story) for one in year.happenings
    ]


def first(year, event):
    return next(one for one in year.happenings if one.event is event)


def test_the_same_seed_and_day_tell_the_same_story(small_story):
    told = small_story(NOVEMBER)
    facts = [tenant.facts for tenant in told.tenants]
    assert digest(told) == digest(tell_story(facts, today=NOVEMBER, seed=told.seed))


def test_another_seed_tells_another_story(small_story):
    told = small_story(NOVEMBER)
    facts = [tenant.facts for tenant in told.tenants]
    assert digest(told) != digest(tell_story(facts, today=NOVEMBER, seed=told.seed + 1))


@given(today=days)
@few_times
def test_nothing_happens_today_or_later(small_story, today):
    now = datetime.combine(today, time(), VIETNAM)
    story = small_story(today)
    assert all(one.at < now for _, _, one in happenings(story))
    assert all(move.moved_on < today for move in story.moves)
    for tenant in story.tenants:
        for year in tenant.years:
            assert all(met_at < now for met_at in year.meetings)
            assert year.reported_at is None or year.reported_at < now


@given(today=days)
@few_times
def test_a_story_reaches_four_years_back_but_not_before_2022(small_story, today):
    years = years_until(today)
    assert years[-1] == today.year
    assert years[0] == max(2022, today.year - 4)
    assert {year.year for _, _, year in dossiers(small_story(today))} <= set(years)


@given(today=days)
@few_times
def test_every_dossier_moves_as_the_rules_allow(small_story, today):
    for _, _, year in dossiers(small_story(today)):
        if year.happenings:
            assert year.state is TRANSITIONS[year.happenings[-1].event].target
        else:
            assert year.stage is Stage.LISTED


@given(one_day=days_of_2026, another_day=days_of_2026)
@few_times
def test_a_later_day_only_adds_to_what_was_told(small_story, one_day, another_day):
    earlier, later = (small_story(day) for day in sorted((one_day, another_day)))
    for before, after in zip(earlier.tenants, later.tenants, strict=True):
        for person, same_person in zip(before.people, after.people, strict=False):
            assert person.identity == same_person.identity
            for year, same_year in zip(person.years, same_person.years, strict=False):
                told = len(year.happenings)
                assert same_year.happenings[:told] == year.happenings


def test_events_follow_each_other_within_their_year(small_story):
    for _, _, year in dossiers(small_story(YEAR_END)):
        moments = [one.at for one in year.happenings]
        assert all(before < after for before, after in pairwise(moments))
        assert all(at.year == year.year for at in moments)


def test_offices_act_on_working_days(whole_story):
    by_offices = {Event.CONFIRM, Event.SCORE, Event.AGREE, Event.PROPOSE, Event.DECIDE}
    for _, _, one in happenings(whole_story(YEAR_END)):
        if one.event in by_offices:
            assert is_working_day(one.at.date())


def test_nobody_has_a_hand_in_their_own_dossier(whole_story):
    for _, place, one in happenings(whole_story(YEAR_END)):
        assert one.actor != place or not is_kept_off_own(one.event)


def test_who_scored_a_dossier_neither_decides_it_nor_hears_the_appeal(whole_story):
    for _, _, year in dossiers(whole_story(YEAR_END)):
        scorers = {one.actor for one in year.happenings if one.event is Event.SCORE}
        for event in (Event.DECIDE, Event.UPHOLD, Event.CORRECT):
            ending = year.last(event)
            assert ending is None or ending.actor not in scorers


def test_the_heads_own_dossier_is_decided_one_level_up_and_no_other(whole_story):
    for tenant, place, year in dossiers(whole_story(YEAR_END)):
        decision = year.last(Event.DECIDE)
        if decision is not None:
            assert (decision.actor is None) is (place == tenant.cast.head)


def test_every_change_from_the_persons_own_score_has_its_reason(whole_story):
    for _, _, year in dossiers(whole_story(YEAR_END)):
        meeting = year.last(Event.AGREE)
        if meeting is not None:
            changed = changed_indicators(year.self_scores, meeting.scores)
            assert tuple(remark.indicator for remark in meeting.remarks) == changed
            assert all(remark.text for remark in meeting.remarks)


def test_the_outcome_is_what_the_scores_in_force_earn(whole_story):
    for _, _, year in dossiers(whole_story(YEAR_END)):
        if year.outcome is not None:
            verdict = assess(ScoreRule(), year.agreed_scores).verdict
            assert (year.outcome is Outcome.RECOGNISED) is (verdict is Verdict.RECOGNISED)


def test_each_appraiser_scores_once_a_round(whole_story):
    for _, _, year in dossiers(whole_story(YEAR_END)):
        scored = [
            (one.actor, one.round_number) for one in year.happenings if one.event is Event.SCORE
        ]
        assert len(scored) == len(set(scored))
        assert year.agreed_scores is None or len(year.team_scores) == 3


def test_only_the_named_indicators_change_when_a_dossier_comes_back(whole_story):
    came_back = [
        year
        for _, _, year in dossiers(whole_story(YEAR_END))
        if year.was_returned and year.last(Event.SUBMIT).round_number == 2
    ]
    assert came_back
    for year in came_back:
        returned = year.last(Event.RETURN)
        named = {remark.indicator for remark in returned.remarks}
        changed = changed_indicators(first(year, Event.SUBMIT).scores, year.self_scores)
        assert set(changed) <= named
        assert returned.at.date() < year.last(Event.SUBMIT).at.date() <= returned.due_on


def test_rounds_only_go_up(whole_story):
    for _, _, year in dossiers(whole_story(YEAR_END)):
        rounds = [one.round_number for one in year.happenings]
        assert rounds == sorted(rounds)


def test_where_a_reason_is_needed_there_is_one(whole_story):
    for _, _, one in happenings(whole_story(YEAR_END)):
        assert one.reason or not TRANSITIONS[one.event].needs_reason


def test_digital_skills_are_found_of_some_who_submitted_and_of_a_few_not_stated(whole_story):
    told = [year for _, _, year in dossiers(whole_story(YEAR_END))]
    found = Counter(year.digital_skill for year in told if year.self_scores)
    assert found.keys() == set(DigitalSkill)
    assert 0.02 < found[DigitalSkill.UNSTATED] / found.total() < 0.08
    assert {year.digital_skill for year in told if not year.self_scores} == {DigitalSkill.UNSTATED}


def test_a_draft_is_of_somebody_registered_and_never_whole(whole_story):
    drafts = [
        year
        for _, _, year in dossiers(whole_story(date(2026, 6, 15)))
        if year.draft != (None,) * 10
    ]
    assert drafts
    assert {year.stage for year in drafts} == {Stage.REGISTERED}
    assert all(None in year.draft for year in drafts)


def test_an_officer_enters_for_those_who_cannot(whole_story):
    helped = [
        (tenant, year)
        for tenant, _, year in dossiers(whole_story(YEAR_END))
        if year.is_on_behalf and year.self_scores
    ]
    assert helped
    for tenant, year in helped:
        assert first(year, Event.SUBMIT).actor == tenant.cast.officer


def test_pupils_come_with_the_criteria_of_2023(whole_story):
    years = {year.year for _, _, year in dossiers(whole_story(YEAR_END)) if year.group_number == 4}
    assert years == {2024, 2025, 2026}


def test_documents_of_a_year_are_numbered_in_the_order_of_signing(whole_story):
    for tenant in whole_story(YEAR_END).tenants:
        for year in tenant.years:
            decided = [batch for batch in year.batches if batch.decided_at is not None]
            decided.sort(key=lambda batch: batch.decided_at)
            numbers = [batch.document_number for batch in decided]
            assert numbers == sorted(set(numbers))


def test_only_the_head_is_on_the_list_for_one_level_up(whole_story):
    kinds = {
        batch.number: batch.kind
        for tenant in whole_story(YEAR_END).tenants
        for year in tenant.years
        for batch in year.batches
    }
    for tenant, place, year in dossiers(whole_story(YEAR_END)):
        if year.batch is not None:
            is_above = kinds[year.batch] is BatchKind.ABOVE
            assert is_above is (place == tenant.cast.head)
