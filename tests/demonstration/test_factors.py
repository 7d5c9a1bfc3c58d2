"""The accounts that newcomers sign in with have an app where their role needs one."""

from sqlalchemy import select, text

from app.demonstration.factors import give_apps
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import TotpFactor
from app.persistence.unit_of_work import unit_of_work
from tests.builders.sessions import code_for, seal_of
from tests.builders.world import DEPARTMENT


def test_shown_accounts_get_an_app_where_they_need_one_and_once(app, world):
    head, officer, real = (
        world.make_account(DEPARTMENT, role) for role in (Role.HEAD, Role.OFFICER, Role.CHAIR)
    )
    closed = world.make_account(DEPARTMENT, Role.HEAD)
    with app.app_context(), world.owner(), unit_of_work():
        db.session.execute(
            text(
                "UPDATE account SET password_hash = CASE WHEN id <> :closed THEN 'x' END,"
                " is_demonstration = id <> :real"
            ),
            {"closed": closed.id, "real": real.id},
        )
        assert give_apps(seal_of(app)) == 1
        assert give_apps(seal_of(app)) == 0
        [owner] = db.session.scalars(select(TotpFactor.account_id))
    assert owner == head.id != officer.id
    assert len(code_for(app, head.id)) == 6
