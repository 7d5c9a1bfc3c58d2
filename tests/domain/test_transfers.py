"""What arrives at another agency is never more than was typed, and never less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dossiers import LEFT, TRANSITIONS, Event, State, replay
from app.domain.refusals import RefusedError, Rule
from app.domain.scoring import BLANK
from app.domain.separation import is_kept_off_own
from app.domain.transfers import (
    UNTIL_APPRAISAL,
    Criteria,
    arrival_of,
    require_may_leave,
    require_not_appraised_here,
    way_back_to_the_roster,
)
from tenants.schema import ScoreRule


SCORES = (8,) * 10
OURS = Criteria(reference="qd-324-2023@1", group_number=3, rule=ScoreRule())
OTHERS = Criteria(reference="qd-244-2022@1", group_number=3, rule=ScoreRule())
OTHER_GROUP = Criteria(reference="qd-324-2023@1", group_number=1, rule=ScoreRule())
OTHER_SCALE = Criteria(reference="qd-324-2023@2", group_number=3, rule=ScoreRule(scale_max=20))
LEAVING = TRANSITIONS[Event.TRANSFER].sources

leaving = st.sampled_from(sorted(LEAVING))
criteria = st.sampled_from([OURS, OTHERS, OTHER_GROUP, OTHER_SCALE])
drafts = st.tuples(*[st.none() | st.integers(1, 10)] * 10)


@given(leaving, drafts, criteria, criteria)
def test_a_dossier_never_arrives_further_than_submitted(state, scores, of, to):
    arrival = arrival_of(state, scores, of=of, to=to)
    assert arrival.state in {State.LISTED, State.REGISTERED, State.SUBMITTED}


@given(leaving, drafts, criteria)
def test_under_the_same_scale_every_score_arrives(state, scores, of):
    for to in (OURS, OTHERS, OTHER_GROUP):
        kept = arrival_of(state, scores, of=of, to=to).scores
        assert kept == (BLANK if of is OTHER_SCALE else scores)


@pytest.mark.parametrize(
    ("left", "arrives"),
    [
        (State.LISTED, State.LISTED),
        (State.REGISTERED, State.REGISTERED),
        (State.SUBMITTED, State.SUBMITTED),
        (State.CONFIRMED, State.SUBMITTED),
        (State.IN_APPRAISAL, State.SUBMITTED),
        (State.APPRAISED, State.SUBMITTED),
        (State.RETURNED, State.REGISTERED),
    ],
)
def test_a_dossier_arrives_as_its_person_left_it(left, arrives):
    assert arrival_of(left, SCORES, of=OURS, to=OURS).state is arrives


@pytest.mark.parametrize("to", [OTHERS, OTHER_GROUP])
def test_what_was_submitted_under_other_criteria_is_submitted_again(to):
    arrival = arrival_of(State.SUBMITTED, SCORES, of=OURS, to=to)
    assert (arrival.state, arrival.scores) == (State.REGISTERED, SCORES)


@pytest.mark.parametrize("state", sorted(set(State) - LEAVING))
def test_what_is_on_a_list_or_decided_or_gone_leaves_no_more(state):
    with pytest.raises(RefusedError) as refusal:
        require_may_leave(state)
    assert refusal.value.rule is Rule.ACT_OUT_OF_ORDER


@given(st.sampled_from(State))
def test_only_what_nobody_has_appraised_is_sent_back(state):
    if state in UNTIL_APPRAISAL:
        require_not_appraised_here(state)
    else:
        with pytest.raises(RefusedError) as refusal:
            require_not_appraised_here(state)
        is_gone = state in LEFT
        assert (refusal.value.rule is Rule.ACT_OUT_OF_ORDER) is is_gone


_TO = {
    State.LISTED: (),
    State.REGISTERED: (Event.REGISTER,),
    State.SUBMITTED: (Event.REGISTER, Event.SUBMIT),
    State.CONFIRMED: (Event.REGISTER, Event.SUBMIT, Event.CONFIRM),
}


@pytest.mark.parametrize("former", sorted(_TO))
def test_whoever_comes_back_begins_on_the_roster_again(former):
    there_and_back = (*_TO[former], Event.TRANSFER, Event.UNTRANSFER)
    home = way_back_to_the_roster(former, round_number=1)
    assert replay((one, 1) for one in (*there_and_back, *home)) is State.LISTED
    assert way_back_to_the_roster(former, round_number=2) is None


@pytest.mark.parametrize("state", sorted(set(State) - set(_TO)))
def test_what_the_team_has_scored_does_not_begin_again(state):
    assert way_back_to_the_roster(state, round_number=1) is None


def test_nobody_chooses_who_judges_them():
    assert is_kept_off_own(Event.TRANSFER)
    assert is_kept_off_own(Event.UNTRANSFER)
