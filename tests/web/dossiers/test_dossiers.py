"""Staff find dossiers, read one with its history, and let people leave for a reason."""

import re

import pytest

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.persistence.queries.dossiers import load_dossier
from tests.builders.appraisals import give_scores, last_unit_of, make_submitted
from tests.builders.world import DEPARTMENT, FAILING


@pytest.fixture
def officer(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.OFFICER))


def address(page=""):
    return f"/{DEPARTMENT}/-/dossiers/{page}"


def seen(world, dossier_id):
    with world.inside(DEPARTMENT):
        return load_dossier(dossier_id)


def names_on(page):
    return re.findall(r'<a href="[^"]*/dossiers/[0-9a-f-]{36}">([^<]+)</a>', page.text)


def test_people_stand_in_vietnamese_order(world, officer):
    for name in ("Vàng A Sáng", "Đỗ Thị Ánh", "Lò Văn Anh", "Cà Văn Ơn"):
        make_submitted(world, DEPARTMENT, name=name)
    assert names_on(officer.get(address())) == [
        "Lò Văn Anh",
        "Đỗ Thị Ánh",
        "Cà Văn Ơn",
        "Vàng A Sáng",
    ]


@pytest.mark.parametrize("typed", ["thuy", "THỦY", "hoang thi", "Thuỷ", "đang"])
def test_a_name_is_found_without_its_accents(world, officer, typed):
    make_submitted(world, DEPARTMENT, name="Hoàng Thị Thuỷ Đặng")
    make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    assert names_on(officer.get(address(), query_string={"name": typed})) == ["Hoàng Thị Thuỷ Đặng"]


def test_signs_of_patterns_are_searched_as_they_are(world, officer):
    make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    assert names_on(officer.get(address("?name=%25"))) == []


def test_the_list_is_narrowed_and_sorted(world, officer):
    make_submitted(world, DEPARTMENT, name="Lò Văn Anh", scores=FAILING)
    make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    world.make_dossier(DEPARTMENT, name="Cà Văn Ơn")
    by_total = officer.get(address("?order=total&direction=down"))
    assert names_on(by_total) == ["Vàng A Sáng", "Lò Văn Anh", "Cà Văn Ơn"]
    assert names_on(officer.get(address("?state=listed"))) == ["Cà Văn Ơn"]
    assert names_on(officer.get(address("?year=2025"))) == []


def test_a_head_of_unit_sees_that_unit_alone(world, sign_in):
    unit, elsewhere = world.unit_of(DEPARTMENT), last_unit_of(world, DEPARTMENT)
    ours = make_submitted(world, DEPARTMENT, name="Vàng A Sáng", unit_id=unit)
    theirs = make_submitted(world, DEPARTMENT, name="Lò Văn Anh", unit_id=elsewhere)
    head = sign_in(world.make_account(DEPARTMENT, Role.UNIT_HEAD, unit_id=unit))
    assert names_on(head.get(address())) == ["Vàng A Sáng"]
    assert head.get(address(ours)).status_code == 200
    assert head.get(address(theirs)).status_code == 404


def test_the_page_shows_the_history_and_a_way_on(world, sign_in):
    dossier_id = make_submitted(world, DEPARTMENT)
    member = sign_in(world.make_account(DEPARTMENT, Role.APPRAISER))
    page = member.get(address(dossier_id)).text
    assert "submitted the dossier" in page
    assert f"/appraisals/{dossier_id}" in page


def test_nobody_sees_what_the_team_gave_to_oneself(world, sign_in):
    account = world.make_account(DEPARTMENT, Role.CHAIR)
    own = make_submitted(world, DEPARTMENT, identity=account.identity_id)
    give_scores(world, DEPARTMENT, own)
    page = sign_in(account).get(address(own)).text
    assert 'data-label="Team"' not in page
    assert f"/appraisals/{own}" not in page


def test_leaving_asks_for_a_reason_first(world, officer):
    dossier_id = make_submitted(world, DEPARTMENT)
    version = seen(world, dossier_id).version
    blank = officer.post(address(f"{dossier_id}/withdrawal"), data={"version": version})
    assert blank.status_code == 422
    told = {"version": version, "reason": "Nghỉ hưu"}
    assert officer.post(address(f"{dossier_id}/withdrawal"), data=told).status_code == 303
    assert seen(world, dossier_id).state is State.WITHDRAWN
    assert "Nghỉ hưu" in officer.get(address(dossier_id)).text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_both_languages_are_shown(world, sign_in, language):
    dossier_id = make_submitted(world, DEPARTMENT)
    browser = sign_in(world.make_account(DEPARTMENT, *Role), language=language)
    for page in ("", dossier_id):
        assert f'lang="{language}"' in browser.get(address(page)).text


def test_the_office_is_led_to_what_is_still_to_be_entered(world, officer):
    listed = world.make_dossier(DEPARTMENT)
    submitted = make_submitted(world, DEPARTMENT)
    assert f"/entry/{listed}" in officer.get(address(listed)).text
    assert f"/entry/{submitted}" not in officer.get(address(submitted)).text
