"""The roster is shown to those who may see it, and to nobody else."""

import pytest

from app.domain.ids import new_id
from app.domain.permissions import Role
from app.persistence.queries.dossier_lists import units_in_use
from tests.builders.world import DEPARTMENT, OTHER_COMMUNE, THIS_YEAR


ROOM = f"/{DEPARTMENT}/-/roster"
READERS = {
    Role.OFFICER,
    Role.TENANT_ADMIN,
    Role.UNIT_HEAD,
    Role.APPRAISER,
    Role.SECRETARY,
    Role.CHAIR,
    Role.HEAD,
}
EDITORS = {Role.OFFICER, Role.TENANT_ADMIN}


@pytest.mark.parametrize("role", Role)
def test_each_room_opens_to_its_roles_alone(world, sign_in, role):
    browser = sign_in(world.make_account(DEPARTMENT, role))
    person_id = world.make_person(DEPARTMENT)
    wanted = {
        "/": READERS,
        "/add": EDITORS,
        f"/people/{person_id}": EDITORS,
        "/imports": EDITORS,
        "/imports/template": EDITORS,
        "/copy": EDITORS,
        "/cycle": EDITORS,
        f"/cycle/{THIS_YEAR}/close": EDITORS,
    }
    found = {path: browser.get(ROOM + path).status_code for path in wanted}
    assert found == {path: 200 if role in roles else 403 for path, roles in wanted.items()}


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get(f"{ROOM}/").status_code == 302


def test_an_officer_of_another_agency_finds_nothing(world, sign_in):
    world.make_dossier(DEPARTMENT)
    stranger = sign_in(world.make_account(OTHER_COMMUNE, Role.OFFICER))
    assert stranger.get(f"{ROOM}/").status_code == 404
    assert "Pánh" not in stranger.get(f"/{OTHER_COMMUNE}/-/roster/").text


def test_a_person_of_another_agency_is_as_missing_as_one_that_never_was(world, sign_in):
    person_id = world.make_person(DEPARTMENT)
    stranger = sign_in(world.make_account(OTHER_COMMUNE, Role.OFFICER))
    missing = new_id()
    for tail in ("", "/remove"):
        foreign, never = (
            stranger.get(f"/{OTHER_COMMUNE}/-/roster/people/{one}{tail}")
            for one in (person_id, missing)
        )
        assert foreign.status_code == never.status_code == 404
        assert foreign.text.replace(str(person_id), str(missing)) == never.text


def test_names_stand_in_vietnamese_order_and_are_found_without_accents(world, sign_in):
    for name in ("Trần Văn Đức", "Lê Thị Ân", "Đỗ Văn An"):
        world.make_dossier(DEPARTMENT, name=name)
    page = sign_in(world.make_account(DEPARTMENT, Role.HEAD))
    text = page.get(f"{ROOM}/").text
    assert text.index("Đỗ Văn An") < text.index("Lê Thị Ân") < text.index("Trần Văn Đức")
    found = page.get(f"{ROOM}/?name=van duc").text
    assert "Trần Văn Đức" in found
    assert "Lê Thị Ân" not in found


def test_filters_narrow_and_heads_sort(world, sign_in):
    world.make_dossier(DEPARTMENT, name="Lê Thị Ân")
    officer = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    assert "Lê Thị Ân" not in officer.get(f"{ROOM}/?state=submitted").text
    assert "Lê Thị Ân" in officer.get(f"{ROOM}/?state=listed&sort=unit&order=descending").text
    assert officer.get(f"{ROOM}/?state=nonsense&sort=nonsense&page=99&unit=x").status_code == 200


def test_a_long_roster_comes_in_pages(world, sign_in):
    for number in range(51):
        world.make_dossier(DEPARTMENT, name=f"Nguyễn Văn {chr(65 + number // 26)}{number:02}")
    officer = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    assert "1–50 of 51" in officer.get(f"{ROOM}/").text
    assert "51–51 of 51" in officer.get(f"{ROOM}/?page=2").text


def test_a_head_of_unit_sees_their_own_unit_alone(world, sign_in):
    with world.inside(DEPARTMENT):
        ours, theirs = [unit.id for unit in units_in_use()[:2]]
    world.make_dossier(DEPARTMENT, name="Của Ta", unit_id=ours)
    world.make_dossier(DEPARTMENT, name="Của Họ", unit_id=theirs)
    head = sign_in(world.make_account(DEPARTMENT, Role.UNIT_HEAD, unit_id=ours))
    text = head.get(f"{ROOM}/").text
    assert "Của Ta" in text
    assert "Của Họ" not in text


@pytest.mark.parametrize(("language", "words"), [("vi", "danh sách"), ("en", "Type people in")])
def test_an_empty_roster_offers_three_ways_to_begin(world, sign_in, language, words):
    browser = sign_in(world.make_account(DEPARTMENT, Role.OFFICER), language=language)
    text = browser.get(f"{ROOM}/").text
    assert words.lower() in text.lower()
    for path in ("/roster/add", "/roster/copy", "/roster/imports"):
        assert path in text
