"""Every number on every page is explained by a page that adds up to it, or is no such figure.

Whoever shows a new number makes it lead to what it is made of, or writes down here why there is
nothing that it is made of.
"""

import re
from random import Random

import pytest

from app.domain.dossiers import State
from app.domain.explanations import Counted
from app.domain.permissions import Role
from tests.builders import figures, lists
from tests.builders.census import LEGEND, census_of, numbers_in
from tests.builders.crawling import Visit, walk
from tests.builders.reading import ShownFigure, read_figures
from tests.builders.reporting import Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, FAILING, PROVINCE, THIS_YEAR


ROOMS = {
    "accounts.": "how long a password is, where somebody is signed in",
    "adhoc.": "what agencies answered, in lines that the same page adds up",
    "appraisals.score": "scores of one person",
    "criteria.": "the scale and the rules of a criteria set",
    "data": "what was asked about one person",
    r"decisions\.(?!index)": "one decision: its lines, which are the page, or an act",
    "dossiers.": "a list of dossiers, or the scores of one",
    "entry.": "scores of one person, and how many of the list below are left",
    "exports.": "how long a workbook is kept",
    "honours.": "public: the roll on the page is what it counts",
    "inspections.": "one file",
    "jobs.": "how far work has come",
    "members.": "the list of accounts below",
    "own": "scores of the reader",
    "proposals.": "scores of each person on one list, which is the page",
    "published.": "public: the table on the page is what it counts, small numbers hidden",
    "record.": "links of the record",
    "registration.": "what is typed",
    "roster.": "the list of people below, and one person's years",
    "settings.": "what was set",
    "transfers.": "one dossier each",
}
"""Pages without figures of many people, by how their endpoints begin."""

SHAPES = {
    r"N–N of N": "which lines of a list are shown",
    r".*\(N\)": "a choice that leads to the list of so many",
    r"N (dossiers?|people|person|units?|agency|agencies|lists?|accounts?)": "how long the list is",
    r"Group N.*|N\. .*|List N.*|.*[Vv]ersion N.*|Bản N|Line N": "the number of a group, a list",
    r".*N days? (left|late|overdue|ago).*|due in N days|.*until the end of .*": "time that is left",
    r"(at least|more than) N .*|.*target .*: N.*": "what a plan asks for",
    r".* short of (more than )?N": "what a plan asks for",
    r"a working day, for N days? until .*": "time that is left",
    r"a working day \(N in N days?\)\.": "of what the figure before it is made",
    r"(The (pace|range)|A forecast takes|Communes were merged) .*": "how a forecast is made",
    r"N members? (has|have) to score .*": "what was set",
    r"N (report|year)s? .*|N .* to (propose|publish|submit|put before the head)": "one each",
    r"N (person|people) taken off the total": "said again: the table's line is explained",
    r"of N (expected|received)|(Received|On time): of N.*|Official: N of N.*": "the page's lines",
    r"N of them .*": "the page's lines",
    r".* brings N people, .*|.N of .*|Pending below: .*": "said again of the official figures",
    r".*Người N.*": "somebody's name in these tests",
    r"N more brings? nobody": "lines that are not listed",
    r"N points short|N in a row.*|N years?.*": "one person",
}
"""What is said in such words is no figure of its own, wherever it stands."""

LABELS = frozenset(
    {"Group", "Total", "Lowest indicator", "Version", "By the rule", "Years in a row", "Report"}
)
"""Columns that say something of one person or one report."""

PLACES = (
    ("figures.", ".*", ".*", "the explanation itself"),
    ("board.", LEGEND, "N", "how many agencies are in time: they are the lines of the table"),
    ("reports.index", "", "N", "how many reports: they are the lines of the page"),
    ("reports.version", "People|Outstanding|", "N", "the parts of a version, and its data"),
    ("reports.(close|act)", "", ".*", "what an act would do"),
)
"""Where else a number is no figure: endpoint, label of the column, what is said, and why."""


@pytest.fixture
def house(world):
    """A province in which something has happened of all that is counted."""
    office = lists.Office(world, DEPARTMENT)
    office.published(office.appraised(), office.appraised(FAILING), number="07/QĐ-SCT")
    office.submitted(office.appraised())
    for slug in (DEPARTMENT, COMMUNE):
        one = figures.Office(world, slug)
        one.make(State.PUBLISHED, year=THIS_YEAR - 1)
        one.make(State.SUBMITTED)
        one.recompute(THIS_YEAR - 1)
    put_somebody_into_both(world)
    Desk(world, DEPARTMENT).expect()
    desk = Desk(world, COMMUNE)
    desk.hand_in()
    desk.accept()
    Desk(world, DEPARTMENT).hand_in()
    return office


READERS = (
    (PROVINCE, Role.ASSOCIATION),
    (DEPARTMENT, Role.SECRETARY),
    (DEPARTMENT, Role.HEAD),
    (COMMUNE, Role.OFFICER),
)
FOLLOWED = 15


@pytest.mark.usefixtures("house")
def test_every_number_on_every_page_is_explained_or_is_no_figure(app, world, sign_in):
    for slug, role in READERS:
        reader = sign_in(world.make_account(slug, role))
        links = set()
        for visit in walk(app, reader, slug, most=1):
            unexplained = [one for one in census_of(visit.text) if is_unexplained(one, visit)]
            assert not unexplained, (visit.address, unexplained[:5])
            links |= {(one.url, one.name, one.text) for one in read_figures(visit.text).figures}
        for figure in Random(4).sample(sorted(links), k=min(FOLLOWED, len(links))):  # noqa: S311
            assert_sums(reader, ShownFigure(url=figure[0], name=figure[1], text=figure[2]))


def is_unexplained(one, visit: Visit) -> bool:
    """Tell whether a number neither leads to an explanation nor is known to be no figure."""
    if one.url and (one.figure or "/-/figures/" in one.url):
        return False
    is_elsewhere = any(
        re.match(page, visit.endpoint)
        and re.fullmatch(label, one.label)
        and re.fullmatch(said, one.shape)
        for page, label, said, _ in PLACES
    )
    is_said = any(re.fullmatch(shape, one.shape) for shape in SHAPES)
    is_room = any(re.match(room, visit.endpoint) for room in ROOMS)
    return not (is_elsewhere or is_said or is_room or one.label in LABELS)


def assert_sums(reader, figure: ShownFigure) -> None:
    """Follow a figure: a count to its total and its sums, numbers in words to the same numbers."""
    page = reader.get(figure.url)
    assert page.status_code == 200, figure
    found = read_figures(page.text)
    if figure.name in set(Counted) or "of=" in figure.url:
        assert found.totals == [figure.number], figure
        assert set(found.sums) <= {figure.number}, figure
        return
    there = {text for one in census_of(page.text) for text in one.numbers}
    rows = {str(body.partition("</tbody>")[0].count("<tr")) for body in page.text.split("<tbody>")}
    assert set(numbers_in(figure.text)) <= there | rows, figure
