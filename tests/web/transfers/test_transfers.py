"""The office that is left proposes, the other answers; each sees first what will happen."""

import pytest
from sqlalchemy import select

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.domain.transfers import TransferState
from app.persistence.database import db
from app.persistence.models import Membership, Transfer
from app.persistence.queries.dossiers import load_dossier
from app.persistence.queries.people import find_person_of
from app.persistence.unit_of_work import unit_of_work
from tests.builders.appraisals import make_submitted
from tests.builders.transfers import WHY, accept, propose
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE


HERE, THERE = f"/{DEPARTMENT}/-", f"/{COMMUNE}/-"


@pytest.fixture
def here(world, sign_in):
    """The office of the agency that is left."""
    return sign_in(world.make_account(DEPARTMENT, Role.OFFICER))


@pytest.fixture
def there(world, sign_in):
    """The office of the agency that is joined."""
    return sign_in(world.make_account(COMMUNE, Role.OFFICER))


def transfer_in(world):
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(Transfer)).one()


def state_of(world, dossier_id, slug=DEPARTMENT):
    with world.inside(slug):
        return load_dossier(dossier_id).state


def place(world, **more):
    return {"unit": str(world.unit_of(COMMUNE)), "group": 3} | more


def test_a_dossier_is_proposed_in_three_steps(world, here):
    dossier_id = make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    way = f"{HERE}/dossiers/{dossier_id}/transfer"
    assert way in here.get(f"{HERE}/dossiers/{dossier_id}").text
    assert f"{way}?to=lai-chau/sin-ho" in here.get(f"{way}?name=sin").text
    asked = here.get(f"{way}?to={COMMUNE}").text
    assert "everything here stays as it is" in asked
    answer = here.post(way, data={"to": COMMUNE, "version": 3, "reason": WHY})
    assert answer.status_code == 303
    assert "waits for the answer of Xã Sìn Hồ" in here.get(answer.location).text
    assert "Waiting for an answer" in here.get(f"{HERE}/transfers/").text
    assert "waits for the answer" in here.get(f"{HERE}/dossiers/{dossier_id}").text


def test_what_was_typed_stays_when_a_proposal_is_refused(world, here):
    dossier_id = make_submitted(world, DEPARTMENT)
    way = f"{HERE}/dossiers/{dossier_id}/transfer"
    stale = here.post(way, data={"to": COMMUNE, "version": 1, "reason": WHY})
    assert (stale.status_code, WHY in stale.text) == (409, True)
    blank = here.post(way, data={"to": COMMUNE, "version": 3, "reason": " "})
    assert blank.status_code == 422
    assert here.post(way, data={"version": 3, "reason": WHY}).status_code == 422
    assert here.get(f"{way}?to=lang-son/chi-lang").status_code == 404


def test_an_agency_that_is_not_found_is_said_so(world, here):
    dossier_id = make_submitted(world, DEPARTMENT)
    page = here.get(f"{HERE}/dossiers/{dossier_id}/transfer?name=atlantis").text
    assert "No agency of the province is called so." in page


def test_empty_lists_say_how_they_fill(here, there):
    for browser, address in ((here, HERE), (there, THERE)):
        page = browser.get(f"{address}/transfers/").text
        assert "Nobody waits for your answer." in page
        assert "No transfer has been proposed" in page


def test_the_receiver_is_told_and_shown_what_will_happen(world, there):
    left = make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    transfer_id = propose(world, left)
    assert "1 transfer to answer" in there.get(f"{THERE}/home").text
    assert "Vàng A Sáng" in there.get(f"{THERE}/transfers/").text
    way = f"{THERE}/transfers/{transfer_id}/acceptance"
    assert WHY in there.get(way).text
    told = there.get(way, query_string=place(world)).text
    assert "begins here in the state “Submitted”" in told
    assert "10 self scores come along" in told
    assert there.post(way, data={"group": 3}).status_code == 422
    answer = there.post(way, data=place(world))
    assert answer.status_code == 303
    assert state_of(world, left) is State.TRANSFERRED
    page = there.get(f"{THERE}/transfers/").text
    assert "People who came" in page
    assert "Nobody waits for your answer." in page


def test_scores_under_other_criteria_are_said_to_be_a_draft(world, there):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    way = f"{THERE}/transfers/{transfer_id}/acceptance"
    told = there.get(way, query_string=place(world, group=1)).text
    assert "submit them once more" in told


def test_a_namesake_on_the_roster_is_pointed_out(world, there):
    world.make_person(COMMUNE, "Vàng A Sáng", birth_year=1988)
    transfer_id = propose(world, make_submitted(world, DEPARTMENT, name="Vàng A Sáng"))
    way = f"{THERE}/transfers/{transfer_id}/acceptance"
    assert (
        "Make sure that the two are not one person"
        in there.get(way, query_string=place(world)).text
    )


def test_somebody_assessed_here_already_is_not_taken_over_and_why(world, there):
    account = world.make_account(DEPARTMENT, Role.CITIZEN)
    world.make_dossier(COMMUNE, identity=account.identity_id)
    left = make_submitted(world, DEPARTMENT, identity=account.identity_id)
    way = f"{THERE}/transfers/{propose(world, left)}/acceptance"
    for answer in (
        there.get(way, query_string=place(world)),
        there.post(way, data=place(world)),
    ):
        assert answer.status_code == 422
        assert "already has a dossier of 2026 in this agency" in answer.text


def test_the_receiver_refuses_for_a_reason_which_the_sender_reads(world, here, there):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    way = f"{THERE}/transfers/{transfer_id}/refusal"
    assert there.get(way).status_code == 200
    assert there.post(way, data={"reason": ""}).status_code == 422
    assert there.post(way, data={"reason": "Không có quyết định"}).status_code == 303
    assert "Không có quyết định" in here.get(f"{HERE}/transfers/").text
    assert there.get(way).status_code == 404


def test_the_sender_takes_a_proposal_back(world, here, there):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    way = f"{HERE}/transfers/{transfer_id}/withdrawal"
    assert here.get(way).status_code == 200
    assert here.post(way, data={"reason": " "}).status_code == 422
    assert here.post(way, data={"reason": "Ở lại"}).status_code == 303
    assert transfer_in(world).state is TransferState.WITHDRAWN
    again = here.post(way, data={"reason": "Ở lại"})
    assert (again.status_code, "meanwhile" in again.text) == (422, True)
    assert there.get(f"{THERE}/transfers/{transfer_id}/acceptance").status_code == 404


def test_the_receiver_undoes_after_reading_what_it_means(world, there):
    left = make_submitted(world, DEPARTMENT)
    transfer_id = propose(world, left)
    received = accept(world, transfer_id)
    way = f"{THERE}/transfers/{transfer_id}/undoing"
    assert way in there.get(f"{THERE}/transfers/").text
    told = there.get(way).text
    assert "stands again where it stood" in told
    with world.inside(COMMUNE):
        version = load_dossier(received).version
    assert there.post(way, data={"version": 1, "reason": "Nhầm"}).status_code == 409
    answer = there.post(way, data={"version": version, "reason": "Nhầm"})
    assert answer.status_code == 303
    assert state_of(world, left) is State.SUBMITTED
    assert "came from" not in there.get(f"{THERE}/dossiers/{received}").text


def test_both_dossiers_say_where_the_other_is(world, here, there):
    left = make_submitted(world, DEPARTMENT)
    received = accept(world, propose(world, left))
    assert "Xã Sìn Hồ took this dossier over" in here.get(f"{HERE}/dossiers/{left}").text
    assert "This dossier came from" in there.get(f"{THERE}/dossiers/{received}").text


def test_the_person_is_led_to_where_the_dossier_went(world, sign_in):
    account = world.make_account(DEPARTMENT, Role.CITIZEN)
    left = make_submitted(world, DEPARTMENT, identity=account.identity_id)
    with world.inside(DEPARTMENT), unit_of_work():
        link(account, find_person_of(account.identity_id))
    accept(world, propose(world, left))
    browser = sign_in(account)
    page = browser.get(f"{HERE}/own/").text
    assert f'href="{THERE}/own/"' in page
    assert "goes on at Xã Sìn Hồ" in page
    assert browser.get(f"{THERE}/own/").status_code == 200


def link(account, person):
    held = db.session.scalars(select(Membership).where(Membership.account_id == account.id)).one()
    held.person_id = person.id


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_there_in_both_languages(world, sign_in, language):
    here = sign_in(world.make_account(DEPARTMENT, Role.OFFICER), language=language)
    there = sign_in(world.make_account(COMMUNE, Role.OFFICER), language=language)
    waiting, other = make_submitted(world, DEPARTMENT), make_submitted(world, DEPARTMENT)
    offered, done = propose(world, waiting), propose(world, other)
    accept(world, done)
    pages = [
        (here, f"{HERE}/transfers/"),
        (here, f"{HERE}/dossiers/{waiting}/transfer"),
        (here, f"{HERE}/dossiers/{waiting}/transfer?to={COMMUNE}"),
        (here, f"{HERE}/transfers/{offered}/withdrawal"),
        (there, f"{THERE}/transfers/"),
        (there, f"{THERE}/transfers/{offered}/acceptance"),
        (there, f"{THERE}/transfers/{offered}/acceptance?group=3&unit={world.unit_of(COMMUNE)}"),
        (there, f"{THERE}/transfers/{offered}/refusal"),
        (there, f"{THERE}/transfers/{done}/undoing"),
    ]
    for browser, address in pages:
        page = browser.get(address)
        assert page.status_code == 200, address
        assert f'lang="{language}"' in page.text


ROLES_THAT_MAY = {Role.OFFICER, Role.TENANT_ADMIN}


@pytest.mark.parametrize("role", Role)
def test_transfers_are_for_the_office_alone(world, sign_in, role):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    more = {"unit_id": world.unit_of(COMMUNE)} if role is Role.UNIT_HEAD else {}
    browser = sign_in(world.make_account(COMMUNE, role, **more))
    expected = 200 if role in ROLES_THAT_MAY else 403
    for page in ("", f"{transfer_id}/acceptance", f"{transfer_id}/refusal"):
        assert browser.get(f"{THERE}/transfers/{page}").status_code == expected


@pytest.mark.parametrize("door", ["withdrawal", "acceptance", "refusal", "undoing"])
def test_a_third_agency_finds_no_door(world, sign_in, door):
    waiting = propose(world, make_submitted(world, DEPARTMENT, name="Vàng A Sáng"))
    done = propose(world, make_submitted(world, DEPARTMENT))
    accept(world, done)
    browser = sign_in(world.make_account(PROVINCE, *Role))
    assert "Vàng A Sáng" not in browser.get(f"/{PROVINCE}/-/transfers/").text
    for transfer_id in (waiting, done):
        address = f"/{PROVINCE}/-/transfers/{transfer_id}/{door}"
        assert browser.get(address).status_code == 404
        assert browser.post(address, data={"reason": WHY}).status_code == 404


@pytest.mark.parametrize(
    ("slug", "door"), [(DEPARTMENT, "acceptance"), (DEPARTMENT, "refusal"), (COMMUNE, "withdrawal")]
)
def test_neither_side_does_what_is_the_others(world, sign_in, slug, door):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    browser = sign_in(world.make_account(slug, *Role))
    address = f"/{slug}/-/transfers/{transfer_id}/{door}"
    assert browser.get(address).status_code == 404
    assert browser.post(address, data={"reason": WHY}).status_code == 404
    assert transfer_in(world).state is TransferState.PROPOSED
