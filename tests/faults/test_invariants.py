"""Each invariant finds what was planted: were one of them blind, the faults would prove nothing."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from app.domain.dossiers import State
from app.domain.reports import ReportEvent
from tests.builders.faults import as_owner, change_row, drop_link, put_row
from tests.builders.figures import Office
from tests.builders.lists import Office as ListOffice
from tests.builders.reporting import Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, PROVINCE, THIS_YEAR
from tests.faults.acts import Attempt, Fate, Ledger, Trace, done_by_half, done_twice, lost
from tests.faults.injecting import Fault, Injected, run
from tests.faults.invariants import contradictions, examine, neighbour_of, traces_of, wrong_sums
from tests.faults.load import events_of
from tests.faults.reports import report_traces


@pytest.fixture
def owner(config):
    engine = create_engine(config.owner_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def decided(world):
    """A list of one person, decided upon; one person is in two, and both have reported."""
    office = ListOffice(world)
    dossier_id = office.appraised()
    proposal_id = office.submitted(dossier_id)
    office.decided(proposal_id)
    Office(world, DEPARTMENT).recompute()
    put_somebody_into_both(world)
    for slug in (DEPARTMENT, COMMUNE):
        desk = Desk(world, slug)
        desk.hand_in()
        desk.accept()
    return SimpleNamespace(dossier_id=dossier_id, proposal_id=proposal_id)


def told(traces, fate=Fate.DONE):
    ledger = Ledger()
    ledger.note(Attempt(traces=traces, fate=fate))
    return ledger


def looked_for(decided):
    return events_of([decided.dossier_id], "decide") | {Trace(decided.proposal_id, "decision")}


@pytest.fixture
def look(world, owner, decided):
    """Examine everything, for somebody who was told that the list is decided upon."""

    def now(fate=Fate.DONE):
        ledger = told(looked_for(decided), fate)
        return examine(world.app, owner, ledger, province=PROVINCE, year=THIS_YEAR)

    return now


def event_row(owner, decided):
    with owner.connect() as connection:
        statement = "SELECT id FROM dossier_event WHERE event = 'decide' AND dossier_id = :id"
        return connection.execute(text(statement), {"id": decided.dossier_id}).scalar_one()


def test_nothing_is_found_where_nothing_is_wrong(look):
    findings = look()
    assert not findings.problems
    assert findings.links > 5
    assert findings.official == 3
    assert str(findings).startswith("acts lost 0, done twice 0, by half 0, figures apart 0 (of 3")


def test_where_nobody_stands_in_official_figures_nothing_was_held(world, owner):
    findings = examine(world.app, owner, Ledger(), province=PROVINCE, year=THIS_YEAR)
    assert findings.problems == ["nobody stands in official figures: none was held"]


def test_people_of_two_agencies_who_are_not_counted_once_are_a_difference(world, look):
    as_owner(world, "DELETE FROM overlap")
    assert len(look().differences) > 0


def test_an_act_that_is_gone_is_lost(world, owner, decided, look):
    as_owner(world, "DELETE FROM dossier_event WHERE id = :id", id=event_row(owner, decided))
    findings = look()
    assert len(findings.lost) == 1
    assert len(findings.by_half) == 1
    assert len(findings.chains) == 1


def test_an_act_that_is_there_twice_is_found(world, owner, decided, look):
    put_row(world, 0, "dossier_event", event_row(owner, decided))
    findings = look()
    assert len(findings.twice) == 1
    assert not findings.lost


def test_an_act_that_was_refused_and_done_is_found(look):
    assert len(look(Fate.REFUSED).twice) == 2


def test_an_act_without_an_answer_may_have_happened(look):
    assert not look(Fate.UNKNOWN).problems


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE unit_result SET people = people + 1 WHERE tenant_id = :tenant",
        "UPDATE unit_result SET outstanding = people WHERE tenant_id = :tenant",
        "DELETE FROM unit_result WHERE tenant_id = :tenant",
        "UPDATE overlap_result SET people = people + 1",
    ],
)
def test_a_wrong_figure_is_found(world, look, statement):
    as_owner(world, statement)
    assert look().figures


def test_a_sum_or_an_official_figure_that_is_wrong_is_found(world, owner, look):
    for number, statement in enumerate(
        (
            "UPDATE agency_result SET eligible = eligible + 41 WHERE tenant_id = :tenant",
            "UPDATE agency_overlap SET eligible = eligible + 41",
            "UPDATE official_result SET people = people + 41 WHERE is_overlap",
        ),
        1,
    ):
        as_owner(world, statement)
        assert len(wrong_sums(owner)) == number, statement
    # As many people as before, and another outcome.
    as_owner(world, "UPDATE official_result SET outcome = 'not' WHERE outcome = 'recognised'")
    assert len(wrong_sums(owner)) == number + 2
    as_owner(world, "DELETE FROM agency_overlap")
    as_owner(world, "DELETE FROM official_result")
    found = look()
    assert any("people in official figures: None shown" in one for one in found.figures)
    assert any("people of an accepted version: None shown" in one for one in found.figures)
    assert not found.official
    assert len(found.differences) == 2


def reported(key, version=1):
    moves = [ReportEvent.COMPILE, ReportEvent.SUBMIT, ReportEvent.REVIEW, ReportEvent.ACCEPT]
    before = [0, version - 1, version, version]
    return [report_traces(key, *one) for one in zip(moves, before, strict=True)]


def test_every_step_of_a_report_leaves_its_traces_once(world, owner, decided):
    del decided
    key, ledger = world.key_of(COMMUNE).tenant_id, Ledger()
    for traces in reported(key):
        ledger.note(Attempt(traces=traces, fate=Fate.DONE))
    found = traces_of(owner, ledger)
    assert not lost(ledger.attempts, found)
    assert not done_twice(ledger.attempts, found)
    assert ledger.about("report ") == 4
    missing = Attempt(traces=report_traces(key, ReportEvent.CORRECT, 1), fate=Fate.DONE)
    assert len(lost([missing], found)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM report_event WHERE event = 'submit'",
        "DELETE FROM report_member",
        "UPDATE report SET revision = revision + 1",
    ],
)
def test_a_report_by_half_is_found(world, owner, decided, statement):
    del decided
    tables = ("report", "report_event", "report_member", "report_snapshot")
    off, on = (
        [f"ALTER TABLE {table} {way} TRIGGER USER" for table in tables]
        for way in ("DISABLE", "ENABLE")
    )
    as_owner(world, *off, statement, *on)
    assert contradictions(owner)
    ledger = told(report_traces(world.key_of(COMMUNE).tenant_id, ReportEvent.SUBMIT, 0))
    is_by_half = bool(done_by_half(ledger.attempts, traces_of(owner, ledger)))
    assert is_by_half == statement.startswith("DELETE")


@pytest.mark.parametrize("plant", [change_row("row-changed"), drop_link])
def test_a_chain_that_was_touched_is_found(world, owner, look, plant):
    with world.inside(DEPARTMENT) as key, owner.connect() as connection:
        statement = "SELECT seq, source, row_id FROM audit_link WHERE tenant_id = :t AND seq = 3"
        link = connection.execute(text(statement), {"t": key.tenant_id}).one()
    plant(world, *link)
    assert look().chains


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dossier SET state = 'withdrawn' WHERE state = 'decided'",
        "UPDATE proposal SET state = 'submitted'",
        "UPDATE proposal SET number = 2",
        "DELETE FROM decision_item",
    ],
)
def test_half_an_act_contradicts_itself(world, look, statement):
    as_owner(
        world,
        "ALTER TABLE dossier DISABLE TRIGGER USER",
        statement,
        "ALTER TABLE dossier ENABLE TRIGGER USER",
    )
    assert look().contradictions


def test_a_neighbour_who_was_touched_is_noticed(world, owner):
    before = neighbour_of(owner, OTHER_COMMUNE)
    assert neighbour_of(owner, OTHER_COMMUNE) == before
    Office(world, OTHER_COMMUNE).make(State.REGISTERED)
    assert neighbour_of(owner, OTHER_COMMUNE) != before


def test_a_fault_that_leaves_a_trace_is_not_survived(world, owner, decided):
    desk = SimpleNamespace(conclude=lambda _ledger: ["no version could be brought to its end"])
    stage = SimpleNamespace(
        app=world.app,
        owner=owner,
        year=THIS_YEAR,
        nursery=SimpleNamespace(clear=lambda: None),
        await_green=lambda _seconds, **_since: 0.0,
    )

    def inject(_stage, ledger):
        ledger.note(Attempt(traces=events_of([decided.dossier_id], "publish"), fate=Fate.DONE))
        return Injected(said="nothing", problems=["somebody waited"])

    result = run(
        Fault(number=0, name="planted", seconds=1, inject=inject),
        stage,
        beside=lambda *_, **__: nullcontext(desk),
    )
    assert "acts lost 1, done twice 0" in result.line
    assert len(result.problems) == 3


def test_acts_are_judged_by_what_was_told_of_them(decided):
    one, other = looked_for(decided)
    both = frozenset({one, other})
    done, refused, unknown = (
        [Attempt(traces=both, fate=fate)] for fate in (Fate.DONE, Fate.REFUSED, Fate.UNKNOWN)
    )
    assert not lost(done, {one: 1, other: 1})
    assert len(lost(done, {one: 1})) == 1
    assert not lost(refused + unknown, {})
    assert not done_twice(done + refused, {one: 1, other: 1})
    assert len(done_twice(done + done, {one: 2, other: 1})) == 1
    assert len(done_twice(refused, {one: 1})) == 1
    assert not done_by_half(unknown, {})
    assert len(done_by_half(unknown, {one: 1})) == 1
