"""A passkey is kept when it proves itself, and signs for its own account, here, once."""

import pytest

from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.queries.factors import passkeys_of
from app.persistence.queries.sessions import find_session
from app.persistence.unit_of_work import unit_of_work
from app.services import passkeys
from app.services.passkeys import Site
from tests.builders.authenticator import SoftAuthenticator
from tests.builders.sessions import open_session
from tests.builders.world import DEPARTMENT


SITE = Site(host="localhost", origin="http://localhost")


class Bearer:
    """Somebody signed in, with a passkey in the pocket."""

    def __init__(self, app, world, **where: str) -> None:
        self.app = app
        self.account_id = world.make_account(DEPARTMENT, Role.HEAD).id
        self.token = open_session(app, self.account_id)
        self.key = SoftAuthenticator(**where)

    def register(self, answer: str | None = None) -> None:
        with self.app.app_context():
            one = find_session(self.token)
            session_id, account = one.id, one.account
            with unit_of_work():
                wish = passkeys.ask_to_register(account, session_id, SITE)
            with unit_of_work():
                passkeys.register(
                    self.account_id,
                    session_id,
                    answer or self.key.make(wish),
                    name="  Máy  ở cơ quan ",
                    site=SITE,
                )

    def ask(self) -> str:
        with self.app.app_context(), unit_of_work():
            return passkeys.ask_to_sign(self.account_id, self._session_id(), SITE)

    def is_accepted(self, answer: str) -> bool:
        with self.app.app_context(), unit_of_work():
            return passkeys.accept_signature(self.account_id, self._session_id(), answer, site=SITE)

    def _session_id(self):
        return find_session(self.token).id


@pytest.fixture
def bearer(app, world):
    one = Bearer(app, world)
    one.register()
    return one


def test_a_passkey_is_kept_with_its_name_and_signs(app, bearer):
    assert bearer.is_accepted(bearer.key.sign(bearer.ask()))
    with app.app_context():
        [kept] = passkeys_of(bearer.account_id)
        assert (kept.name, kept.sign_count) == ("Máy ở cơ quan", 1)
        assert kept.last_used_at is not None


def test_what_was_signed_once_is_not_accepted_again(bearer):
    answer = bearer.key.sign(bearer.ask())
    assert bearer.is_accepted(answer)
    assert not bearer.is_accepted(answer)


def test_only_what_was_asked_last_may_be_signed(bearer):
    before = bearer.ask()
    bearer.ask()
    assert not bearer.is_accepted(bearer.key.sign(before))


def test_a_copy_of_a_key_is_noticed_by_its_count(bearer):
    assert bearer.is_accepted(bearer.key.sign(bearer.ask()))
    bearer.key.count = 0
    assert not bearer.is_accepted(bearer.key.sign(bearer.ask()))


def test_the_key_of_another_account_another_site_or_nobody_is_refused(app, world, bearer):
    other = Bearer(app, world)
    other.register()
    assert not bearer.is_accepted(other.key.sign(bearer.ask()))
    bearer.key.origin = "http://elsewhere.example"
    assert not bearer.is_accepted(bearer.key.sign(bearer.ask()))
    assert not bearer.is_accepted("{}")
    assert not bearer.is_accepted("no JSON")


@pytest.mark.parametrize(
    "where", [{"origin": "http://elsewhere.example"}, {"host": "elsewhere.example"}]
)
def test_a_key_made_for_another_site_is_not_kept(app, world, where):
    stray = Bearer(app, world, **where)
    with pytest.raises(RefusedError) as refused:
        stray.register()
    assert refused.value.rule is Rule.PASSKEY_NOT_ACCEPTED
    with app.app_context():
        assert not passkeys_of(stray.account_id)


def test_a_key_belongs_to_one_account(app, world, bearer):
    thief = Bearer(app, world)
    thief.key = bearer.key
    with pytest.raises(RefusedError):
        thief.register()
