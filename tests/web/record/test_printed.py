"""Papers and workbooks say where in the record of acts they stand."""

import re

from app.domain.audit import Act
from app.exports.board_workbook import load_workbook_figures
from app.persistence.clock import today
from app.persistence.queries.audit_chain import find_head, find_link_of
from app.persistence.queries.decisions import decisions_of
from app.services.audit_chain import is_printed_head_held
from tests.builders.lists import Office
from tests.builders.world import DEPARTMENT, THIS_YEAR
from tests.exports.reading import ENGLISH


def test_a_decision_names_its_own_link_today_and_later(world, sign_in):
    office = Office(world)
    dossier_id = office.appraised()
    address = f"/{DEPARTMENT}/-/decisions/lists/{office.submitted(dossier_id)}"
    with world.inside(DEPARTMENT):
        signed_on = today().isoformat()
    form = {
        "number": "05/QĐ-SCT",
        "signed_on": signed_on,
        "signer": "0",
        "signer_name": "Nguyễn Văn Giám",
        f"outcome-{dossier_id}": "recognised",
        f"reason-{dossier_id}": "",
        "is_confirmed": "1",
    }
    head = sign_in(office.head)
    page = head.post(address, data=form)
    paper = head.get(page.location).text
    number, signs = re.search(r"Dấu nhật ký: (\d+)-([0-9a-f]{16})", paper).groups()
    with world.inside(DEPARTMENT):
        [made] = decisions_of(THIS_YEAR)
        link = find_link_of(Act.DECISION_MADE, made.decision.id)
        assert (int(number), signs) == (link.seq, link.hash.hex()[:16])
        assert is_printed_head_held(int(number), signs)
    office.appraised()
    assert f"{number}-{signs}" in head.get(page.location).text


def test_a_workbook_of_results_names_the_head_of_the_record(world):
    Office(world).appraised()
    with world.inside(DEPARTMENT) as key:
        figures = load_workbook_figures(key, THIS_YEAR, wording=ENGLISH, code="AB12CD")
        head = find_head()
    assert figures.record == f"Record of acts: {head.seq}-{head.hash.hex()[:16]}"
