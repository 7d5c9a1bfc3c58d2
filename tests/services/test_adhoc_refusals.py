"""Whatever is tried with an ad-hoc request, wherever it stands: done, or refused by a rule."""

import pytest
from flask_babel import force_locale

from app.domain.adhoc_answers import Field, FieldKind, Typed
from app.domain.refusals import RefusedError, Rule
from app.labels.refusals import advice_of, sentence_of
from tests.builders.adhoc import Case
from tests.builders.world import COMMUNE


ASKED, ANSWER = (Field(label="Số lớp", kind=FieldKind.NUMBER),), (Typed(value="3"),)
ACTS = {
    "redraw": lambda case, request: case.redraw(request, COMMUNE, fields=ASKED),
    "send": lambda case, request: case.send_off(request),
    "discard": lambda case, request: case.discard(request),
    "remind": lambda case, request: case.remind(request),
    "close": lambda case, request: case.close(request),
    "answer": lambda case, _request: case.answer(COMMUNE, ANSWER),
    "give back": lambda case, _request: case.give_back(COMMUNE),
}
ENDS = {"redraw": Rule.ADHOC_SENT, "send": Rule.ADHOC_SENT, "discard": Rule.ADHOC_SENT}
REFUSED = {
    "draft": {"remind": Rule.ADHOC_NOT_SENT, "close": Rule.ADHOC_NOT_SENT},
    "sent": {**ENDS, "give back": Rule.ADHOC_NOT_ANSWERED},
    "answered": {
        **ENDS,
        "remind": Rule.ADHOC_NOBODY_TO_REMIND,
        # What was received is corrected, and that takes a reason.
        "answer": Rule.REASON_NEEDED,
    },
    "given back": {**ENDS, "give back": Rule.ADHOC_NOT_ANSWERED},
    "closed": {
        **ENDS,
        **dict.fromkeys(("remind", "close", "answer", "give back"), Rule.ADHOC_CLOSED),
    },
}
BY_NOBODY = {"draft": {"answer", "give back"}}
"""What cannot be tried: a draft lies on no desk."""


def brought_to(case, state):
    request = case.draw_up(COMMUNE, fields=ASKED)
    if state != "draft":
        case.send_off(request)
    if state in {"answered", "given back", "closed"}:
        case.answer(COMMUNE, ANSWER)
    if state == "given back":
        case.give_back(COMMUNE)
    if state == "closed":
        case.close(request)
    return request


@pytest.mark.parametrize("state", REFUSED)
def test_what_is_not_in_order_is_refused_by_a_rule_and_says_so_in_both_languages(world, state):
    case = Case(world)
    request, refusals = brought_to(case, state), {}
    for name in REFUSED[state]:
        with pytest.raises(RefusedError) as refused:
            ACTS[name](case, request)
        refusals[name] = refused.value
    assert {name: one.rule for name, one in refusals.items()} == REFUSED[state]
    for refusal in refusals.values():
        told = []
        for language in ("vi", "en"):
            with world.app.test_request_context(), force_locale(language):
                told.append((sentence_of(refusal), advice_of(refusal)))
        assert all(vi != en for vi, en in zip(*told, strict=True))


DONE = [
    (state, name)
    for state, refused in REFUSED.items()
    for name in ACTS.keys() - refused.keys() - BY_NOBODY.get(state, set())
]


@pytest.mark.parametrize(("state", "name"), sorted(DONE))
def test_everything_else_is_done(world, state, name):
    case = Case(world)
    ACTS[name](case, brought_to(case, state))
