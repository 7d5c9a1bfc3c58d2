"""Every figure leads to what it is made of, and its parts add up to it."""

import re
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text

from app.domain.dossiers import State
from app.domain.explanations import Counted
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Unit, UnitResult
from app.persistence.queries.results import count_marks
from app.persistence.unit_of_work import unit_of_work
from app.services.results import mark_out_of_date
from tenants.schema import TenantKind
from tests.builders import lists
from tests.builders.crawling import links_in
from tests.builders.figures import Office
from tests.builders.reading import NUMBER, UNSETTLED, read_figures, words_of
from tests.builders.trees import Tree, any_facts, put_somebody_into_both
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    FAILING,
    OTHER_COMMUNE,
    OTHER_PROVINCE,
    PROVINCE,
    THIS_YEAR,
)


@pytest.fixture
def figures(world, figures):
    """The same two agencies, and somebody who belongs to both."""
    put_somebody_into_both(world, group=2)
    return figures


def explained(open_page, figure, slug):
    """Follow a figure to its explanation: the total there, and what the parts add up to."""
    page = open_page(figure.url.removeprefix(f"/{slug}/-"))
    assert page.status_code == 200, figure
    found = read_figures(page.text)
    assert not found.gaps & UNSETTLED, figure
    return found.totals, set(found.sums)


def assert_numbers_are_on(explanation, figure):
    """Find each number of a sentence on the page that explains it."""
    dates = re.compile(r"\d\d/\d\d/\d{4}")
    there = set(NUMBER.findall(dates.sub(" ", words_of(explanation))))
    assert set(NUMBER.findall(dates.sub(" ", figure.text))) <= there, figure


def assert_explained(open_page, slug, page, *, some=None):
    """Follow the figures of a page, or ``some`` of them, each to its explanation."""
    answer = open_page(page)
    assert answer.status_code == 200
    shown = read_figures(answer.text).figures
    assert shown
    assert all(figure.url for figure in shown)
    chosen = Random(1).sample(shown, k=min(some or len(shown), len(shown)))  # noqa: S311
    seen = {}
    for figure in chosen:
        if figure.name == "target":
            assert_numbers_are_on(open_page(figure.url.removeprefix(f"/{slug}/-")), figure)
            continue
        if figure.url not in seen:
            seen[figure.url] = explained(open_page, figure, slug)
        totals, sums = seen[figure.url]
        assert totals == [figure.number], figure
        assert sums <= {figure.number}, figure
        assert sums or "of=" in figure.url


def test_every_figure_of_the_province_leads_to_its_explanation(browse, figures):
    open_page = browse(PROVINCE)
    assert_explained(open_page, PROVINCE, "/board/")
    for page in ("/board/?group=2", "/board/?kind=commune", f"/board/agencies/{COMMUNE}"):
        assert_explained(open_page, PROVINCE, page, some=12)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_figure_of_a_commune_leads_to_its_explanation(browse, figures, language):
    open_page = browse(COMMUNE, Role.OFFICER, language=language)
    assert_explained(open_page, COMMUNE, "/board/", some=None if language == "vi" else 12)
    assert_explained(open_page, COMMUNE, "/home")
    assert_explained(open_page, COMMUNE, "/board/?group=2", some=8)


@pytest.mark.parametrize("seed", range(2))
def test_in_any_tree_every_figure_of_every_board_is_explained(world, browse, seed):
    chance, tree = Random(seed), Tree(world)  # noqa: S311
    tree.grow(chance, agencies=5)
    for _ in range(12):
        identity = new_id()
        for slug in chance.sample(sorted(tree.ids), k=chance.choice((1, 2, 3))):
            tree.put(slug, THIS_YEAR, identity, **any_facts(chance))
    tree.recompute(sorted(tree.ids), THIS_YEAR)
    for slug in chance.sample(sorted(tree.ids), k=2):
        open_page = browse(slug)
        if "Grand total" in open_page().text:
            assert_explained(open_page, slug, "/board/", some=20)
    assert_explained(browse(tree.root), tree.root, "/board/", some=60)


def test_every_count_can_be_explained_at_every_storey(browse, figures, world):
    open_page, unit = browse(PROVINCE), world.unit_of(DEPARTMENT)
    for counted in Counted:
        for where in ("", f"&slug={DEPARTMENT}", f"&slug={DEPARTMENT}&unit={unit}", "&overlap=1"):
            found = read_figures(open_page(f"/figures/{counted}?year={THIS_YEAR}{where}").text)
            assert set(found.sums) <= set(found.totals)
            assert len(found.totals) == 1


@pytest.fixture
def decided(world):
    """A department that has published a decision, and taken another."""
    office = lists.Office(world, DEPARTMENT)
    office.published(
        office.appraised(name="Vừ A Dơ"), office.appraised(FAILING), number="07/QĐ-SCT"
    )
    office.decided(office.submitted(office.appraised(name="Lò Thị Chờ")), number="08/QĐ-SCT")
    with world.inside(DEPARTMENT), unit_of_work():
        mark_out_of_date(THIS_YEAR)
    Office(world, DEPARTMENT).recompute()
    return office


RECOGNISED = f"/figures/recognised?year={THIS_YEAR}"


def test_the_bottom_storey_is_the_decisions_with_number_and_date(world, sign_in, decided):
    page = sign_in(decided.officer).get(f"/{DEPARTMENT}/-{RECOGNISED}")
    said = words_of(page)
    assert "Decision 07/QĐ-SCT of 21/11/2026 1" in said
    assert "Decision 08/QĐ-SCT of 21/11/2026 (not published yet) 1" in said
    assert "/-/decisions/" in page.text.partition("By decision")[2]


def test_above_an_agency_a_decision_has_a_number_once_it_is_published(browse, decided):
    said = words_of(browse(PROVINCE)(f"{RECOGNISED}&slug={DEPARTMENT}&alone=1"))
    assert "Decision 07/QĐ-SCT of 21/11/2026 1" in said
    assert "08/QĐ-SCT" not in said
    assert "A decision that is not published yet 1" in said


def test_above_an_agency_nobody_is_named_and_no_file_is_linked(browse, decided):
    page = browse(PROVINCE)(f"{RECOGNISED}&slug={DEPARTMENT}&alone=1").text
    assert "Vừ A Dơ" not in page
    main = page.partition("<main")[2]
    assert "/-/decisions/" not in main
    assert "/-/dossiers/" not in main


def test_it_says_who_is_not_counted_and_where_they_stand(browse, figures):
    said = words_of(browse(PROVINCE)(RECOGNISED))
    left = said.partition("Not counted here")[2]
    assert "Registered 2" in left
    assert "Published, not recognised by a decision 1" in left


def test_overlaps_stand_among_the_parts_with_a_minus(browse, figures):
    page = browse(PROVINCE)(f"/figures/eligible?year={THIS_YEAR}")
    said = words_of(page)
    assert "Counted in two agencies, taken off -1 " in said
    assert "less those who are found in two of them" in said
    (pairs,) = {one for one in links_in(page.text) if "overlap=1" in one}
    said = words_of(browse(PROVINCE)(pairs.removeprefix(f"/{PROVINCE}/-")))
    assert "Xã Sìn Hồ: counted at Sở Công Thương -1 " in said


def test_no_agency_reads_in_an_explanation_that_its_people_belong_to_another(browse, figures):
    for slug in (DEPARTMENT, COMMUNE):
        said = words_of(browse(slug, Role.OFFICER)(f"/figures/eligible?year={THIS_YEAR}"))
        assert "counted at" not in said


def test_a_share_is_explained_by_its_numerator_and_its_denominator(browse, figures):
    said = words_of(browse(PROVINCE)(f"{RECOGNISED}&of=registered"))
    assert "As a share of those registered" in said
    assert "1 ÷ 5 = 20.0000%" in said


@pytest.mark.parametrize(
    "page",
    [
        "/figures/nonsense",
        f"/figures/recognised?slug={OTHER_COMMUNE}",
        f"/figures/recognised?slug={PROVINCE}",
        "/figures/recognised?slug=lai-chau/nowhere",
        "/figures/recognised?unit=01920000-0000-7000-8000-000000000000",
    ],
)
def test_what_is_no_figure_of_ours_is_not_found(browse, page):
    assert browse(COMMUNE, Role.OFFICER)(page).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.UNIT_HEAD, 200), (Role.CITIZEN, 403)])
def test_who_reads_the_board_reads_what_it_is_made_of(browse, role, status):
    assert browse(COMMUNE, role)(RECOGNISED).status_code == status


def test_a_year_without_figures_is_explained_too(browse):
    said = words_of(browse(COMMUNE, Role.OFFICER)("/figures/recognised?year=2031"))
    assert "No figures have been computed yet." in said


@pytest.fixture
def compare(world, sign_in):
    def asked(slug, role=Role.ASSOCIATION, query=""):
        client = sign_in(world.make_account(slug, role))
        answer = client.post(
            f"/{slug}/-/figures/recognised?year={THIS_YEAR}{query}", follow_redirects=True
        )
        assert answer.status_code == 200
        return words_of(answer)

    return asked


def test_a_comparison_answers_0_when_all_is_well(compare, figures):
    for slug in (PROVINCE, DEPARTMENT, COMMUNE):
        assert "0 differences: the figures are what the dossiers say." in compare(slug)


def spoil(world, statement):
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(text(statement))


def test_a_comparison_names_the_unit_and_the_figure_and_marks_it(world, compare, figures):
    spoil(world, "UPDATE unit_result SET people = people + 3 WHERE outcome = 'recognised'")
    with world.inside(DEPARTMENT):
        unit = db.session.scalar(
            select(Unit.name)
            .join(UnitResult, UnitResult.unit_id == Unit.id)
            .where(UnitResult.outcome == "recognised")
        )
    said = compare(PROVINCE)
    assert "“Recognised people”: the figure is 4, the dossiers say 1." in said
    assert f"Sở Công Thương, {unit}, “Recognised people”: the figure is 4" in said
    with world.inside(DEPARTMENT):
        assert count_marks(THIS_YEAR) == 1
    with world.inside(COMMUNE):
        assert count_marks(THIS_YEAR) == 0
    said = compare(PROVINCE)
    assert "1 agency was left out" in said
    figures[0].recompute()
    assert "0 differences" in compare(PROVINCE)


def test_a_comparison_notices_who_is_not_taken_off(world, compare, figures):
    spoil(world, "DELETE FROM overlap_result")
    said = compare(PROVINCE)
    assert "Counted in two agencies, “Eligible people”: 0 are taken off, the dossiers say 1" in said
    assert "0 differences" in compare(DEPARTMENT)


@pytest.mark.parametrize("seed", range(2))
def test_in_any_tree_a_comparison_answers_0(world, compare, seed):
    chance, tree = Random(seed), Tree(world)  # noqa: S311
    tree.grow(chance, agencies=5)
    tree.plant("one-more", tree.root, TenantKind.COMMUNE)
    for _ in range(15):
        identity = new_id()
        for slug in chance.sample(sorted(tree.ids), k=chance.choice((1, 2, 3))):
            tree.put(slug, THIS_YEAR, identity, **any_facts(chance))
    tree.recompute(sorted(tree.ids), THIS_YEAR)
    for slug in sorted(tree.ids):
        assert "0 differences" in compare(slug)


def test_a_comparison_is_on_the_record(world, sign_in, compare, figures):
    compare(PROVINCE)
    reader = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    said = words_of(reader.get(f"/{PROVINCE}/-/record/"))
    assert f"held the figures of {THIS_YEAR} against the dossiers: 0 differences" in said


def test_an_agency_compares_nothing_above_or_beside_it(world, sign_in, figures):
    client = sign_in(world.make_account(COMMUNE, Role.OFFICER))
    for slug in (PROVINCE, DEPARTMENT, OTHER_PROVINCE):
        answer = client.post(f"/{COMMUNE}/-/figures/recognised?slug={slug}")
        assert answer.status_code == 404


def test_a_target_is_explained_for_the_people_it_is_about(browse, figures):
    page = browse(PROVINCE)("/board/").text
    targets = page.partition('id="targets"')[2].partition("</section>")[0]
    shown = [one for one in read_figures(targets).figures if "audience=staff" in one.url]
    assert {one.name for one in shown} >= {"recognised", "eligible"}
    share = next(one for one in shown if "of=" in one.url)
    said = words_of(browse(PROVINCE)(share.url.removeprefix(f"/{PROVINCE}/-")))
    assert "Departments and offices" in said
    assert "Communes" not in said.partition("Only:")[2].partition("As a share")[0]


def test_addresses_carry_what_narrows_them(browse, figures):
    page = browse(PROVINCE)("/board/?group=2")
    figure = next(one for one in read_figures(page.text).figures if one.name == "eligible")
    assert parse_qs(urlsplit(figure.url).query)["group"] == ["2"]


def test_each_pair_of_agencies_with_people_in_common_is_explained(browse, figures):
    open_page = browse(PROVINCE)
    links = links_in(open_page(f"/figures/eligible?year={THIS_YEAR}&overlap=1").text)
    (pair,) = [one for one in links if "found=" in one]
    found = read_figures(open_page(pair.removeprefix(f"/{PROVINCE}/-")).text)
    assert found.totals == ["-1"]
    assert set(found.sums) == {"-1"}


@pytest.mark.parametrize(
    "pair",
    [
        f"found={DEPARTMENT}&kept={COMMUNE}",
        f"found={COMMUNE}&kept={OTHER_COMMUNE}",
        "found=nowhere&kept=nowhere",
    ],
)
def test_agencies_with_nobody_in_common_are_no_pair(browse, figures, pair):
    for slug in (PROVINCE, COMMUNE):
        page = browse(slug, Role.ASSOCIATION if slug == PROVINCE else Role.OFFICER)
        assert page(f"/figures/eligible?year={THIS_YEAR}&overlap=1&{pair}").status_code == 404


def test_each_year_of_the_trend_leads_to_that_year(world, browse, figures):
    department = figures[0]
    for year in (THIS_YEAR - 2, THIS_YEAR - 1):
        department.make(State.PUBLISHED, year=year)
        department.make(State.REGISTERED, year=year)
        department.recompute(year)
    open_page = browse(PROVINCE)
    legend = open_page("/board/").text.partition("plot-legend")[2].partition("</ul>")[0]
    points = read_figures(legend).figures
    years = [parse_qs(urlsplit(one.url).query)["year"] for one in points]
    assert years == [[str(THIS_YEAR - 2)], [str(THIS_YEAR - 1)], [str(THIS_YEAR)]]
    for one in points:
        totals, _ = explained(open_page, one, PROVINCE)
        assert totals == [one.text]


@pytest.mark.parametrize("target", ["recognised_adults", "trained_members"])
def test_a_target_that_the_board_does_not_show_is_not_found(browse, figures, target):
    page = browse(PROVINCE)(f"/figures/recognised?audience=staff&target={target}")
    assert page.status_code == 404


def test_a_comparison_says_since_when_it_is_done_by_itself(world, browse, figures):
    open_page = browse(PROVINCE)
    for page in (RECOGNISED, f"{RECOGNISED}&of=registered", f"{RECOGNISED}&overlap=1"):
        said = words_of(open_page(page))
        assert "Recompute and compare" in said
        assert "there has been no such night yet" in said
    spoil(
        world,
        "INSERT INTO periodic_run (name, slot, outcome)"
        " VALUES ('reconcile', '2026-11-20 19:00+00', 'done')",
    )
    assert "last on 21/11/2026 02:00" in words_of(open_page(RECOGNISED))
