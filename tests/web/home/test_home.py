"""The first page greets visitors, and tells members what waits for them."""

from datetime import UTC, datetime

import pytest

from app.domain.dossiers import Event
from app.domain.permissions import Role
from app.domain.work import Task
from app.persistence.clock import clock_set_to
from app.persistence.queries.accounts import find_account, find_actor
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.queries.work import work_of
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from tests.builders.world import COMMUNE, DEPARTMENT, PASSING, THIS_YEAR


HOME = f"/{DEPARTMENT}/-/home"
SPRING = datetime(THIS_YEAR, 2, 1, tzinfo=UTC)
WINTER = datetime(THIS_YEAR, 12, 20, tzinfo=UTC)


def submit(world, slug: str, **more):
    """Let an officer carry a new dossier to submission."""
    officer = world.make_account(slug, Role.OFFICER).actor()
    dossier_id = world.make_dossier(slug, **more)
    with world.inside(slug), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        dossier.self_scores = PASSING
        append_event(dossier, Event.REGISTER, by=officer)
        append_event(dossier, Event.SUBMIT, by=officer)
    return dossier_id


def waiting(world, slug: str, someone) -> dict[Task, int]:
    with world.inside(slug):
        actor = find_actor(find_account(someone.id), on=SPRING.date())
        return dict(work_of(actor).counts)


@pytest.mark.parametrize(("language", "words"), [("vi", "Sở Công Thương"), ("en", "Sign in")])
def test_visitors_are_told_what_this_is(client, language, words):
    page = client.get(f"{HOME}?lang={language}")
    assert page.status_code == 200
    assert words in page.text


def test_somebody_from_elsewhere_sees_what_visitors_see(world, sign_in):
    stranger = world.make_account(COMMUNE, Role.TENANT_ADMIN)
    page = sign_in(stranger).get(HOME).text
    assert "no role in this agency" in page
    assert "Waiting for you" not in page


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_role_is_greeted_in_both_languages(world, sign_in, role, language):
    unit = {"unit_id": world.unit_of(DEPARTMENT)} if role is Role.UNIT_HEAD else {}
    someone = world.make_account(DEPARTMENT, role, **unit)
    assert sign_in(someone, language=language).get(HOME).status_code == 200


def test_somebody_on_the_roster_is_told_their_next_step(world):
    citizen = world.make_account(DEPARTMENT, Role.CITIZEN)
    person = world.make_person(DEPARTMENT, identity=citizen.identity_id)
    world.make_dossier(DEPARTMENT, person)
    assert waiting(world, DEPARTMENT, citizen) == {Task.OWN: 1}


def test_an_appraiser_is_told_what_there_is_to_score_but_not_their_own(world):
    appraiser = world.make_account(DEPARTMENT, Role.APPRAISER)
    submit(world, DEPARTMENT)
    submit(world, DEPARTMENT, identity=appraiser.identity_id)
    assert waiting(world, DEPARTMENT, appraiser) == {Task.SCORE: 1}


def test_where_units_confirm_the_head_of_the_unit_comes_first(world):
    unit = world.unit_of(COMMUNE)
    submit(world, COMMUNE, unit_id=unit)
    head = world.make_account(COMMUNE, Role.UNIT_HEAD, unit_id=unit)
    appraiser = world.make_account(COMMUNE, Role.APPRAISER)
    assert waiting(world, COMMUNE, head) == {Task.CONFIRM: 1}
    assert waiting(world, COMMUNE, appraiser) == {}


def test_nothing_waits_because_of_another_agency(world):
    submit(world, COMMUNE)
    for role in (Role.APPRAISER, Role.SECRETARY, Role.HEAD, Role.OFFICER):
        someone = world.make_account(DEPARTMENT, role)
        assert waiting(world, DEPARTMENT, someone) == {}


def test_the_year_tells_its_last_days_and_what_is_late(world, sign_in):
    submit(world, DEPARTMENT)
    browser = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    with clock_set_to(SPRING):
        spring = browser.get(HOME).text
    with clock_set_to(WINTER):
        winter = browser.get(HOME).text
    assert "under way" in spring
    assert "04/12/2026" in spring
    assert "late" not in spring
    assert "late" in winter
    assert "16 days ago" in winter


def test_the_masthead_counts_what_waits(world, sign_in):
    appraiser = world.make_account(DEPARTMENT, Role.APPRAISER)
    submit(world, DEPARTMENT)
    page = sign_in(appraiser).get(HOME).text
    assert '<span class="count">1</span>' in page
