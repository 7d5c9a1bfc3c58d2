"""Figures are recomputed from the dossiers: once, twice or late, the answer is the same."""

import threading
from itertools import cycle

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.domain.boards import total_of
from app.domain.dossiers import TRANSITIONS, Event, State
from app.persistence.database import db
from app.persistence.models import ResultStatus, RollupMark, Unit, UnitResult
from app.persistence.queries.boards import load_board
from app.persistence.queries.results import (
    count_marks,
    differences,
    figures_counted_directly,
    figures_of,
)
from app.persistence.unit_of_work import unit_of_work
from app.services import results
from app.services.results import OvertakenError, mark_out_of_date, recompute_result
from tests.builders.figures import Office
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, PROVINCE, THIS_YEAR


@pytest.fixture
def office(world):
    return Office(world, DEPARTMENT)


def rows():
    return db.session.execute(
        select(
            UnitResult.unit_id,
            UnitResult.group_number,
            UnitResult.state,
            UnitResult.outcome,
            UnitResult.people,
            UnitResult.outstanding,
        ).order_by(*UnitResult.__table__.primary_key.columns)
    ).all()


def test_an_act_and_its_mark_are_written_together_or_not_at_all(world, office):
    dossier_id = world.make_dossier(DEPARTMENT)

    def register_and_fail():
        with unit_of_work():
            office.apply(dossier_id, Event.REGISTER)
            raise LookupError

    with world.inside(DEPARTMENT):
        with pytest.raises(LookupError):
            register_and_fail()
        assert count_marks(THIS_YEAR) == 0
        with unit_of_work():
            office.apply(dossier_id, Event.REGISTER)
        assert count_marks(THIS_YEAR) == 1


def test_recomputing_takes_the_marks_and_counts_the_dossiers(world, office):
    office.make(State.PUBLISHED, facts={"is_outstanding": True})
    office.make(State.REGISTERED)
    with world.inside(DEPARTMENT) as key:
        with unit_of_work():
            assert recompute_result(THIS_YEAR)
        figures = figures_of(key, THIS_YEAR)
        assert (figures.eligible, figures.registered, figures.recognised) == (2, 2, 1)
        assert figures.outstanding == 1
        assert count_marks(THIS_YEAR) == 0


def test_recomputing_twice_gives_the_same_rows(world, office):
    office.make(State.DECIDED)
    office.recompute()
    with world.inside(DEPARTMENT):
        first = rows()
    office.recompute()
    with world.inside(DEPARTMENT):
        assert rows() == first


def test_without_marks_nothing_is_recomputed_unless_it_is_forced(world, office):
    office.make(State.REGISTERED)
    office.recompute()
    with world.inside(DEPARTMENT), unit_of_work():
        assert not recompute_result(THIS_YEAR)
        assert recompute_result(THIS_YEAR, is_forced=True)


def test_undoing_a_decision_takes_it_out_of_the_figures(world, office):
    dossier_id = office.make(State.DECIDED)
    office.recompute()
    with world.inside(DEPARTMENT) as key:
        assert figures_of(key, THIS_YEAR).recognised == 1
        with unit_of_work():
            office.apply(dossier_id, Event.ANNUL)
        with unit_of_work():
            assert recompute_result(THIS_YEAR)
        assert figures_of(key, THIS_YEAR).recognised == 0


def test_a_change_not_yet_committed_keeps_its_mark_while_the_job_runs(world, office):
    """The writer holds its transaction open over the whole of a recomputation."""
    dossier_id = office.make(State.PROPOSED)
    office.recompute()
    is_written, may_commit = threading.Event(), threading.Event()

    def decide():
        with world.inside(DEPARTMENT), unit_of_work():
            office.apply(dossier_id, Event.DECIDE)
            is_written.set()
            may_commit.wait(timeout=20)

    writer = threading.Thread(target=decide)
    writer.start()
    try:
        assert is_written.wait(timeout=20)
        office.recompute()
        with world.inside(DEPARTMENT) as key:
            assert figures_of(key, THIS_YEAR).recognised == 0
    finally:
        may_commit.set()
        writer.join(timeout=20)
    with world.inside(DEPARTMENT) as key:
        assert count_marks(THIS_YEAR) == 1
        with unit_of_work():
            assert recompute_result(THIS_YEAR)
        assert figures_of(key, THIS_YEAR).recognised == 1


def test_a_late_worker_waits_for_the_one_at_work_and_then_counts_what_is_there(world, office):
    """An older recomputation cannot write over a newer one: the second begins after the first."""
    office.make(State.REGISTERED)
    has_lock, may_end, done = threading.Event(), threading.Event(), []

    def first():
        with world.inside(DEPARTMENT), unit_of_work():
            recompute_result(THIS_YEAR)
            has_lock.set()
            may_end.wait(timeout=20)
            done.append("first")

    def late():
        has_lock.wait(timeout=20)
        with world.inside(DEPARTMENT), unit_of_work():
            recompute_result(THIS_YEAR, is_forced=True)
            done.append("late")

    workers = [threading.Thread(target=work) for work in (first, late)]
    for worker in workers:
        worker.start()
    assert has_lock.wait(timeout=20)
    office.make(State.REGISTERED)
    assert done == []
    may_end.set()
    for worker in workers:
        worker.join(timeout=20)
    assert done == ["first", "late"]
    with world.inside(DEPARTMENT) as key:
        assert figures_of(key, THIS_YEAR).registered == 2


def test_a_worker_that_stands_still_keeps_no_other_waiting(world, office):
    office.make(State.REGISTERED)
    stands, may_go_on = threading.Event(), threading.Event()

    def stand_still():
        with world.inside(DEPARTMENT), unit_of_work():
            recompute_result(THIS_YEAR)
            stands.set()
            may_go_on.wait(timeout=20)

    still = threading.Thread(target=stand_still)
    still.start()
    assert stands.wait(timeout=20)
    office.make(State.REGISTERED)
    with world.inside(DEPARTMENT), unit_of_work():
        waiting = count_marks(THIS_YEAR)
        assert not recompute_result(THIS_YEAR)
        assert count_marks(THIS_YEAR) == waiting > 0
    may_go_on.set()
    still.join(timeout=20)
    with world.inside(DEPARTMENT) as key, unit_of_work():
        assert recompute_result(THIS_YEAR)
        assert figures_of(key, THIS_YEAR).registered == 2


def test_the_fence_is_the_newest_mark_and_never_goes_back(world, office):
    office.make(State.REGISTERED)
    with world.inside(DEPARTMENT):
        newest = db.session.scalar(select(func.max(RollupMark.id)))
        with unit_of_work():
            recompute_result(THIS_YEAR)
            recompute_result(THIS_YEAR, is_forced=True)
        assert db.session.scalars(select(ResultStatus.fence)).one() == newest


def test_without_the_lock_a_recomputation_that_fell_behind_is_refused(world, office, monkeypatch):
    office.make(State.REGISTERED)
    office.recompute()
    has_begun, may_go_on, refused = threading.Event(), threading.Event(), []
    fence_of = results._fence_of  # noqa: SLF001

    def stop_after_the_fence(key):
        fence = fence_of(key)
        if threading.current_thread() is late:
            has_begun.set()
            may_go_on.wait(timeout=20)
        return fence

    def fall_behind():
        try:
            office.recompute()
        except OvertakenError:
            refused.append(True)

    monkeypatch.setattr(results, "_lock", lambda _key: None)
    monkeypatch.setattr(results, "_fence_of", stop_after_the_fence)
    late = threading.Thread(target=fall_behind)
    late.start()
    assert has_begun.wait(timeout=20)
    office.make(State.REGISTERED)
    office.recompute()
    with world.inside(DEPARTMENT):
        newer = (rows(), standing_of_figures())
    may_go_on.set()
    late.join(timeout=20)
    assert refused == [True]
    with world.inside(DEPARTMENT):
        assert (rows(), standing_of_figures()) == newer


def standing_of_figures():
    return db.session.execute(select(ResultStatus.fence, ResultStatus.computed_at)).one()


def test_a_refused_recomputation_leaves_its_marks_to_the_next(world, office, monkeypatch):
    office.make(State.REGISTERED)
    office.recompute()
    office.make(State.REGISTERED)
    with world.inside(DEPARTMENT), unit_of_work():
        waiting = count_marks(THIS_YEAR)
        db.session.execute(text("UPDATE result_status SET fence = 1000000"))
    monkeypatch.setattr(results, "_fence_of", lambda _key: 0)
    with pytest.raises(OvertakenError):
        office.recompute()
    with world.inside(DEPARTMENT) as key:
        assert count_marks(THIS_YEAR) == waiting > 0
        assert figures_of(key, THIS_YEAR).registered == 1


def test_an_agency_is_done_when_everybody_who_submitted_has_a_published_decision(world, office):
    office.make(State.PUBLISHED)
    office.make(State.REGISTERED)
    last = office.make(State.DECIDED)
    office.recompute()
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(ResultStatus.completed_at)).one() is None
        with unit_of_work():
            office.apply(last, Event.PUBLISH)
    office.recompute()
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(ResultStatus.completed_at)).one() is not None


def test_the_level_above_reads_what_stands_below_and_nothing_beside(world, office):
    office.make(State.PUBLISHED)
    office.recompute()
    elsewhere = Office(world, OTHER_COMMUNE)
    elsewhere.make(State.PUBLISHED)
    elsewhere.recompute()
    with world.inside(PROVINCE) as key:
        assert load_board(key, THIS_YEAR).total.recognised == 1
        assert figures_of(world.key_of(OTHER_COMMUNE), THIS_YEAR).eligible == 0
    with world.inside(COMMUNE) as key:
        assert load_board(key, THIS_YEAR).total.eligible == 0
        assert figures_of(world.key_of(DEPARTMENT), THIS_YEAR).eligible == 0


def test_a_difference_names_the_unit(world, office):
    office.make(State.REGISTERED)
    office.recompute()
    with world.inside(DEPARTMENT), unit_of_work():
        assert differences(THIS_YEAR) == []
        db.session.execute(text("UPDATE unit_result SET people = people + 2"))
        (found,) = differences(THIS_YEAR)
        assert (found.rolled_up, found.counted, found.state) == (3, 1, State.REGISTERED)
        assert (
            found.unit
            == db.session.scalars(select(Unit.name).where(Unit.id == found.unit_id)).one()
        )


# Long histories, with undoing: any event may be tried, and happens where it is in order.
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from([DEPARTMENT, COMMUNE]),
        st.integers(0, 4),
        st.integers(1, 4),
        st.booleans(),
        st.lists(st.sampled_from(sorted(TRANSITIONS)), max_size=25),
    ),
    min_size=1,
    max_size=5,
)
_years = cycle(range(2030, 2100))


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.generate],  # each step costs a database's time: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(HISTORIES)
def test_whatever_happened_the_figures_are_those_of_a_direct_count(world, histories):
    year = next(_years)
    offices = {slug: Office(world, slug) for slug in (DEPARTMENT, COMMUNE)}
    for slug, place, group, is_recognised, tried in histories:
        live(offices[slug], year, place, group, tried, is_recognised=is_recognised)
    direct = {}
    for slug, office in offices.items():
        office.recompute(year)
        with world.inside(slug) as key:
            direct[slug] = figures_counted_directly(year)
            assert figures_of(key, year) == direct[slug]
            board = load_board(key, year)
            assert total_of(unit.figures for unit in board.units) == direct[slug]
            assert total_of(board.by_group.values()) == direct[slug]
            assert differences(year) == []
    with world.inside(PROVINCE) as key:
        board = load_board(key, year)
        assert board.total == total_of(line.figures for line in board.lines)
        assert board.total == total_of(direct.values())
        assert board.years[year] == board.total


def live(office, year, place, group, tried, *, is_recognised):
    """Make a dossier in one of the units and let everything happen that is in order."""
    with office.world.inside(office.slug):
        units = db.session.scalars(select(Unit.id).order_by(Unit.name_sort_key)).all()
    dossier_id = office.world.make_dossier(
        office.slug, year=year, unit_id=units[place % len(units)], group=group
    )
    state = State.LISTED
    with office.world.inside(office.slug), unit_of_work():
        mark_out_of_date(year)
        for event in (*way_in(tried), *tried):
            if state in TRANSITIONS[event].sources:
                office.apply(dossier_id, event, is_recognised=is_recognised)
                state = TRANSITIONS[event].target


def way_in(tried):
    """Let most histories come far, where chance alone would leave them at the beginning."""
    far = [Event.REGISTER, Event.SUBMIT, Event.SCORE, Event.AGREE, Event.PROPOSE, Event.DECIDE]
    return far[: len(tried)]
