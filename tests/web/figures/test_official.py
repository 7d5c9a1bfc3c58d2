"""An official figure is made of signed versions; those that are missing are named."""

import pytest
from sqlalchemy import text

from app.domain.explanations import Counted
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.unit_of_work import unit_of_work
from app.services.results import mark_out_of_date
from tests.builders import figures, lists
from tests.builders.crawling import links_in
from tests.builders.reading import UNSETTLED, read_figures, words_of
from tests.builders.reporting import Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


@pytest.fixture
def above(world, sign_in):
    put_somebody_into_both(world)
    client = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    return lambda page: client.get(f"/{PROVINCE}/-{page}")


def accept(world, *slugs):
    for slug in slugs:
        desk = Desk(world, slug)
        desk.hand_in()
        desk.accept()


def assert_figures_explained(above):
    shown = read_figures(above(f"/reports/?year={THIS_YEAR}").text).figures
    assert shown
    for figure in shown:
        found = read_figures(above(figure.url.removeprefix(f"/{PROVINCE}/-")).text)
        assert found.totals == [figure.number], figure
        assert set(found.sums) <= {figure.number}, figure


def test_official_and_provisional_figures_are_each_explained(world, above):
    accept(world, DEPARTMENT, COMMUNE)
    assert_figures_explained(above)
    page = above(f"/figures/eligible?year={THIS_YEAR}&official=1").text
    assert "version 1, fingerprint" in page
    assert "counted at" in page
    below = above(version_of(page, DEPARTMENT)).text
    assert f"/reports/versions/1/{DEPARTMENT}" in below


def version_of(page, slug):
    """Return where the figure leads on to: what the version of an agency says of it."""
    (found,) = [one for one in links_in(page) if "signed=1" in one and f"slug={slug}" in one]
    return found.removeprefix(f"/{PROVINCE}/-")


@pytest.fixture
def decided(world):
    """A department with two decisions, of which one is published, that has handed its report in."""
    office = lists.Office(world, DEPARTMENT)
    office.published(office.appraised(name="Vừ A Dơ"), number="07/QĐ-SCT")
    office.decided(office.submitted(office.appraised(name="Lò Thị Chờ")), number="08/QĐ-SCT")
    accept(world, DEPARTMENT)
    return office


def test_a_signed_figure_is_made_of_units_groups_and_decisions_as_they_were(world, above, decided):
    page = above(f"/figures/recognised?year={THIS_YEAR}&official=1").text
    found = above(version_of(page, DEPARTMENT))
    assert read_figures(found.text).totals == ["2"]
    assert set(read_figures(found.text).sums) == {"2"}
    said = words_of(found)
    assert "Decision 07/QĐ-SCT of 21/11/2026 1" in said
    assert "A decision that is not published yet 1" in said
    assert "08/QĐ-SCT" not in said
    assert "Fingerprint (SHA-256)" in said
    assert "0 differences" in said
    for name in ("Vừ A Dơ", "Lò Thị Chờ"):
        assert name not in found.text
    assert "/-/decisions/" not in found.text.partition("<main")[2]


def test_what_happens_after_signing_does_not_move_a_signed_figure(world, above, decided):
    page = above(f"/figures/recognised?year={THIS_YEAR}&official=1").text
    address = version_of(page, DEPARTMENT)
    before = words_of(above(address))
    decided.decided(decided.submitted(decided.appraised(name="Sùng A Lử")), number="09/QĐ-SCT")
    figures.Office(world, DEPARTMENT).recompute()
    assert words_of(above(address)) == before


def test_a_version_is_never_said_to_have_changed_since(world, above, decided):
    address = f"/figures/recognised?year={THIS_YEAR}&slug={DEPARTMENT}&signed=1"
    assert not read_figures(above(address).text).gaps
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(text("ALTER TABLE report_member DISABLE TRIGGER USER"))
        db.session.execute(text("DELETE FROM report_member WHERE state = 'published'"))
        db.session.execute(text("ALTER TABLE report_member ENABLE TRIGGER USER"))
    with world.inside(DEPARTMENT), unit_of_work():
        mark_out_of_date(THIS_YEAR)
    page = above(address)
    assert read_figures(page.text).gaps == {"does_not_add_up"}
    said = words_of(page)
    assert "What was kept of this version does not add up" in said
    assert "0 differences" not in said


def test_every_figure_of_a_version_is_explained_out_of_the_version(world, above):
    accept(world, DEPARTMENT, COMMUNE)
    for counted in Counted:
        for slug in (DEPARTMENT, COMMUNE):
            page = above(f"/figures/{counted}?year={THIS_YEAR}&slug={slug}&signed=1")
            found = read_figures(page.text)
            assert len(found.totals) == 1
            assert set(found.sums) == set(found.totals), counted
            assert not found.gaps & UNSETTLED, counted


@pytest.mark.parametrize("version", [2, 99])
def test_a_version_that_does_not_count_is_not_found(world, sign_in, version):
    accept(world, DEPARTMENT)
    reader = sign_in(world.make_account(PROVINCE, Role.UNIT_HEAD))
    address = f"/{PROVINCE}/-/figures/eligible?year={THIS_YEAR}&slug={DEPARTMENT}&signed="
    assert reader.get(f"{address}{version}").status_code == 404
    assert reader.get(f"{address}1").status_code == 200


def test_a_version_that_is_not_accepted_is_for_who_reviews(world, sign_in):
    Desk(world, DEPARTMENT).hand_in()
    address = f"/{PROVINCE}/-/figures/eligible?year={THIS_YEAR}&slug={DEPARTMENT}&signed=1"
    readers = {Role.ASSOCIATION: 200, Role.UNIT_HEAD: 404}
    for role, status in readers.items():
        assert sign_in(world.make_account(PROVINCE, role)).get(address).status_code == status


def test_nobody_beside_an_agency_opens_its_version(world, sign_in):
    accept(world, DEPARTMENT, COMMUNE)
    reader = sign_in(world.make_account(COMMUNE, Role.OFFICER))
    address = f"/{COMMUNE}/-/figures/eligible?year={THIS_YEAR}&slug={DEPARTMENT}&signed=1"
    assert reader.get(address).status_code == 404


@pytest.fixture
def compare(above, world, sign_in):
    def asked():
        client = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
        page = f"/{PROVINCE}/-/figures/eligible?year={THIS_YEAR}&official=1"
        assert "Recompute and compare" in client.get(page).text
        return words_of(client.post(page, follow_redirects=True))

    return asked


def test_official_figures_are_counted_again_on_request(world, compare):
    accept(world, DEPARTMENT, COMMUNE)
    said = compare()
    assert "0 differences: the official figure is what the versions say." in said
    assert "Official: the sum of accepted reports" in said
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(
            text("UPDATE official_result SET people = people + 3 WHERE NOT is_overlap")
        )
    said = compare()
    assert "Sở Công Thương, “Eligible people”: the official figure was 4" in said
    assert "0 differences" in compare()


def test_a_report_that_is_missing_is_named(world, above):
    accept(world, DEPARTMENT)
    page = above(f"/figures/eligible?year={THIS_YEAR}&official=1").text
    missing = page.partition("Reports that are missing")[2]
    assert "Xã Sìn Hồ" in missing
    assert "Sở Công Thương" not in missing


def test_before_anything_is_accepted_the_official_figure_is_zero(above):
    page = above(f"/figures/eligible?year={THIS_YEAR}&official=1").text
    assert "Nothing has been accepted yet." in page
    assert read_figures(page).totals == ["0"]
