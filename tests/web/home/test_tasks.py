"""Each kind of work that waits for somebody leads to as many rows as the first page says."""

import itertools
from dataclasses import replace
from datetime import date

import pytest

from app.domain.decisions import Addressee
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.roster import ImportState
from app.domain.work import Task
from app.persistence.database import db
from app.persistence.models import RosterImport
from app.persistence.queries.dossiers import load_dossier
from app.persistence.unit_of_work import unit_of_work
from app.services.appeals import appeal
from app.services.cycles import open_cycle
from app.services.extensions import ask_for_time
from app.web.work import _ALONE
from tests.builders import transfers
from tests.builders.adhoc import ANSWERS, Case
from tests.builders.appraisals import give_scores, make_submitted
from tests.builders.lists import Office
from tests.builders.reading import read_figures, words_of
from tests.builders.reporting import Desk
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR
from tests.web.figures.test_every_figure import assert_listed


@pytest.fixture
def members(world):
    """Make an account of each role at each agency, for whom all kinds of work wait."""
    office = Office(world, DEPARTMENT)
    members = dict(all_of(world))
    bring_to_the_decision(world, office, members)
    bring_to_the_team(world)
    bring_lists(world, members)
    case = Case(world)
    for _ in range(2):
        case.send(DEPARTMENT, COMMUNE)
    case.answer(COMMUNE, [replace(one, reason="Đã đối chiếu") for one in ANSWERS])
    transfers.propose(world, transfers.registered(world))
    for slug in (DEPARTMENT, COMMUNE):
        Desk(world, slug).hand_in()
    Desk(world, COMMUNE).accept()
    ask_for_more_time(world)
    return members


def ask_for_more_time(world):
    """Let two agencies ask for more time for the year before, which is owed all the same."""
    year, opener = THIS_YEAR - 1, world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    with world.inside(PROVINCE), unit_of_work():
        open_cycle(year, date(year, 1, 1), by=opener)
    for slug in (DEPARTMENT, COMMUNE):
        officer, until = world.make_account(slug, Role.OFFICER).actor(), date(THIS_YEAR + 1, 1, 9)
        with world.inside(slug), unit_of_work():
            ask_for_time(year, until=until, reason="Bão lũ", by=officer)


def all_of(world):
    for slug, role in itertools.product((PROVINCE, DEPARTMENT, COMMUNE), Role):
        if (slug, role) != (PROVINCE, Role.UNIT_HEAD):
            unit = {"unit_id": world.unit_of(slug)} if role is Role.UNIT_HEAD else {}
            yield (slug, role), world.make_account(slug, role, **unit)


def bring_to_the_decision(world, office, members):
    """Bring somebody to each step, and to be proposed the head and the secretary as well."""
    secretary = members[DEPARTMENT, Role.SECRETARY]
    for human in (office.head, secretary):
        office.appraised(identity=human.identity_id)
    for _ in range(2):
        office.appraised()
    office.sealed(office.appraised())
    office.submitted(office.appraised(), office.appraised())
    office.submitted(
        office.appraised(identity=members[DEPARTMENT, Role.HEAD].identity_id),
        addressee=Addressee.SUPERIOR,
    )
    office.decided(office.submitted(office.appraised()))
    appealed = office.appraised()
    office.published(appealed)
    with world.inside(DEPARTMENT), unit_of_work():
        appeal(
            appealed,
            indicators=(7,),
            reason="Chấm thiếu",
            version=load_dossier(appealed).version,
            by=office.officer.actor(),
        )


def bring_to_the_team(world):
    for slug in (DEPARTMENT, COMMUNE):
        make_submitted(world, slug, unit_id=world.unit_of(slug))
    give_scores(world, DEPARTMENT, make_submitted(world, DEPARTMENT))


def bring_lists(world, members):
    """Upload lists of two years: somebody else's, and one that is done, wait for nobody else."""
    officer, admin = (members[DEPARTMENT, one] for one in (Role.OFFICER, Role.TENANT_ADMIN))
    with world.inside(DEPARTMENT), unit_of_work():
        for account, state, year in (
            (officer, ImportState.UPLOADED, THIS_YEAR),
            (officer, ImportState.CHECKED, THIS_YEAR - 1),
            (officer, ImportState.IMPORTED, THIS_YEAR),
            (admin, ImportState.CHECKED, THIS_YEAR),
        ):
            db.session.add(
                RosterImport(
                    id=new_id(),
                    year=year,
                    file_name="danh-sach.xlsx",
                    state=state,
                    mapping={},
                    asked_by=account.id,
                )
            )


def test_what_waits_for_somebody_leads_to_as_many_rows_as_the_first_page_says(sign_in, members):
    seen = set()
    for (slug, _role), account in members.items():
        reader = sign_in(account)
        page = reader.get(f"/{slug}/-/home")
        for figure in read_figures(page.text).figures:
            if figure.name == "list":
                assert_listed(reader, figure)
                seen.add(figure.url.split("/-/")[1])
    assert len(seen) == len(set(Task) - _ALONE), sorted(seen)


PLACES = (
    (DEPARTMENT, Role.OFFICER, "roster/imports?only=unfinished", "have not been imported yet"),
    (DEPARTMENT, Role.HEAD, "adhoc/received?only=waiting", "Only what is still to be answered."),
    (DEPARTMENT, Role.SECRETARY, "proposals/new", "On another list"),
    (PROVINCE, Role.ASSOCIATION, "reports/?only=to-review", "Only reports that wait for a review."),
)


def test_a_page_that_shows_only_what_waits_says_so(sign_in, members):
    for slug, role, place, told in PLACES:
        assert told in words_of(sign_in(members[slug, role]).get(f"/{slug}/-/{place}")), place
