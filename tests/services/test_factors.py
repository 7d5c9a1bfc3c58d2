"""Codes of an app and printed codes open an account, each of them once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text

from app.domain.factors import RECOVERY_CODES
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.factor_sealing import FactorSeal
from app.persistence.models import Account, TotpFactor
from app.persistence.queries.factors import find_totp
from app.persistence.unit_of_work import unit_of_work
from app.services import factors
from tests.builders.sessions import code_of, give_totp, seal_of
from tests.builders.world import DEPARTMENT
from tests.conftest import THE_DAY


@pytest.fixture
def head(world):
    return world.make_account(DEPARTMENT, Role.HEAD)


@pytest.fixture
def accepts(app, head):
    """Tell whether the head's account takes a code."""

    def ask(code: str) -> bool:
        with app.app_context(), unit_of_work():
            return factors.accept_code(head.id, code, seal_of(app))

    return ask


def test_a_code_is_taken_once_and_so_is_none_before_it(app, head, accepts):
    secret = give_totp(app, head.id)
    earlier, now = code_of(secret, steps_later=-1), code_of(secret)
    assert accepts(f"{now[:3]} {now[3:]}")
    assert not accepts(now)
    assert not accepts(earlier)
    assert accepts(code_of(secret, steps_later=1))


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(app, head, accepts, steps, is_taken):
    secret = give_totp(app, head.id)
    assert accepts(code_of(secret, steps_later=steps)) is is_taken


def test_the_code_of_another_account_is_wrong(app, world, head, accepts):
    give_totp(app, head.id)
    other = give_totp(app, world.make_account(DEPARTMENT, Role.HEAD).id)
    assert not accepts(code_of(other))
    assert not accepts("")


def test_a_printed_code_opens_once_and_only_its_own_account(app, world, head, accepts):
    stranger = world.make_account(DEPARTMENT, Role.HEAD)
    with app.app_context(), unit_of_work():
        codes = factors.make_recovery_codes(head.id)
        foreign = factors.make_recovery_codes(stranger.id)
    assert len(codes) == RECOVERY_CODES
    assert accepts(codes[3].upper().replace("-", " "))
    assert not accepts(codes[3])
    assert not accepts(foreign[0])
    assert accepts(codes[4])


def test_new_printed_codes_replace_the_old(app, head, accepts):
    with app.app_context(), unit_of_work():
        old = factors.make_recovery_codes(head.id)
        new = factors.make_recovery_codes(head.id)
    assert not accepts(old[0])
    assert accepts(new[0])


def test_an_app_counts_once_a_code_of_it_was_typed_and_replaces_the_one_before(app, head, accepts):
    former = give_totp(app, head.id)
    with app.app_context(), unit_of_work():
        factors.begin_totp(head.id, seal_of(app))
        secret = factors.pending_secret(head.id, seal_of(app))
    assert not accepts(code_of(secret))
    with app.app_context(), unit_of_work():
        assert not factors.confirm_totp(head.id, "000000", seal_of(app))
        assert factors.confirm_totp(head.id, code_of(secret), seal_of(app))
        assert factors.pending_secret(head.id, seal_of(app)) is None
    with clock_set_to(THE_DAY + timedelta(minutes=2)):
        assert not accepts(code_of(former))
        assert accepts(code_of(secret))


def test_a_secret_is_sealed_for_its_row_alone(app, head):
    secret = give_totp(app, head.id)
    with app.app_context():
        totp = find_totp(head.id)
        assert secret.encode() not in totp.secret_sealed
        with pytest.raises(InvalidTag):
            seal_of(app).open(totp.secret_sealed, row=uuid4())
        with pytest.raises(InvalidTag):
            FactorSeal("another key").open(totp.secret_sealed, row=totp.id)


def test_who_needs_a_factor_keeps_the_last_one(app, world, head):
    give_totp(app, head.id)
    with app.app_context(), pytest.raises(RefusedError) as refused, unit_of_work():
        factors.remove_totp(head.id)
    assert refused.value.rule is Rule.FACTOR_NEEDED
    officer = world.make_account(DEPARTMENT, Role.OFFICER)
    give_totp(app, officer.id)
    with app.app_context(), unit_of_work():
        factors.remove_totp(officer.id)
        assert db.session.scalars(select(TotpFactor.account_id)).all() == [head.id]


@pytest.mark.parametrize("is_made_up", [True, False])
@pytest.mark.parametrize("is_demonstration", [True, False])
def test_a_code_is_shown_in_a_demonstration_to_made_up_accounts_alone(
    app, world, head, is_made_up, is_demonstration
):
    secret = give_totp(app, head.id)
    with app.app_context(), world.owner():
        db.session.execute(
            text("UPDATE account SET is_demonstration = :is_it"), {"is_it": is_made_up}
        )
        account = db.session.get_one(Account, head.id)
        shown = factors.demonstration_code(account, seal_of(app), is_demonstration=is_demonstration)
    assert shown == (code_of(secret) if is_made_up and is_demonstration else None)
