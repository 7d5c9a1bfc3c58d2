"""A difference between a figure and its decisions is called what it is.

It has changed while changes wait to be counted. Otherwise it does not add up, and the page says so.
"""

import pytest
from sqlalchemy import text

from app.domain.alarms import AlarmKind
from app.domain.dossiers import State
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.unit_of_work import unit_of_work
from app.services.results import mark_out_of_date, recompute_result
from tests.builders.figures import Office
from tests.builders.lists import Office as Lists
from tests.builders.reading import read_figures, words_of
from tests.builders.world import DEPARTMENT, PROVINCE, THIS_YEAR
from tests.jobs.test_periodic import alarms


RECOGNISED = f"/figures/recognised?year={THIS_YEAR}"


@pytest.fixture(autouse=True)
def decided(world):
    """A department that has published a decision, with nothing left to count."""
    office = Lists(world, DEPARTMENT)
    office.published(office.appraised(), number="07/QĐ-SCT")
    Office(world, DEPARTMENT).recompute()


SPOILED = """
    UPDATE unit_result SET people = people + 3
    WHERE (state, outcome) = ('published', 'recognised')
"""


def spoil(world):
    """Make a figure wrong that nobody has asked to be counted again."""
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(text(SPOILED))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Does not add up: the figure and the decisions differ 3", "do not add up.")),
        ("vi", ("số liệu chênh lệch so với các quyết định 3", "không khớp nhau.")),
    ],
)
def test_a_figure_that_stands_wrong_is_not_said_to_have_changed(world, browse, language, told):
    open_page = browse(DEPARTMENT, Role.SECRETARY, language=language)
    for where in ("", f"&unit={world.unit_of(DEPARTMENT)}"):
        assert not read_figures(open_page(f"{RECOGNISED}{where}").text).gaps
    spoil(world)
    page = open_page(RECOGNISED)
    assert read_figures(page.text).gaps == {"does_not_add_up"}
    assert all(one in words_of(page) for one in told)
    assert "data-apart" in page.text
    assert 'id="compare"' in page.text


BELOW = f"{RECOGNISED}&slug={DEPARTMENT}"
ASKED = (
    (DEPARTMENT, Role.SECRETARY, RECOGNISED),
    (PROVINCE, Role.ASSOCIATION, f"{BELOW}&alone=1"),
    (PROVINCE, Role.ASSOCIATION, BELOW),
)


@pytest.mark.parametrize("told_as", ASKED)
def test_whoever_sees_it_has_the_agency_told_once_and_a_worker_puts_it_right(
    world, browse, sign_in, told_as
):
    spoil(world)
    slug, role, page = told_as
    client, address = sign_in(world.make_account(slug, role)), f"/{slug}/-{page}"
    assert "Have it computed again" in client.get(address).text
    for _ in range(2):
        said = words_of(client.post(address, follow_redirects=True))
    assert "changes wait there to be counted" in said
    alarm = (DEPARTMENT, AlarmKind.FIGURES_REPAIRED, THIS_YEAR, 1)
    for above in (DEPARTMENT, PROVINCE):
        assert alarms(world, above) == [alarm]
    admin = browse(DEPARTMENT, Role.TENANT_ADMIN)
    assert "Figures of 2026 differed from the dossiers in 1 places" in words_of(admin("/jobs/"))
    with world.inside(DEPARTMENT), unit_of_work():
        assert recompute_result(THIS_YEAR)
    mended = client.get(address).text
    assert "data-apart" not in mended
    assert not read_figures(mended).gaps


def test_an_own_official_figure_that_stands_wrong_is_told_of_and_put_right(world, sign_in):
    office = Office(world, PROVINCE)
    office.make(State.PUBLISHED)
    office.recompute()
    client = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    address = f"/{PROVINCE}/-{RECOGNISED}&official=1&alone=1"
    assert read_figures(client.get(address).text).totals == ["1"]
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(text("UPDATE official_result SET people = people + 3"))
    assert "does_not_add_up" in read_figures(client.get(address).text).gaps
    client.post(address)
    assert alarms(world, PROVINCE) == [(PROVINCE, AlarmKind.OFFICIAL_REPAIRED, THIS_YEAR, 1)]
    with world.inside(PROVINCE), unit_of_work():
        assert recompute_result(THIS_YEAR)
    assert read_figures(client.get(address).text).totals == ["1"]


def test_a_figure_that_nothing_explains_is_told_of_too(world, sign_in, monkeypatch):
    """Should what compares and what explains ever disagree, it is not said that all is well."""
    spoil(world)
    for name in ("compared", "sums_apart", "officials_apart"):
        monkeypatch.setattr(f"app.services.comparisons.{name}", lambda _year: [])
    client, address = (
        sign_in(world.make_account(PROVINCE, Role.ASSOCIATION)),
        f"/{PROVINCE}/-{BELOW}",
    )
    said = words_of(client.post(address, follow_redirects=True))
    assert "0 differences" not in said
    assert "The figure shown here and what it is made of do not add up." in said
    assert alarms(world, DEPARTMENT) == [(DEPARTMENT, AlarmKind.FIGURES_REPAIRED, THIS_YEAR, 1)]
    assert read_figures(client.get(address).text).gaps == {"not_counted_yet"}


def test_looking_at_it_tells_nobody(world, browse):
    spoil(world)
    assert "data-apart" in browse(PROVINCE)(BELOW).text
    assert alarms(world, PROVINCE) == []


def test_while_a_change_waits_the_difference_has_changed(world, browse):
    spoil(world)
    with world.inside(DEPARTMENT), unit_of_work():
        mark_out_of_date(THIS_YEAR)
    page = browse(DEPARTMENT, Role.SECRETARY)(RECOGNISED)
    assert read_figures(page.text).gaps == {"not_counted_yet"}
    said = words_of(page)
    assert "Changed since the figure was computed 3" in said
    assert "do not add up" not in said


def test_above_an_agency_its_waiting_changes_are_known_too(world, browse):
    spoil(world)
    open_page, address = browse(PROVINCE), f"{RECOGNISED}&slug={DEPARTMENT}&alone=1"
    assert read_figures(open_page(address).text).gaps == {"does_not_add_up"}
    with world.inside(DEPARTMENT), unit_of_work():
        mark_out_of_date(THIS_YEAR)
    assert read_figures(open_page(address).text).gaps == {"not_counted_yet"}
