"""Every number on every page is explained by a page that adds up to it, or is no such figure.

Whoever shows a new number makes it lead to what it is made of, or writes down here why there is
nothing that it is made of.
"""

import re
from dataclasses import replace
from random import Random

import pytest

from app.domain.dossiers import State
from app.domain.explanations import BY_DECISION, Counted
from app.domain.permissions import Role
from app.persistence.queries.results import years_with_figures
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_result
from tests.builders import figures, lists, transfers
from tests.builders.adhoc import ANSWERS, Case
from tests.builders.census import census_of, length_at, numbers_in
from tests.builders.crawling import Visit, walk
from tests.builders.reading import UNSETTLED, ShownFigure, amount, read_figures
from tests.builders.reporting import Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, FAILING, PROVINCE, THIS_YEAR


ROOMS = {
    "accounts.": "how long a password is, where somebody is signed in",
    "appraisals.score": "scores of one person",
    "criteria.": "the scale and the rules of a criteria set",
    "data": "what was asked about one person",
    r"decisions\.(correct|uphold|appeal)": "scores of one person",
    r"dossiers\.(?!index)": "the scores of one person",
    r"entry\.form": "scores of one person, and how many of the list before it are left",
    "exports.": "how long a workbook is kept, how far it has come",
    "inspections.": "one file",
    "jobs.": "how far work has come",
    "own": "scores of the reader",
    "record.": "links of the record",
    "registration.": "what is typed",
    r"roster\.(add|person)": "what is typed, and one person's years",
    r"settings\.(?!units)": "what was set",
}
"""Pages without figures of many people, by how their endpoints begin."""

ACTS = (
    r"adhoc\.(draft|new|edit|end|give)|decisions\.(send_back|publish|annul|confirm)"
    r"|proposals\.(submit|take_back|seal)|reports\.(close|unclose|act)|roster\.(close|copy)|transfers\..*"
)
"""Pages that say what an act would do, to whom by name, before it is done."""

SHAPES = {
    r"N–N of N": "which lines of a list are shown",
    r"Group N.*|N\. .*|N – .*|.*([Ll]ist|[Vv]ersion) N.*|(.*, )?Bản N|Line N": "a number as a name",
    r".*N days? (left|late|overdue|ago).*|due in N days|.*until the end of .*": "time that is left",
    r"a working day, for N days? until .*": "time that is left",
    r"(at least|more than) N .*|.*target .*: N.*": "what a plan asks for",
    r".* short of (more than )?N": "what a plan asks for",
    r"(The (pace|range)|A forecast takes|Communes were merged) .*": "how a forecast is made",
    r"N members? (has|have) to score .*": "what was set",
    r"N report to submit|N year for which .*": "one at most: the page that it leads to is about it",
    r"N (person|people) taken off the total": "said again: the table's line is explained",
    r"(.*: )?of N (expected|received)": "said again",
    r"Official: N of N.*|N of them .*": "the page's lines",
    r".* brings N people, .*|.N of .*|Pending below: .*": "said again of the official figures",
    r".*Người N.*": "somebody's name in these tests",
    r"N more brings? nobody": "lines that are not listed",
    r"N points short|N in a row.*|N years?.*": "one person",
    r"“Hidden” stands for fewer than N .*": "how small numbers are hidden",
    r".*at most N MB.*|N digits, .*": "what may be sent",
    r"(Điều N\.|- Như Điều N;|Sealed by .*)": "a paper's own words",
    r".*(, ngày N tháng N|Danh sách số N| N người).*": "a paper's own words",
}
"""What is said in such words is no figure of its own, wherever it stands."""

LENGTH = (
    r"N (dossiers?|people|person|units?|agency|agencies|lists?|accounts?)"
    r"( (has|have) not submitted yet\.)?"
)
"""How long the list beside it is, in such words: it is counted."""

CHOICE = r".*\(N\)"
"""How long the list is to which a choice leads, in such words: it is followed."""

LABELS = frozenset(
    {"Group", "Total", "Lowest indicator", "Version", "By the rule", "Years in a row", "Report"}
)
"""Columns that say something of one person or one report."""

PLACES = (
    ("figures.", ".*", ".*", "the explanation itself"),
    ("adhoc.reply", "", ".*", "what the reader's agency wrote, and what the system counts of it"),
    ("adhoc.show", ".+", ".*", "what agencies wrote, in a column that adds up to its last line"),
    ("decisions.", "", "N", "the lines of a paper are numbered"),
    ("proposals.show", r"No\.|Indicator N|Indicator \d+", "N", "scores of one person"),
    ("published.", ".*", "N|-N", "public: cells of one table, which add up to its last line"),
    ("honours.", "", "N of them outstanding: .*", "public: the names with a star below"),
    ("reports.version", "People|Outstanding|", "N", "the parts of a version, and its data"),
    ("settings.units", "People", "N", "who belongs to it: who reads no names is shown none"),
    ("roster.uploads", "People listed", "N", "of lists that are not kept"),
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
    case = Case(world)
    case.send(DEPARTMENT, COMMUNE)
    case.answer(COMMUNE, [replace(one, reason="Đã đối chiếu") for one in ANSWERS])
    transfers.propose(world, transfers.registered(world))
    office.sealed(office.appraised())
    put_somebody_into_both(world)
    Desk(world, DEPARTMENT).expect()
    desk = Desk(world, COMMUNE)
    desk.hand_in()
    desk.accept()
    Desk(world, DEPARTMENT).hand_in()
    settle(world)
    return office


def settle(world):
    """Count what waits to be counted, as a worker would."""
    for slug in (DEPARTMENT, COMMUNE, PROVINCE):
        with world.inside(slug), unit_of_work():
            for year in years_with_figures():
                recompute_result(year)


READERS = (
    (PROVINCE, Role.ASSOCIATION),
    (DEPARTMENT, Role.SECRETARY),
    (DEPARTMENT, Role.HEAD),
    (DEPARTMENT, Role.APPRAISER),
    (COMMUNE, Role.OFFICER),
)
FOLLOWED = 12
"""How many figures each reader follows of what decisions make true, and how many others."""


@pytest.mark.usefixtures("house")
def test_every_number_on_every_page_is_explained_or_is_no_figure(app, world, sign_in):
    missing = set[tuple[str, str, str]]()
    for slug, role in READERS:
        reader = sign_in(world.make_account(slug, role))
        found = dict[str, ShownFigure]()
        for visit in walk(app, reader, slug, most=1):
            numbers = [one for one in census_of(visit.text) if is_unexplained(one, visit)]
            missing |= {(visit.address, one.label, one.said) for one in numbers}
            assert_choices(reader, visit)
            found |= {one.url: one for one in read_figures(visit.text).figures}
        lists = [one for one in found.values() if one.name == "list"]
        others = {url: one for url, one in found.items() if one not in lists}
        decided = {url for url, one in others.items() if one.name in BY_DECISION}
        for urls in (decided, others.keys() - decided):
            for url in Random(4).sample(sorted(urls), k=min(FOLLOWED, len(urls))):  # noqa: S311
                assert_sums(reader, others[url])
        for figure in lists:
            assert_listed(reader, figure)
    assert not missing, "\n".join(" | ".join(one) for one in sorted(missing))


@pytest.mark.usefixtures("house")
def test_whoever_comes_meets_no_number_that_is_not_explained(app, client):
    for slug in (PROVINCE, DEPARTMENT, COMMUNE):
        for page in ("honours", "published"):
            address = f"/{slug}/-/{page}/?year={THIS_YEAR}"
            answer = client.get(address, follow_redirects=True, headers={"Accept-Language": "en"})
            visit = Visit(endpoint=f"{page}.index", address=address, text=answer.text, is_page=True)
            assert not [one for one in census_of(visit.text) if is_unexplained(one, visit)], visit


def is_unexplained(one, visit: Visit) -> bool:
    """Tell whether a number leads to no explanation, counts no list, and is a figure for all."""
    if one.url and (one.figure or "/-/figures/" in one.url):
        return False
    if re.fullmatch(LENGTH, one.shape) or (visit.endpoint, one.shape) == ("honours.index", "N"):
        return not one.is_length
    if re.fullmatch(CHOICE, one.shape) and one.choice:
        return False
    is_elsewhere = any(
        re.match(page, visit.endpoint)
        and re.fullmatch(label, one.label)
        and re.fullmatch(said, one.shape)
        for page, label, said, _ in PLACES
    )
    is_said = any(re.fullmatch(shape, one.shape) for shape in SHAPES)
    is_room = any(re.match(room, visit.endpoint) for room in (*ROOMS, ACTS))
    return not (is_elsewhere or is_said or is_room or one.label in LABELS)


def assert_choices(reader, visit: Visit) -> None:
    """Choose what a page offers with a number: the list is as long."""
    for one in census_of(visit.text):
        if one.choice and re.fullmatch(CHOICE, one.shape):
            chosen = {"year": THIS_YEAR, one.choice.name: one.choice.value}
            page = reader.get(visit.address, query_string=chosen)
            assert str(length_at(page.text, one.choice.place)) in one.numbers, (visit.address, one)


def assert_listed(reader, figure: ShownFigure) -> None:
    """Follow a number to the list that it counts: it is as long."""
    address, _, place = figure.url.partition("#")
    page = reader.get(address)
    assert page.status_code == 200, figure
    assert length_at(page.text, place) == amount(figure.number), figure


def assert_sums(reader, figure: ShownFigure) -> None:
    """Follow a figure: a count to its total and its sums, numbers in words to the same numbers."""
    page = reader.get(figure.url)
    assert page.status_code == 200, figure
    found = read_figures(page.text)
    assert not found.gaps & UNSETTLED, figure
    if figure.name in set(Counted) or "of=" in figure.url:
        assert found.totals == [figure.number], figure
        assert set(found.sums) <= {figure.number}, figure
        assert found.added == [amount(one) for one in found.sums], figure
        return
    there = {text for one in census_of(page.text) for text in one.numbers}
    assert set(numbers_in(figure.text)) <= there, figure
