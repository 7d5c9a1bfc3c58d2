"""The office withdraws or transfers a dossier, with a reason, before it is proposed."""

import pytest

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.departures import transfer
from app.services.self_assessments import withdraw
from tests.builders.appraisals import make_submitted
from tests.builders.world import DEPARTMENT


def let_leave(world, dossier_id, leave, reason, by):
    with world.inside(DEPARTMENT), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        leave(dossier, reason, version=dossier.version, by=by)


@pytest.mark.parametrize(
    ("leave", "state"),
    [(withdraw, State.WITHDRAWN), (transfer, State.TRANSFERRED)],
)
def test_the_office_lets_somebody_leave_for_a_reason(world, leave, state):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    dossier_id = make_submitted(world, DEPARTMENT)
    with pytest.raises(RefusedError) as refusal:
        let_leave(world, dossier_id, leave, " ", officer)
    assert refusal.value.rule is Rule.REASON_NEEDED
    let_leave(world, dossier_id, leave, "Chuyển công tác", officer)
    with world.inside(DEPARTMENT):
        assert load_dossier(dossier_id).state is state


@pytest.mark.parametrize("leave", [withdraw, transfer])
def test_the_team_lets_nobody_leave(world, leave):
    chair = world.make_account(DEPARTMENT, Role.CHAIR).actor()
    dossier_id = make_submitted(world, DEPARTMENT)
    with pytest.raises(RefusedError) as refusal:
        let_leave(world, dossier_id, leave, "Nghỉ hưu", chair)
    assert refusal.value.rule is Rule.PERMISSION_NEEDED
