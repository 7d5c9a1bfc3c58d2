"""One's own dossier is one's own: nobody else opens it, and its address names nobody."""

import pytest

from app.domain.permissions import Role
from tests.builders.world import COMMUNE, DEPARTMENT, PASSING


PAGES = (
    "/",
    "/register",
    "/unregister",
    "/recall",
    "/withdraw",
    "/review",
    "/scores",
    "/indicators/1",
    "/years/2026",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_sign_in(client, page):
    answer = client.get(f"/{DEPARTMENT}/-/own{page}")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


@pytest.mark.parametrize("page", PAGES)
def test_somebody_of_another_agency_finds_nothing(world, sign_in, page):
    browser = sign_in(world.make_account(COMMUNE, Role.CITIZEN))
    assert browser.get(f"/{DEPARTMENT}/-/own{page}").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CITIZEN])
def test_only_citizens_have_a_dossier_of_their_own(world, sign_in, role):
    browser = sign_in(world.make_account(DEPARTMENT, role))
    assert browser.get(f"/{DEPARTMENT}/-/own/").status_code == 403


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("/", 200),
        ("/register", 302),
        ("/unregister", 200),
        ("/recall", 200),
        ("/withdraw", 200),
        ("/review", 200),
        ("/scores", 200),
        ("/indicators/1", 200),
        ("/indicators/10", 200),
        ("/indicators/0", 404),
        ("/indicators/11", 404),
        ("/years/2026", 200),
        ("/years/2019", 404),
    ],
)
def test_the_owner_opens_every_page(citizen, page, status):
    citizen.register()
    assert citizen.get(page).status_code == status


def test_whoever_is_not_on_the_roster_is_told_what_to_do(world, sign_in):
    browser = sign_in(world.make_account(DEPARTMENT, Role.CITIZEN))
    page = browser.get(f"/{DEPARTMENT}/-/own/")
    assert "You are not on the roster of this agency" in page.text
    assert browser.get(f"/{DEPARTMENT}/-/own/scores").status_code == 404


def test_a_colleague_sees_nothing_of_what_was_typed(make_citizen):
    first, second = make_citizen(), make_citizen(name="Mùa A Chớ")
    first.register()
    first.fill(PASSING, {1: "Bí mật của Pánh"})
    second.register()
    for page in ("/", "/scores", "/review", "/indicators/1", "/years/2026"):
        assert "Bí mật của Pánh" not in second.get(page).text
        assert "Lò Thị Pánh" not in second.get(page).text


def test_two_agencies_keep_two_dossiers_of_their_own(make_citizen):
    here, there = make_citizen(), make_citizen(COMMUNE)
    here.register()
    here.fill(PASSING)
    assert there.dossier().self_scores == [None] * 10
    assert there.browser.get(here.url("/")).status_code == 404


def test_a_form_without_its_token_is_refused(citizen):
    citizen.browser.environ_base.pop("HTTP_X_CSRF_TOKEN")
    assert citizen.post("/register", consent="y").status_code == 400
