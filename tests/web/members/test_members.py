"""An administrator makes accounts, gives roles and ends them, in their own agency alone."""

import re
from uuid import uuid4

import pytest

from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.unit_of_work import unit_of_work
from tests.builders.listening import statements_of
from tests.builders.world import COMMUNE, DEPARTMENT


ADDRESS = f"/{DEPARTMENT}/-/members"
ROLE = {"role": "officer", "unit": "", "since": "2026-01-01", "until": ""}


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN, name="Quản trị"))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", ["/", "/new", "/existing", "/new?q=lò"])
def test_an_administrator_opens_the_pages_in_both_languages(world, sign_in, page, language):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN)
    world.make_person(DEPARTMENT)
    assert sign_in(admin, language=language).get(ADDRESS + page).status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TENANT_ADMIN])
@pytest.mark.parametrize("page", ["/", "/new", "/existing"])
def test_nobody_else_does(world, sign_in, role, page):
    unit = {"unit_id": world.unit_of(DEPARTMENT)} if role is Role.UNIT_HEAD else {}
    someone = world.make_account(DEPARTMENT, role, **unit)
    assert sign_in(someone).get(ADDRESS + page).status_code == 403


def test_an_account_is_made_for_somebody_on_the_roster(world, browser):
    person = world.make_person(DEPARTMENT, "Giàng A Chu")
    found = browser.get(f"{ADDRESS}/new?q=giàng").text
    assert f"person={person}" in found
    form = {**ROLE, "login": "chu.ga", "name": "Giàng A Chu", "role": "citizen"}
    sent = browser.post(f"{ADDRESS}/new?person={person}", data=form)
    assert sent.status_code == 303
    page = browser.get(sent.location).text
    assert "chu.ga" in page
    assert "Nobody can sign in" in page
    assert "not on this roster" not in page


def test_a_taken_sign_in_name_stays_in_the_form(world, browser):
    taken = world.make_account(COMMUNE, Role.CITIZEN)
    form = {**ROLE, "login": taken.login, "name": "Ai đó"}
    sent = browser.post(f"{ADDRESS}/new", data=form)
    assert sent.status_code == 422
    assert "already in use" in sent.text
    assert 'value="Ai đó"' in sent.text


def test_an_account_is_taken_in_by_its_exact_name_alone(world, browser):
    stranger = world.make_account(COMMUNE, Role.CITIZEN, name="Người quen")
    partly = browser.post(f"{ADDRESS}/existing", data={**ROLE, "login": stranger.login[:-1]})
    assert partly.status_code == 422
    sent = browser.post(f"{ADDRESS}/existing", data={**ROLE, "login": stranger.login})
    assert sent.status_code == 303
    assert "Người quen" in browser.get(f"{ADDRESS}/").text


def test_a_role_is_given_and_ended(world, browser):
    officer = world.make_account(DEPARTMENT, Role.OFFICER)
    given = browser.post(f"{ADDRESS}/{officer.id}", data={**ROLE, "role": "secretary"})
    assert given.status_code == 303
    page = browser.get(f"{ADDRESS}/{officer.id}").text
    address = re.findall(r'href="([^"]*/end)"', page)[0]
    assert browser.get(address).status_code == 200
    tomorrow = browser.post(address, data={"last_day": "2099-01-01"})
    assert tomorrow.status_code == 303
    assert "01/01/2099" in browser.get(f"{ADDRESS}/{officer.id}").text


def test_a_head_of_unit_without_a_unit_is_refused_in_the_form(world, browser):
    officer = world.make_account(DEPARTMENT, Role.OFFICER)
    sent = browser.post(f"{ADDRESS}/{officer.id}", data={**ROLE, "role": "unit_head"})
    assert sent.status_code == 422
    assert "heads a unit" in sent.text


def test_who_appraises_and_heads_is_warned_about_by_whichever_account(world, browser):
    head = world.make_account(DEPARTMENT, Role.HEAD)
    assert "both appraises and heads" not in browser.get(f"{ADDRESS}/{head.id}").text
    world.make_account(DEPARTMENT, Role.APPRAISER, identity=head.identity_id)
    assert "both appraises and heads" in browser.get(f"{ADDRESS}/{head.id}").text


def test_nobody_ends_their_own_last_role_as_administrator(world, sign_in):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN)
    browser = sign_in(admin)
    address = re.findall(r'href="([^"]*/end)"', browser.get(f"{ADDRESS}/{admin.id}").text)[0]
    sent = browser.post(address, data={"last_day": "2099-01-01"})
    assert sent.status_code == 422
    assert "last role as administrator" in sent.text


@pytest.mark.parametrize("page", ["", "/roles/{0}/end"])
def test_members_of_another_agency_are_not_found(world, browser, page):
    other = world.make_account(COMMUNE, Role.OFFICER)
    address = f"{ADDRESS}/{other.id}{page.format(uuid4())}"
    assert browser.get(address).status_code == 404
    assert browser.post(address, data=ROLE).status_code == 404


def test_a_person_of_another_agency_is_not_found(world, browser):
    foreign = world.make_person(COMMUNE)
    for page in ("new", "existing"):
        assert browser.get(f"{ADDRESS}/{page}?person={foreign}").status_code == 404
    assert browser.get(f"{ADDRESS}/new?person=nobody").status_code == 404


def test_the_list_names_nobody_of_another_agency(world, browser):
    world.make_account(COMMUNE, Role.OFFICER, name="Người của xã khác")
    assert "Người của xã khác" not in browser.get(f"{ADDRESS}/").text


def test_the_owner_of_a_new_account_chooses_the_password_by_a_link(world, browser, client):
    form = {**ROLE, "login": "moi", "name": "Người mới"}
    made = browser.post(f"{ADDRESS}/new", data=form).location
    assert "activation link" in browser.get(made).text
    page = browser.post(f"{made}/invite")
    link = re.search(r'id="link"[^>]*value="http://[^/]*([^"]*)"', page.text)[1]
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("slug", [DEPARTMENT, COMMUNE])
def test_an_account_that_works_elsewhere_is_never_opened_by_a_link(world, browser, slug):
    other = world.make_account(COMMUNE, Role.OFFICER)
    if slug == DEPARTMENT:
        browser.post(f"{ADDRESS}/existing", data={**ROLE, "login": other.login})
        assert "activation link" not in browser.get(f"{ADDRESS}/{other.id}").text
    assert browser.post(f"{ADDRESS}/{other.id}/invite").status_code == 404


@pytest.mark.parametrize("more", [{}, {"until": "2026-12-31"}, {"since": "2027-01-01"}])
def test_who_is_at_work_elsewhere_is_answered_as_nobody_is(world, browser, more):
    """Whoever tries names one by one learns of none of them that it is somebody's."""
    neighbour = world.make_account(COMMUNE, Role.APPRAISER)
    gone = world.make_account(COMMUNE, Role.OFFICER)
    with world.inside(COMMUNE), unit_of_work():
        db.session.get_one(Account, gone.id).is_disabled = True
    listed = world.make_person(DEPARTMENT, "Lò Thị Pánh")
    asked = {**ROLE, "role": "appraiser", **more}
    for page in (f"{ADDRESS}/existing", f"{ADDRESS}/existing?person={listed}"):
        told = {
            answer.text.replace(login, "-")
            for login in (neighbour.login, gone.login, "khong.ai.ca")
            for answer in [browser.post(page, data={**asked, "login": login})]
            if answer.status_code == 422
        }
        assert len(told) == 1
        [page_told] = told
        assert "could take this role" in page_told
        assert neighbour.name not in page_told


def test_who_is_at_work_elsewhere_is_answered_after_as_many_steps_as_nobody_is(app, world, browser):
    neighbour = world.make_account(COMMUNE, Role.APPRAISER)
    counted = []
    # The first page that somebody opens asks about more than what is on it.
    for login in ("ai.do", neighbour.login, "khong.ai.ca"):
        with statements_of(app) as asked:
            browser.post(f"{ADDRESS}/existing", data={**ROLE, "role": "appraiser", "login": login})
        counted.append(len(asked))
    assert counted[1] == counted[2]
