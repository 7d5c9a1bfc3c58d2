"""Who may open which of the team's, the unit heads' and the staff's pages."""

import pytest

from app.domain.permissions import Role
from tests.builders.appraisals import give_scores, make_submitted
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE


PAGES = (
    ("/appraisals/", {Role.APPRAISER, Role.SECRETARY, Role.CHAIR}),
    ("/appraisals/agreement", {Role.SECRETARY, Role.CHAIR}),
    ("/appraisals/{id}", {Role.APPRAISER, Role.SECRETARY, Role.CHAIR}),
    ("/appraisals/{id}/agreement", {Role.SECRETARY, Role.CHAIR}),
    ("/appraisals/{id}/return", {Role.SECRETARY, Role.CHAIR}),
    ("/confirmations/", {Role.UNIT_HEAD}),
    ("/confirmations/together", {Role.UNIT_HEAD}),
    ("/dossiers/", set(Role) - {Role.CITIZEN, Role.ASSOCIATION}),
    ("/dossiers/{id}", set(Role) - {Role.CITIZEN, Role.ASSOCIATION}),
    ("/dossiers/{id}/withdrawal", {Role.OFFICER}),
    ("/dossiers/{id}/transfer", {Role.OFFICER, Role.TENANT_ADMIN}),
)


@pytest.fixture
def dossier_id(world):
    made = make_submitted(world, DEPARTMENT, unit_id=world.unit_of(DEPARTMENT))
    give_scores(world, DEPARTMENT, made)
    return made


@pytest.mark.parametrize("role", Role)
def test_each_page_opens_to_its_roles_alone(world, sign_in, dossier_id, role):
    more = {"unit_id": world.unit_of(DEPARTMENT)} if role is Role.UNIT_HEAD else {}
    browser = sign_in(world.make_account(DEPARTMENT, role, **more))
    expected = {page: 200 if role in roles else 403 for page, roles in PAGES}
    found = {
        page: browser.get(f"/{DEPARTMENT}/-{page.format(id=dossier_id)}").status_code
        for page in expected
    }
    assert found == expected


@pytest.mark.parametrize("page", [page for page, _ in PAGES if "{id}" in page])
@pytest.mark.parametrize("stranger", [COMMUNE, OTHER_COMMUNE])
def test_a_dossier_of_another_agency_is_not_there(world, sign_in, dossier_id, page, stranger):
    browser = sign_in(world.make_account(stranger, *Role))
    assert browser.get(f"/{stranger}/-{page.format(id=dossier_id)}").status_code == 404
    assert browser.get(f"/{DEPARTMENT}/-{page.format(id=dossier_id)}").status_code == 404


def test_another_agencys_lists_hint_at_nothing(world, sign_in):
    make_submitted(world, DEPARTMENT, name="Vàng Thị Dở")
    browser = sign_in(world.make_account(COMMUNE, *Role))
    for page in ("/dossiers/", "/appraisals/", "/confirmations/"):
        assert "Vàng Thị Dở" not in browser.get(f"/{COMMUNE}/-{page}").text


@pytest.mark.parametrize("page", [page for page, _ in PAGES])
def test_who_has_not_signed_in_is_asked_to(client, world, dossier_id, page):
    answer = client.get(f"/{DEPARTMENT}/-{page.format(id=dossier_id)}")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location
