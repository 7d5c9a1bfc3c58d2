"""The head sees what is signed and what stands in the way, before it is signed."""

import pytest

from app.domain.decisions import Addressee
from app.domain.dossiers import Outcome, State
from app.domain.members import Capacity
from app.domain.permissions import Role
from app.persistence.clock import today
from app.persistence.queries.decisions import decisions_of
from app.persistence.queries.dossiers import load_dossier
from tests.builders.lists import Office
from tests.builders.world import DEPARTMENT, FAILING, OTHER_COMMUNE, THIS_YEAR


BASE = f"/{DEPARTMENT}/-/decisions"


@pytest.fixture
def office(world):
    return Office(world)


@pytest.fixture
def head(office, sign_in):
    return sign_in(office.head)


def answers(world, rulings, **more):
    """Return the head's form; ``rulings`` maps a dossier to (answer, reason)."""
    with world.inside(DEPARTMENT):
        signed_on = today().isoformat()
    form = {
        "number": "05/QĐ-SCT",
        "signed_on": signed_on,
        "signer": "0",
        "signer_name": "Nguyễn Văn Giám",
    }
    for dossier_id, (answer, reason) in rulings.items():
        form |= {f"outcome-{dossier_id}": answer, f"reason-{dossier_id}": reason}
    return form | more


def test_the_head_sees_seal_scores_and_the_paper(office, head):
    office_list = office.submitted(office.appraised(name="Vừ A Chứ"))
    page = head.get(f"{BASE}/lists/{office_list}").text
    assert "Vừ A Chứ" in page
    assert "unchanged since" in page
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page
    assert "Quyết định số 324/QĐ-KHVN" in page


def test_a_refusal_comes_with_a_reason_made_of_the_facts(office, head):
    page = head.get(f"{BASE}/lists/{office.submitted(office.appraised(scores=FAILING))}").text
    assert "Tổng điểm 70, thiếu 10 điểm so với mức 80 điểm." in page


def test_it_is_said_to_whom_and_to_whom_not_before_it_is_done(world, office, head):
    strong = office.appraised(name="Lò Thị Pánh")
    weak = office.appraised(scores=FAILING, name="Giàng A Sử")
    address = f"{BASE}/lists/{office.submitted(strong, weak)}"
    form = answers(world, {strong: ("recognised", ""), weak: ("not_recognised", "Thiếu điểm")})
    asked = head.post(address, data=form)
    assert asked.status_code == 200
    assert "1 person is recognised: Lò Thị Pánh." in asked.text
    assert "Not recognised: Thiếu điểm" in asked.text
    with world.inside(DEPARTMENT):
        assert not decisions_of(THIS_YEAR)
    done = head.post(address, data=form | {"is_confirmed": "1"})
    assert done.status_code == 303
    again = head.post(address, data=form | {"is_confirmed": "1"}, follow_redirects=True)
    assert again.status_code == 200
    assert "already been decided" in again.text
    with world.inside(DEPARTMENT):
        [made] = decisions_of(THIS_YEAR)
        assert (made.people, made.recognised) == (2, 1)
        assert load_dossier(weak).outcome is Outcome.NOT_RECOGNISED


def test_a_delegate_signs_with_the_prefix(world, office, sign_in):
    deputy = sign_in(world.make_account(DEPARTMENT, Role.HEAD, capacity=Capacity.DEPUTY))
    dossier_id = office.appraised()
    address = f"{BASE}/lists/{office.submitted(dossier_id)}"
    form = answers(world, {dossier_id: ("recognised", "")}, signer="1", is_confirmed="1")
    page = deputy.post(address, data=form, follow_redirects=True).text
    assert "KT. GIÁM ĐỐC" in page
    assert "PHÓ GIÁM ĐỐC" in page


def test_nobody_signs_in_a_right_that_is_not_theirs(world, office, head):
    address = f"{BASE}/lists/{office.submitted(office.appraised())}"
    page = head.get(address).text
    assert '<option selected value="0">' in page
    assert "KT. GIÁM ĐỐC" not in page


def test_what_was_typed_is_kept_when_it_is_refused(world, office, head):
    weak = office.appraised(scores=FAILING)
    address = f"{BASE}/lists/{office.submitted(weak)}"
    refused = head.post(address, data=answers(world, {weak: ("not_recognised", "")}))
    assert refused.status_code == 422
    assert "05/QĐ-SCT" in refused.text
    missing = head.post(address, data=answers(world, {weak: ("strike", "Xét thêm")}, number=""))
    assert missing.status_code == 422
    assert "Xét thêm" in missing.text
    edited = head.post(address, data=answers(world, {weak: ("strike", "Xét thêm")}, edit="1"))
    assert edited.status_code == 200
    assert "Xét thêm" in edited.text


def test_a_number_that_is_taken_is_told_beside_what_was_typed(world, office, head):
    office.decided(office.submitted(office.appraised()), number="05/QĐ-SCT")
    dossier_id = office.appraised()
    address = f"{BASE}/lists/{office.submitted(dossier_id)}"
    form = answers(world, {dossier_id: ("recognised", "")}, is_confirmed="1")
    refused = head.post(address, data=form)
    assert refused.status_code == 422
    assert "already been given" in refused.text
    assert 'value="05/QĐ-SCT"' in refused.text


def test_a_conflict_is_shown_before_with_who_may(world, office, sign_in):
    dossier_id = office.appraised()
    address = f"{BASE}/lists/{office.submitted(dossier_id)}"
    both = world.make_account(DEPARTMENT, Role.HEAD, identity=office.appraiser.identity_id)
    browser = sign_in(both)
    page = browser.get(address).text
    assert "Whoever appraised a dossier may not decide on it." in page
    assert "Who may: Nguyễn Văn Giám." in page
    assert '<option value="recognised"' not in page
    forced = browser.post(address, data=answers(world, {dossier_id: ("recognised", "")}))
    assert forced.status_code == 422


def test_the_level_above_signs_for_the_head(world, office, sign_in):
    own = office.appraised(identity=office.head.identity_id)
    address = f"{BASE}/lists/{office.submitted(own, addressee=Addressee.SUPERIOR)}"
    above = sign_in(world.make_account(DEPARTMENT, Role.SUPERIOR))
    assert "UBND TỈNH LAI CHÂU" in above.get(address).text
    form = answers(
        world,
        {own: ("recognised", "")},
        authority="CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH LAI CHÂU",
        signer_title="CHỦ TỊCH",
        is_confirmed="1",
    )
    assert above.post(address, data=form).status_code == 303


def test_the_head_sends_a_list_back(world, office, head):
    dossier_id = office.appraised()
    address = f"{BASE}/lists/{office.submitted(dossier_id)}/send-back"
    assert head.get(address).status_code == 200
    assert head.post(address, data={"reason": " "}).status_code == 422
    assert head.post(address, data={"reason": "Xem lại"}).status_code == 303
    with world.inside(DEPARTMENT):
        assert load_dossier(dossier_id).state is State.APPRAISED


def test_publishing_and_annulling_ask_first(office, head, sign_in):
    first = office.decided(office.submitted(office.appraised()))
    assert head.get(f"{BASE}/{first}/annul").status_code == 200
    assert head.post(f"{BASE}/{first}/annul", data={"reason": "Nhầm"}).status_code == 303
    assert "Annulled on" in head.get(f"{BASE}/{first}").text
    second = office.decided(office.submitted(office.appraised()))
    clerk = sign_in(office.officer)
    assert clerk.get(f"{BASE}/{second}/publish").status_code == 200
    assert clerk.post(f"{BASE}/{second}/publish").status_code == 303
    refused = head.post(f"{BASE}/{second}/annul", data={"reason": "Nhầm"})
    assert refused.status_code == 422
    assert "Nhầm" in refused.text


def test_the_index_shows_what_waits_and_what_was_decided(office, head):
    empty = head.get(f"{BASE}/").text
    assert "Nothing has been decided" in empty
    office.submitted(office.appraised())
    office.decided(office.submitted(office.appraised()), number="09/QĐ-SCT")
    page = head.get(f"{BASE}/").text
    assert "Waiting for a decision" in page
    assert "09/QĐ-SCT" in page


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CITIZEN, 403), (Role.OFFICER, 403), (Role.SECRETARY, 403), (Role.SUPERIOR, 200)],
)
def test_who_may_open_the_heads_page(world, office, sign_in, role, status):
    proposal_id = office.submitted(office.appraised())
    browser = sign_in(world.make_account(DEPARTMENT, role))
    assert browser.get(f"{BASE}/lists/{proposal_id}").status_code == status


def test_another_agency_finds_neither_list_nor_decision(world, office, sign_in):
    proposal_id = office.submitted(office.appraised())
    decision_id = office.published(office.appraised())
    stranger = sign_in(world.make_account(OTHER_COMMUNE, Role.HEAD))
    elsewhere = f"/{OTHER_COMMUNE}/-/decisions"
    for page in (f"lists/{proposal_id}", str(decision_id), f"{decision_id}/annul"):
        assert stranger.get(f"{BASE}/{page}").status_code == 404
        assert stranger.get(f"{elsewhere}/{page}").status_code == 404
        assert stranger.post(f"{elsewhere}/{page}").status_code in {404, 405}


def test_the_pages_speak_vietnamese(office, sign_in):
    head = sign_in(office.head, language="vi")
    proposal_id = office.submitted(office.appraised(scores=FAILING))
    decision_id = office.published(office.appraised())
    for page in ("", f"lists/{proposal_id}", str(decision_id)):
        assert head.get(f"{BASE}/{page}").status_code == 200
