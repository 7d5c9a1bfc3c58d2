"""Who may stand on a list, and what its seal notices."""

from dataclasses import replace
from uuid import uuid4

import pytest

from app.domain.decisions import Addressee
from app.domain.dossiers import Outcome, State
from app.domain.proposals import Obstacle, ProposalLine, obstacle_to_proposing, seal


HEAD, SECRETARY, SOMEBODY = uuid4(), uuid4(), uuid4()
LINE = ProposalLine(
    position=1,
    dossier_id=uuid4(),
    name="Lò Thị Pánh",
    agreed=(8,) * 10,
    criteria="qd-324-2023@1",
    verdict=Outcome.RECOGNISED,
)


def obstacle(subject, *, state=State.APPRAISED, addressee=Addressee.HEAD):
    return obstacle_to_proposing(
        state, subject, addressee=addressee, heads={HEAD}, proposer=SECRETARY
    )


def test_an_appraised_dossier_may_be_proposed():
    assert obstacle(SOMEBODY) is None


def test_nobody_proposes_himself():
    assert obstacle(SECRETARY) is Obstacle.OWN_DOSSIER


def test_the_head_goes_one_level_up_and_nobody_goes_along():
    assert obstacle(HEAD) is Obstacle.ONE_LEVEL_UP
    assert obstacle(HEAD, addressee=Addressee.SUPERIOR) is None
    assert obstacle(SOMEBODY, addressee=Addressee.SUPERIOR) is Obstacle.NOT_THE_HEAD


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.REGISTERED, Obstacle.NOT_APPRAISED),
        (State.IN_APPRAISAL, Obstacle.NOT_APPRAISED),
        (State.PROPOSED, Obstacle.ALREADY_ON_LIST),
        (State.DECIDED, Obstacle.ALREADY_DECIDED),
        (State.PUBLISHED, Obstacle.ALREADY_DECIDED),
        (State.APPEALED, Obstacle.ALREADY_DECIDED),
        (State.WITHDRAWN, Obstacle.LEFT),
        (State.TRANSFERRED, Obstacle.LEFT),
    ],
)
def test_only_an_appraised_dossier_may_be_proposed(state, reason):
    assert obstacle(SOMEBODY, state=state) is reason


def test_the_same_list_has_the_same_seal():
    assert seal(2026, 1, [LINE]) == seal(2026, 1, [LINE])


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Lò Thị Panh"},
        {"agreed": (9,) + (8,) * 9},
        {"criteria": "qd-244-2022@1"},
        {"verdict": Outcome.NOT_RECOGNISED},
        {"dossier_id": uuid4()},
        {"position": 2},
    ],
)
def test_any_change_of_a_line_changes_the_seal(change):
    assert seal(2026, 1, [replace(LINE, **change)]) != seal(2026, 1, [LINE])


def test_year_and_version_are_sealed_too():
    assert len({seal(2026, 1, [LINE]), seal(2025, 1, [LINE]), seal(2026, 2, [LINE])}) == 3
