"""Each way to cut a figure into parts adds up to the figure, whatever the figures are."""

from dataclasses import fields
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.boards import AgencyLine, Board, Overlap, Twice, UnitLine, total_of
from app.domain.dossiers import LEFT, Outcome, State
from app.domain.explanations import (
    BY_DECISION,
    WHOLES,
    Counted,
    Cut,
    Gap,
    Paper,
    Ruled,
    explain_board,
    explain_overlap,
    explain_unit,
)
from app.domain.results import DECIDED_STATES, Figures, Tally
from tenants.schema import TenantKind


YEAR = 2026


@st.composite
def tallies(draw):
    state = draw(st.sampled_from(State))
    people = draw(st.integers(1, 50))
    skilled = draw(st.integers(0, people))
    return Tally(
        state=state,
        outcome=draw(st.sampled_from(Outcome)) if state in DECIDED_STATES else None,
        people=people,
        outstanding=draw(st.integers(0, people)),
        with_digital_skills=skilled,
        digitally_fluent=draw(st.integers(0, skilled)),
    )


people = st.dictionaries(st.integers(1, 4), st.lists(tallies(), max_size=4), max_size=4)


def everybody_in(by_group):
    return [one for found in by_group.values() for one in found]


def counted(by_group):
    return {group: Figures.of(found) for group, found in by_group.items()}


def line(number, kind, by_group):
    return AgencyLine(
        id=UUID(int=number),
        slug=f"agency-{number}",
        name=f"Agency {number}",
        sort_key=f"{number}",
        kind=kind,
        figures=total_of(counted(by_group).values()),
        by_group=counted(by_group),
    )


def unit(number, by_group):
    return UnitLine(
        id=UUID(int=number),
        name=f"Unit {number}",
        sort_key=f"{number}",
        figures=total_of(counted(by_group).values()),
        by_group=counted(by_group),
    )


@st.composite
def provinces(draw):
    """Draw a board with agencies below, some of whose people are counted elsewhere."""
    found = draw(st.lists(st.tuples(st.sampled_from(TenantKind), people), min_size=1, max_size=5))
    own = draw(people)
    stands = [one for _, groups in [*found, (None, own)] for one in everybody_in(groups)]
    overlaps, twice = [], []
    for number, (kind, groups) in enumerate(found):
        for group, standing in groups.items():
            if standing and draw(st.booleans()):
                twice.append(standing[0])
                overlaps.append(
                    Overlap(
                        pair=Twice(f"Agency {number}", "Agency 9"),
                        kind=kind,
                        group=group,
                        figures=Figures.of(standing[:1]),
                    )
                )
    board = Board(
        year=YEAR,
        own=line(99, TenantKind.ASSOCIATION, own),
        below=tuple(line(number, *one) for number, one in enumerate(found)),
        overlaps=tuple(overlaps),
    )
    return board, stands, twice


def negative(one):
    counts = ("people", "outstanding", "with_digital_skills", "digitally_fluent")
    return Tally(
        state=one.state, outcome=one.outcome, **{name: -getattr(one, name) for name in counts}
    )


@given(provinces(), st.sampled_from(Counted))
def test_every_way_adds_up_to_the_figure_of_a_province(drawn, which):
    board, stands, twice = drawn
    explanation = explain_board(board, which, [*stands, *map(negative, twice)])
    assert explanation.value == which.of(board.total)
    assert explanation.sums(), explanation
    assert {way.cut for way in explanation.ways} >= {Cut.AGENCIES, Cut.GROUPS, Cut.STATES}


@given(provinces(), st.sampled_from(Counted))
def test_who_is_counted_and_who_is_not_are_everybody(drawn, which):
    board, stands, _ = drawn
    explanation = explain_board(board, which, stands)
    everybody = sum(one.people for one in stands)
    [reached] = [way for way in explanation.ways if way.cut is Cut.STATES]
    if which is not Counted.UNDECIDED:
        assert reached.total + sum(part.value for part in explanation.left_out) == everybody


@given(provinces(), st.sampled_from(Counted))
def test_what_is_taken_off_adds_up_as_a_number_below_zero(drawn, which):
    explanation = explain_overlap(drawn[0], which)
    assert explanation.value == -which.of(drawn[0].overlap)
    assert explanation.sums()


PAPERS = (
    None,
    Paper(),
    Paper(id=UUID(int=1), number="01/QĐ", signed_on=date(2026, 11, 2), is_published=True),
    Paper(number="02/QĐ", signed_on=date(2026, 11, 3), is_published=True),
)


@given(people, st.sampled_from(sorted(BY_DECISION)), st.data())
def test_decisions_add_up_to_the_figure_of_a_unit(by_group, which, data):
    stands = everybody_in(by_group)
    decided = [one for one in stands if one.state in DECIDED_STATES]
    ruled = [Ruled(data.draw(st.sampled_from(PAPERS)), one) for one in decided]
    explanation = explain_unit(unit(1, by_group), which, stands, ruled)
    assert explanation.sums()
    [by_paper] = [way for way in explanation.ways if way.cut is Cut.DECISIONS]
    assert {part.gap for part in by_paper.parts} <= {None, Gap.NO_DECISION}


@pytest.mark.parametrize(
    ("is_waiting", "gap"), [(True, Gap.NOT_COUNTED_YET), (False, Gap.DOES_NOT_ADD_UP)]
)
def test_what_decisions_do_not_account_for_has_changed_only_while_changes_wait(is_waiting, gap):
    published = Tally(state=State.PUBLISHED, outcome=Outcome.RECOGNISED, people=7)
    now = Tally(state=State.PUBLISHED, outcome=Outcome.RECOGNISED, people=9)
    explanation = explain_unit(
        unit(1, {3: [published]}),
        Counted.RECOGNISED,
        [published],
        [Ruled(PAPERS[2], now)],
        is_waiting=is_waiting,
    )
    [by_paper] = [way for way in explanation.ways if way.cut is Cut.DECISIONS]
    assert [(part.subject, part.value) for part in by_paper.parts] == [(PAPERS[2], 9), (gap, -2)]
    assert explanation.sums() is is_waiting


def test_every_figure_can_be_explained():
    assert {one.value for one in Counted} == {one.name for one in fields(Figures)} | {"undecided"}
    assert all(whole in Counted for wholes in WHOLES.values() for whole in wholes)


def test_who_left_is_counted_nowhere():
    gone = [Tally(state=state, outcome=None, people=3) for state in sorted(LEFT)]
    explanation = explain_unit(unit(1, {1: gone}), Counted.ELIGIBLE, gone, [])
    assert explanation.value == 0
    assert sum(part.value for part in explanation.left_out) == 6
