"""An operator invites somebody, who chooses a password through a link that works once."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.persistence.clock import clock_set_to
from tests.builders.world import DEPARTMENT


PASSWORD = "bốn mùa hoa ban nở"


@pytest.fixture
def invite(app):
    def run(login: str = "Lan.Anh", slug: str = DEPARTMENT, role: str = "tenant_admin"):
        command = ["users", "invite", login, "--tenant", slug, "--role", role]
        return app.test_cli_runner().invoke(args=[*command, "--name", "Lò Lan Anh"])

    return run


def link_in(answer) -> str:
    return re.search(r"http://[^/]+(/\S+)", answer.output).group(1)


def choose(client, link: str, password: str = PASSWORD, repeated: str | None = None):
    with client.session_transaction() as session:
        session["csrf_token"] = "token"
    typed = {"password": password, "repeated": password if repeated is None else repeated}
    return client.post(link, data={"csrf_token": "token", **typed})


def test_the_link_lets_its_owner_choose_a_password_and_sign_in(invite, client):
    link = link_in(invite())
    assert link.startswith(f"/{DEPARTMENT}/-/invitations/")
    assert "lan.anh" in client.get(link).text
    assert choose(client, link).status_code == 303
    with client.session_transaction() as session:
        session["csrf_token"] = "token"
    signed = client.post(
        f"/{DEPARTMENT}/-/sign-in",
        data={"csrf_token": "token", "login": "lan.anh", "password": PASSWORD},
    )
    assert signed.status_code == 302


def test_a_link_works_once(invite, client):
    link = link_in(invite())
    choose(client, link)
    assert client.get(link).status_code == 404
    assert choose(client, link, "another password of mine").status_code == 404


def test_a_link_works_for_three_days(invite, client):
    link = link_in(invite())
    with clock_set_to(datetime.now(UTC) + timedelta(hours=73)):
        assert client.get(link).status_code == 404
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(("password", "repeated"), [("short", "short"), (PASSWORD, "another")])
def test_a_password_must_be_long_and_typed_alike_twice(invite, client, password, repeated):
    link = link_in(invite())
    assert choose(client, link, password, repeated).status_code == 422
    assert client.get(link).status_code == 200


def test_a_sign_in_name_is_given_once(invite):
    invite()
    again = invite("LAN.ANH")
    assert again.exit_code == 1
    assert "taken" in again.output


def test_an_unknown_agency_invites_nobody(invite):
    assert invite(slug="nowhere").exit_code == 1
