"""People sign in at the address of their own agency."""

from tests.builders.world import DEPARTMENT


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
