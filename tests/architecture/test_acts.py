"""No act without a sentence."""

import pytest

from app.domain.audit import ON_RECORD, Act, Shut
from app.domain.dossiers import Event
from app.labels.acts import ACTS, REFUSED, act_in_words, name_of


def test_every_act_has_a_sentence():
    assert set(ACTS) == set(Act)


def test_every_refusal_on_record_has_a_reason():
    assert set(REFUSED) == {*Shut, *ON_RECORD}


@pytest.mark.parametrize("act", [*Act, *Event])
def test_a_sentence_reads_without_any_of_its_facts(app, act):
    with app.test_request_context():
        assert act_in_words(act, {})
        assert name_of(act)
