"""Separation of duties: a table of who may decide whom."""

from uuid import uuid4

import pytest

from app.domain.dossiers import Event
from app.domain.permissions import Actor, Role
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import (
    Conflict,
    conflict_of_interest,
    require_hands_off,
    require_may_decide,
    require_other_than_appraisers,
)
from app.domain.tenants import TenantKey


HEAD, APPRAISER, SECRETARY, ABOVE, SOMEBODY = (uuid4() for _ in range(5))


def actor(identity, *roles):
    return Actor(
        account_id=uuid4(),
        identity_id=identity,
        name="",
        tenant=TenantKey(12, uuid4()),
        roles=frozenset(roles),
    )


@pytest.mark.parametrize(
    ("subject", "decider", "roles", "rule"),
    [
        (SOMEBODY, HEAD, {Role.HEAD}, None),
        (HEAD, HEAD, {Role.HEAD}, Rule.SELF_DEALING),
        (SOMEBODY, APPRAISER, {Role.HEAD}, Rule.APPRAISER_DECIDES),
        (SOMEBODY, SECRETARY, {Role.HEAD}, Rule.PROPOSER_DECIDES),
        (HEAD, ABOVE, {Role.SUPERIOR}, None),
        (SOMEBODY, ABOVE, {Role.SUPERIOR}, Rule.HEAD_DECIDED_ONE_LEVEL_UP),
        (HEAD, SOMEBODY, {Role.HEAD}, Rule.HEAD_DECIDED_ONE_LEVEL_UP),
        (HEAD, SOMEBODY, {Role.HEAD, Role.SUPERIOR}, Rule.HEAD_DECIDED_ONE_LEVEL_UP),
        (ABOVE, ABOVE, {Role.SUPERIOR}, Rule.SELF_DEALING),
    ],
)
def test_who_may_decide_whom(subject, decider, roles, rule):
    hands = {Conflict.APPRAISER: {APPRAISER}, Conflict.PROPOSER: {SECRETARY}}
    found = conflict_of_interest(subject, hands=hands, heads={HEAD}, decider=decider, roles=roles)
    assert found is rule


def test_a_conflict_is_refused_by_its_rule():
    with pytest.raises(RefusedError) as refusal:
        require_may_decide(HEAD, hands={}, heads={HEAD}, by=actor(HEAD, Role.HEAD))
    assert refusal.value.rule is Rule.SELF_DEALING


def test_another_account_of_the_same_human_is_the_same_human():
    second_account = actor(SOMEBODY, Role.CHAIR)
    with pytest.raises(RefusedError):
        require_hands_off(Event.AGREE, SOMEBODY, by=second_account)


def test_whoever_appraised_does_not_answer_the_appeal():
    hands = {Conflict.APPRAISER: {APPRAISER}}
    require_other_than_appraisers(hands, by=actor(SOMEBODY, Role.CHAIR))
    with pytest.raises(RefusedError) as refusal:
        require_other_than_appraisers(hands, by=actor(APPRAISER, Role.CHAIR))
    assert refusal.value.rule is Rule.APPEAL_NEEDS_OTHERS
