"""People sign in at the address of their own agency."""

from app.domain.permissions import Role
from tests.builders.world import COMMUNE, DEPARTMENT


def test_the_portal_lists_the_provinces(client):
    page = client.get("/", headers={"Accept-Language": "vi"})
    assert page.status_code == 200
    assert "/lai-chau/-/" in page.text


def test_an_unknown_agency_is_not_found(client):
    assert client.get("/nowhere/-/home").status_code == 404


def test_the_start_page_carries_the_agencys_printed_name(client):
    assert "SỞ CÔNG THƯƠNG" in client.get(f"/{DEPARTMENT}/-/home").text


def test_a_form_without_its_token_is_refused(client):
    sent = client.post(f"/{DEPARTMENT}/-/sign-in", data={"login": "a", "password": "b"})
    assert sent.status_code == 400


def test_somebody_with_roles_in_two_agencies_chooses_between_them(world, sign_in):
    reader = world.make_account(DEPARTMENT, Role.OFFICER)
    page = sign_in(reader).get("/agencies").text
    assert f"/{DEPARTMENT}/-" in page
    assert f"/{COMMUNE}/-" not in page


def test_a_stranger_gets_the_same_404_as_for_a_missing_page(world, sign_in):
    stranger = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    foreign = stranger.get(f"/{COMMUNE}/-/roster/")
    missing = stranger.get(f"/{COMMUNE}/-/no-such-room/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
