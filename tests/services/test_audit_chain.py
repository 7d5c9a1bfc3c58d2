"""Whoever touches the record of acts is found out, and nobody else is accused."""

# ruff: noqa: S608 - statements of the owner, written here
import random
import threading
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from app.domain.audit import Act
from app.domain.audit_chain import Fault, FaultKind
from app.domain.dossiers import Event
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import AuditCheck, AuditDailyHead, AuditLink
from app.persistence.queries.audit_chain import find_head
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.audit_chain import (
    Progress,
    erase_words,
    give_daily_head,
    is_printed_head_held,
    verify_chain,
)
from app.services.dossiers import append_event
from app.services.record import record_act
from tests.builders.faults import PLANTERS, as_owner
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE


DAY = date(2026, 11, 21)


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER, name="Lường Thị Ơn")


def faults(world, slug: str = DEPARTMENT) -> list[Fault]:
    with world.inside(slug):
        return list(verify_chain(Progress()))


def write_acts(world, officer, count: int, *, slug: str = DEPARTMENT) -> None:
    """Write acts, each in a transaction of its own, with words of all kinds in them."""
    for number in range(count):
        with world.inside(slug), unit_of_work():
            facts = {"name": f"Đèo “{number}”, \\ ё 字 \n", "part": 0.10, "none": None, "n": number}
            record_act(
                Act.UNIT_ADDED, by=officer.actor(), object_kind="unit", object_id=new_id(), **facts
            )


def register(world, officer, dossier_id: UUID) -> None:
    with world.inside(DEPARTMENT), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        append_event(dossier, Event.REGISTER, by=officer.actor(), reason="vì “thế”", facts={"a": 1})


def links(world) -> list[tuple[int, str, UUID]]:
    with world.inside(DEPARTMENT):
        rows = db.session.execute(
            db.select(AuditLink.seq, AuditLink.source, AuditLink.row_id).order_by(AuditLink.seq)
        )
        return [(seq, source.value, row_id) for seq, source, row_id in rows]


def test_an_act_and_an_event_are_linked_when_their_transaction_ends(world, officer):
    dossier = world.make_dossier(DEPARTMENT)
    write_acts(world, officer, 2)
    register(world, officer, dossier)
    assert [(seq, source) for seq, source, _ in links(world)] == [
        (1, "audit_event"),
        (2, "audit_event"),
        (3, "dossier_event"),
    ]
    assert faults(world) == []


def test_an_act_that_is_rolled_back_leaves_no_link(world, officer):
    def fail() -> None:
        with world.inside(DEPARTMENT), unit_of_work():
            record_act(Act.UNIT_ADDED, by=officer.actor(), object_kind="unit")
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert links(world) == []


def test_each_agency_has_a_chain_of_its_own(world, officer):
    elsewhere = world.make_account(COMMUNE, Role.OFFICER)
    write_acts(world, officer, 3)
    write_acts(world, elsewhere, 2, slug=COMMUNE)
    with world.inside(COMMUNE):
        assert find_head().seq == 2
    assert [seq for seq, _, _ in links(world)] == [1, 2, 3]


def test_the_application_cannot_write_the_chain(world, officer):
    write_acts(world, officer, 1)
    for statement in (
        "UPDATE audit_link SET salt = NULL",
        "DELETE FROM audit_link",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_daily_head",
        "SELECT count(*) FROM audit_unlinked",
    ):
        with world.inside(DEPARTMENT), pytest.raises(Exception, match="permission denied"):
            db.session.execute(text(statement))


def test_a_long_clean_chain_raises_no_alarm(world, officer):
    with world.inside(DEPARTMENT), unit_of_work():
        for number in range(12_000):
            record_act(Act.UNIT_ADDED, by=officer.actor(), object_kind="unit", number=number)
    progress = Progress()
    with world.inside(DEPARTMENT):
        assert list(verify_chain(progress)) == []
    assert progress.links == 12_000


def test_writers_at_work_raise_no_alarm_and_lose_no_link(world, officer):
    writers = [
        threading.Thread(target=write_acts, args=(world, officer, 40)) for _number in range(4)
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert faults(world) == []
    for writer in writers:
        writer.join()
    assert [seq for seq, _, _ in links(world)] == list(range(1, 161))
    assert faults(world) == []


PLANTED_TOGETHER = 25


@pytest.mark.parametrize("seed", range(4))
def test_a_hundred_planted_faults_are_found_where_they_are(world, officer, seed):
    """Four chains, each with 25 faults of eight kinds at once: none hides another."""
    random.seed(seed)
    dossiers = [world.make_dossier(DEPARTMENT) for _number in range(60)]
    for dossier in dossiers:
        write_acts(world, officer, 1)
        register(world, officer, dossier)
    # Four links apart, so that each has a place of its own.
    places = random.sample(links(world)[2:-2:4], PLANTED_TOGETHER)
    planted = [
        PLANTERS[number % len(PLANTERS)](world, *place) for number, place in enumerate(places)
    ]
    found = faults(world)
    assert [one for one in planted if one not in found] == []
    allowed = {one.seq for one in planted} | {one.row_id for one in planted}
    strays = [
        one
        for one in found
        if one not in planted
        and one.row_id not in allowed
        # Of two links exchanged, both are told, and the one behind them was not touched.
        and not (one.kind is FaultKind.LINK_CHANGED and (one.seq or 0) + 1 in allowed)
        # A link that was cut leaves its row behind.
        and one.kind is not FaultKind.ROW_UNLINKED
    ]
    assert strays == []


def cut_tail(world, *, keep: int) -> None:
    """Cut the end of everything, and write the head as if there had been no more."""
    cut = "SELECT row_id FROM audit_link WHERE seq > :keep AND tenant_id = :tenant"
    as_owner(
        world,
        f"DELETE FROM audit_event WHERE id IN ({cut})",
        "DELETE FROM audit_link WHERE seq > :keep AND tenant_id = :tenant",
        keep=keep,
    )


def mend_head(world, *, keep: int) -> None:
    as_owner(
        world,
        "UPDATE audit_head SET seq = :keep, hash = (SELECT hash FROM audit_link"
        " WHERE seq = :keep AND tenant_id = :tenant) WHERE tenant_id = :tenant",
        keep=keep,
    )


def test_a_cut_tail_is_told_by_the_head(world, officer):
    write_acts(world, officer, 6)
    cut_tail(world, keep=4)
    assert faults(world) == [Fault(kind=FaultKind.LINKS_GONE, seq=5, to_seq=6)]


def test_a_cut_tail_with_a_mended_head_is_told_by_the_head_given_upwards(world, officer):
    write_acts(world, officer, 6)
    with world.inside(DEPARTMENT), unit_of_work():
        assert give_daily_head(DAY)
    cut_tail(world, keep=4)
    mend_head(world, keep=4)
    assert faults(world) == [Fault(kind=FaultKind.GIVEN_HEAD_MISSING, seq=6, on=DAY.isoformat())]


def test_a_chain_written_anew_is_told_by_the_head_given_upwards_and_by_printed_ones(world, officer):
    write_acts(world, officer, 5)
    with world.inside(DEPARTMENT), unit_of_work():
        printed = find_head()
        give_daily_head(DAY)
    as_owner(
        world,
        "UPDATE audit_event SET act = 'cycle-closed' WHERE tenant_id = :tenant",
        "DELETE FROM audit_link WHERE tenant_id = :tenant",
        "DELETE FROM audit_head WHERE tenant_id = :tenant",
        "INSERT INTO audit_unlinked (province_id, tenant_id, id, source, row_ids)"
        " SELECT province_id, tenant_id, gen_random_uuid(), 'audit_event', array_agg(id)"
        " FROM audit_event WHERE tenant_id = :tenant GROUP BY province_id, tenant_id",
    )
    assert [one.kind for one in faults(world)] == [FaultKind.GIVEN_HEAD_MISSING]
    with world.inside(DEPARTMENT):
        assert not is_printed_head_held(printed.seq, printed.hash.hex()[:16])


def test_a_head_that_is_changed_or_lost_is_told(world, officer):
    write_acts(world, officer, 2)
    as_owner(world, "UPDATE audit_head SET hash = sha256(hash) WHERE tenant_id = :tenant")
    assert faults(world) == [Fault(kind=FaultKind.HEAD_WRONG, seq=2)]
    as_owner(world, "DELETE FROM audit_head WHERE tenant_id = :tenant")
    assert faults(world) == [Fault(kind=FaultKind.HEAD_WRONG, seq=2)]


def test_a_head_is_given_once_a_day_and_the_parent_reads_it(world, officer):
    write_acts(world, officer, 3)
    for given in (True, False):
        with world.inside(DEPARTMENT), unit_of_work():
            assert give_daily_head(DAY) is given
    write_acts(world, officer, 1)
    with world.inside(DEPARTMENT), unit_of_work():
        give_daily_head(DAY)
    with world.inside(PROVINCE):
        (head,) = db.session.scalars(db.select(AuditDailyHead))
        (check,) = db.session.scalars(db.select(AuditCheck))
    assert (head.day, head.seq) == (DAY, 3)
    assert (check.heads, check.missing) == (1, 0)


def test_the_parent_is_told_when_a_chain_no_longer_holds_a_head(world, officer):
    write_acts(world, officer, 3)
    with world.inside(DEPARTMENT), unit_of_work():
        give_daily_head(DAY)
    cut_tail(world, keep=1)
    mend_head(world, keep=1)
    with world.inside(DEPARTMENT), unit_of_work():
        give_daily_head(date(2026, 11, 22))
    with world.inside(PROVINCE):
        (check,) = db.session.scalars(db.select(AuditCheck))
    assert (check.heads, check.missing, check.first_missing_on) == (2, 1, DAY)


def erase(world, officer, person: UUID) -> int:
    with world.inside(DEPARTMENT) as key, unit_of_work():
        act = new_id()
        db.session.execute(
            text(
                "INSERT INTO audit_event (province_id, tenant_id, id, act, actor_name, object_kind,"
                " object_id, facts) VALUES (:province, :tenant, :id, 'person-erased', 'x',"
                " 'person', :person, '{}')"
            ),
            {"province": key.province_id, "tenant": key.tenant_id, "id": act, "person": person},
        )
        return erase_words(act)


def test_words_about_somebody_can_be_erased_and_the_chain_holds(world, officer):
    person = world.make_person(DEPARTMENT)
    register(world, officer, world.make_dossier(DEPARTMENT, person))
    register(world, officer, world.make_dossier(DEPARTMENT))
    with world.inside(DEPARTMENT), unit_of_work():
        record_act(
            Act.PERSON_ADDED,
            by=officer.actor(),
            object_kind="person",
            object_id=person,
            name="Pánh",
        )
    assert erase(world, officer, person) == 2
    assert faults(world) == []
    with world.inside(DEPARTMENT):
        words = db.session.execute(
            text("SELECT facts::text FROM audit_event UNION ALL SELECT reason FROM dossier_event")
        )
        assert sorted(words.scalars()) == ["", "vì “thế”", "{}", "{}"]


def test_erased_words_that_come_back_are_told(world, officer):
    person = world.make_person(DEPARTMENT)
    register(world, officer, world.make_dossier(DEPARTMENT, person))
    erase(world, officer, person)
    as_owner(world, "UPDATE dossier_event SET reason = 'khác'")
    (fault,) = faults(world)
    assert (fault.kind, fault.seq) == (FaultKind.WORDS_GONE, 1)
