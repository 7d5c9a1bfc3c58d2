"""The life of a dossier: only known moves, every undo leads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.domain.dossiers import (
    LEFT,
    TRANSITIONS,
    Event,
    State,
    legal_moves,
    move,
    replay,
    require_reason,
)
from app.domain.refusals import RefusedError, Rule


events = st.sampled_from(Event)
states = st.sampled_from(State)


@given(states, events)
def test_a_move_is_legal_exactly_when_the_table_has_it(state, event):
    targets = {to for happened, source, to in legal_moves() if (happened, source) == (event, state)}
    if targets:
        assert move(state, event) in targets
    else:
        with pytest.raises(RefusedError) as refusal:
            move(state, event)
        assert refusal.value.rule is Rule.ACT_OUT_OF_ORDER


@pytest.mark.parametrize("event", [one for one in Event if TRANSITIONS[one].undoes])
def test_an_undo_leads_back_to_where_the_undone_act_began(event):
    undone = TRANSITIONS[TRANSITIONS[event].undoes]
    assert TRANSITIONS[event].sources == {undone.target}
    assert TRANSITIONS[event].target in undone.sources


def test_a_recall_in_a_later_round_goes_back_to_the_returned_indicators():
    assert move(State.SUBMITTED, Event.RECALL, round_number=2) is State.RETURNED


def test_who_has_left_moves_no_more_unless_the_transfer_is_undone():
    for event in Event:
        comes_back = {State.TRANSFERRED} if event is Event.UNTRANSFER else set()
        assert TRANSITIONS[event].sources & LEFT == comes_back


@pytest.mark.parametrize("former", sorted(TRANSITIONS[Event.TRANSFER].sources))
def test_an_undone_transfer_leads_back_to_where_the_dossier_stood(former):
    assert move(State.TRANSFERRED, Event.UNTRANSFER, left_from=former) is former
    assert (Event.UNTRANSFER, State.TRANSFERRED, former) in set(legal_moves())


def test_a_history_remembers_where_a_dossier_left_from():
    there = [(Event.REGISTER, 1), (Event.SUBMIT, 1), (Event.TRANSFER, 1)]
    assert replay(there) is State.TRANSFERRED
    assert replay([*there, (Event.UNTRANSFER, 1)]) is State.SUBMITTED


@given(events)
def test_a_reason_of_spaces_is_no_reason(event):
    if TRANSITIONS[event].needs_reason:
        with pytest.raises(RefusedError):
            require_reason(event, "   ")
    else:
        assert require_reason(event, "   ") == ""


class LifeOfADossier(RuleBasedStateMachine):
    """Whatever people try, the history replays to the state, and nothing is skipped."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.LISTED
        self.history: list[tuple[Event, int]] = []
        self.round = 1
        self.left_from = State.LISTED

    @rule(event=events)
    @precondition(lambda self: len(self.history) < 60)
    def try_it(self, event):
        stood = self.state
        try:
            self.state = move(self.state, event, round_number=self.round, left_from=self.left_from)
        except RefusedError:
            return
        self.left_from = stood if event is Event.TRANSFER else self.left_from
        self.history.append((event, self.round))
        if event is Event.SUBMIT and self.was_returned():
            self.round += 1

    def was_returned(self):
        return len(self.history) > 1 and self.history[-2][0] in {Event.RETURN, Event.RECALL}

    @invariant()
    def the_history_says_the_state(self):
        assert replay(self.history) is self.state

    @invariant()
    def nothing_is_decided_that_was_not_appraised_and_proposed(self):
        if self.state in {State.DECIDED, State.PUBLISHED, State.APPEALED}:
            happened = {event for event, _ in self.history}
            assert {Event.REGISTER, Event.SUBMIT, Event.SCORE, Event.AGREE} <= happened
            assert {Event.PROPOSE, Event.DECIDE} <= happened


TestLifeOfADossier = LifeOfADossier.TestCase
