"""Which indicators stand open to the person, and which ask for evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dossiers import OPEN_TO_SELF_SCORES, State
from app.domain.refusals import RefusedError, Rule
from app.domain.self_assessments import (
    EVERY_INDICATOR,
    LONGEST_EVIDENCE,
    open_indicators,
    require_evidence,
    require_open,
    require_short,
)
from tenants.schema import EvidenceDemand


NUMBERS = st.frozensets(st.sampled_from(sorted(EVERY_INDICATOR)))


@given(state=st.sampled_from(State), returned=NUMBERS, changed=NUMBERS)
def test_a_change_passes_exactly_when_all_of_it_stands_open(state, returned, changed):
    if state in OPEN_TO_SELF_SCORES and changed <= open_indicators(state, returned):
        require_open(state, returned, changed)
        return
    with pytest.raises(RefusedError) as refusal:
        require_open(state, returned, changed)
    if refusal.value.rule is Rule.INDICATOR_NOT_RETURNED:
        assert frozenset(refusal.value.facts["changed"]) == changed - returned


@given(returned=NUMBERS)
def test_after_a_return_only_the_named_indicators_stand_open(returned):
    assert open_indicators(State.RETURNED, returned) == returned
    assert open_indicators(State.REGISTERED, returned) == EVERY_INDICATOR


@given(
    demands=st.lists(st.sampled_from(EvidenceDemand), min_size=10, max_size=10),
    words=st.lists(st.sampled_from(["", "  ", "Giấy chứng nhận"]), min_size=10, max_size=10),
)
def test_evidence_is_missing_exactly_where_it_is_asked_for_and_blank(demands, words):
    asked = dict(enumerate(demands, start=1))
    lacking = tuple(
        number
        for number, text in enumerate(words, start=1)
        if asked[number] is not EvidenceDemand.OPTIONAL and not text.strip()
    )
    if not lacking:
        require_evidence(asked, words)
        return
    with pytest.raises(RefusedError) as refusal:
        require_evidence(asked, words)
    assert refusal.value.facts == {"missing": lacking}


def test_evidence_may_be_as_long_as_said_and_no_longer():
    assert require_short(1, "x" * LONGEST_EVIDENCE)
    with pytest.raises(RefusedError) as refusal:
        require_short(1, "x" * (LONGEST_EVIDENCE + 1))
    assert refusal.value.rule is Rule.EVIDENCE_TOO_LONG
