"""The key changes under load and under fire: whatever is killed, every number stays readable."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text

from app.config import Config
from app.domain.outbox import Kind, LineState
from app.domain.people import Origin
from app.domain.permissions import Role
from app.domain.roster import PersonDetails
from app.factory import create_app
from app.jobs.outbox import Dispatcher, sweep_outbox
from app.jobs.queues import connect
from app.persistence.database import db
from app.persistence.key_ring import KeyRingError
from app.persistence.models import Person
from app.persistence.queries.roster_imports import load_import, load_import_to_change, next_part
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.identities import claim_identities, find_people_by_number, open_number
from app.services.key_rotation import Resealed, rotate_step, start_rotation
from app.services.keys import require_keys, values_by_key
from app.services.listing import insert_rows
from app.services.roster import make_person
from app.services.roster_uploads import (
    Columns,
    Found,
    ListPart,
    check_again,
    keep_found,
    keep_upload,
    open_part,
    open_upload,
)
from tests.builders.jobs import let_pauses_pass, lines
from tests.builders.world import COMMUNE, DEPARTMENT, THIS_YEAR
from tests.conftest import ROOT
from tests.jobs.conftest import wait_until


OLD, NEW = "ab" * 32, "cd" * 32
DAMAGE = """
    UPDATE person SET cccd_sealed = set_byte(cccd_sealed, 20, 255 - get_byte(cccd_sealed, 20))
    WHERE id = (SELECT id FROM person WHERE tenant_id = '{}' LIMIT 1)
"""
NUMBERS = [f"012188{number:06}" for number in range(2_000)]


@pytest.fixture
def write_ring(tmp_path):
    """Write the ring of a stage of the change, and return its path."""

    def written(**states):
        path = tmp_path / "keys.toml"
        secrets = {"k1": OLD, "k2": NEW}
        path.write_text(
            "".join(
                f'[keys.{name[1:]}]\nstate = "{state}"\nsecret = "{secrets[name]}"\n'
                for name, state in states.items()
            )
        )
        return path

    return written


@pytest.fixture
def by_owner(config):
    """Do something past the house."""
    engine = create_engine(config.owner_database_url)

    def execute(statement):
        with engine.begin() as connection:
            connection.execute(text(statement))

    yield execute
    engine.dispose()


def enrol(world, slug, numbers, seal):
    with world.inside(slug), unit_of_work():
        unit = world_unit(world, slug)
        identities = claim_identities(numbers, seal=seal)
        details = PersonDetails(name="Lò Thị Pánh", birth_year=1988, unit_id=unit, group_number=3)
        people = [
            make_person(
                replace(details, cccd=number), identity_id=who, origin=Origin.TYPED, seal=seal
            )
            for number, who in zip(numbers, identities, strict=True)
        ]
        columns = [
            {name: value for name, value in vars(one).items() if not name.startswith("_")}
            for one in people
        ]
        insert_rows(Person, columns)


def world_unit(world, slug):
    return db.session.execute(text("SELECT id FROM unit LIMIT 1")).scalar_one()


def numbers_of(world, slug, seal):
    with world.inside(slug):
        return sorted(open_number(one, seal=seal) for one in db.session.scalars(select(Person)))


def made_with(world, key_id):
    with world.app.app_context(), world.owner():
        return db.session.execute(
            text("SELECT count(*) FROM person WHERE get_byte(cccd_sealed, 0) = :key"),
            {"key": key_id},
        ).scalar_one()


def environment(config, ring):
    return os.environ | {
        "DATABASE_URL": config.database_url,
        "OWNER_DATABASE_URL": config.owner_database_url,
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": config.secret_key,
        "CCCD_KEYS": str(ring),
    }


def flask(config, ring, *arguments):
    return subprocess.Popen(  # noqa: S603  (a command of our own)
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=environment(config, ring),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(config, ring, *arguments):
    process = flask(config, ring, *arguments)
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def seal_of(config, ring):
    return NumberSeal(replace(config, cccd_keys=str(ring)).key_ring())


def kill_in_the_middle(world, process):
    """Kill it once some are done and most are not."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        if made_with(world, 2):
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.005)
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGKILL


def test_a_rotation_that_is_killed_goes_on_and_every_number_stays_readable(
    world, config, write_ring
):
    before = seal_of(config, write_ring(k1="active", k2="decrypt-only"))
    enrol(world, DEPARTMENT, NUMBERS, before)
    enrol(world, COMMUNE, NUMBERS[:50], before)
    ring = write_ring(k1="decrypt-only", k2="active")
    after = seal_of(config, ring)
    kill_in_the_middle(world, flask(config, ring, "keys", "rotate", "--wait"))
    assert 0 < made_with(world, 2) < len(NUMBERS)
    for seal in (before, after):
        assert numbers_of(world, DEPARTMENT, seal) == NUMBERS
        with world.inside(DEPARTMENT), unit_of_work():
            assert len(find_people_by_number(NUMBERS, seal=seal)) == len(NUMBERS)
            known = claim_identities(NUMBERS[:100], seal=seal)
            assert set(known) <= set(db.session.scalars(select(Person.identity_id)))
    code, said = run(config, ring, "keys", "rotate", "--wait")
    assert (code, said) == (0, "The rotation is finished\n")
    assert made_with(world, 1) == 0
    assert numbers_of(world, DEPARTMENT, after) == NUMBERS
    assert numbers_of(world, COMMUNE, after) == NUMBERS[:50]
    require_only_the_new_key(world, config, write_ring)


def require_only_the_new_key(world, config, write_ring):
    ring = write_ring(k1="decrypt-only", k2="active")
    assert run(config, ring, "keys", "retire", "1")[0] == 0
    alone = write_ring(k2="active")
    code, said = run(config, alone, "keys", "status")
    assert (code, f"{len(NUMBERS) + 50} numbers" in said, "finished" in said) == (0, True, True)
    seal = seal_of(config, alone)
    with world.inside(COMMUNE), unit_of_work():
        assert len(find_people_by_number(NUMBERS, seal=seal)) == 50
        [known] = claim_identities(NUMBERS[:1], seal=seal)
        assert known in set(db.session.scalars(select(Person.identity_id)))


def test_a_worker_brings_each_agency_to_the_new_key_and_one_that_cannot_be_is_shown(
    world, config, write_ring, by_owner
):
    before = seal_of(config, write_ring(k1="active"))
    enrol(world, DEPARTMENT, NUMBERS[:300], before)
    enrol(world, COMMUNE, NUMBERS[:20], before)
    by_owner(DAMAGE.format(world.key_of(COMMUNE).tenant_id))
    ring = write_ring(k1="decrypt-only", k2="active")
    assert run(config, ring, "keys", "rotate")[0] == 0
    connect(config.redis_url).flushdb()
    with world.app.app_context():
        assert sweep_outbox(Dispatcher(config.redis_url), patience=timedelta(0)) == 2
    worker = flask(config, ring, "worker", "long")
    try:
        wait_until(lambda: lines(world, DEPARTMENT)[0].state is LineState.DONE, seconds=60)
        wait_until(lambda: is_given_up(world, config, COMMUNE), seconds=60)
    finally:
        worker.terminate()
        worker.communicate(timeout=20)
    [done], [parked] = lines(world, DEPARTMENT), lines(world, COMMUNE)
    assert (done.kind, done.done, done.total) == (Kind.KEYS, 300, 300)
    assert (parked.state, parked.last_error) == (LineState.PARKED, "SealBrokenError")
    assert "20 values left" in run(config, ring, "keys", "status")[1]


def is_given_up(world, config, slug):
    """Let no pause delay what fails, and tell whether it is tried no more."""
    let_pauses_pass(world, slug)
    with world.app.app_context():
        Dispatcher(config.redis_url)()
    return lines(world, slug)[0].state is LineState.PARKED


def test_a_process_with_the_former_ring_undoes_nothing(world, config, write_ring):
    before = seal_of(config, write_ring(k1="active", k2="decrypt-only"))
    enrol(world, DEPARTMENT, NUMBERS[:3], before)
    ring = write_ring(k1="decrypt-only", k2="active")
    with world.app.app_context(), unit_of_work():
        assert start_rotation(seal_of(config, ring)) == 1
    [line] = lines(world, DEPARTMENT)
    with world.inside(DEPARTMENT), pytest.raises(KeyRingError, match="key 2 is to be active"):
        rotate_step(line.subject_id, seal=before)
    assert made_with(world, 1) == 3


def test_a_list_and_its_parts_come_to_the_new_key_too(world, config, write_ring):
    before = seal_of(config, write_ring(k1="active", k2="decrypt-only"))
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    with world.inside(DEPARTMENT):
        with unit_of_work():
            columns = Columns(mapping={}, headings={})
            upload_id = keep_upload(
                "all", columns, year=THIS_YEAR, file_name="ds.xlsx", seal=before, by=officer
            )
        with unit_of_work():
            check_again(load_import_to_change(upload_id))
            keep_found(upload_id, Found(sheet="all", parts=[ListPart("some", 1)]), seal=before)
    after = seal_of(config, write_ring(k1="decrypt-only", k2="active"))
    with world.app.app_context(), unit_of_work():
        start_rotation(after)
        assert values_by_key() == {("sheet", 1): 2}
    [rotation] = [line for line in lines(world, DEPARTMENT) if line.kind is Kind.KEYS]
    with world.inside(DEPARTMENT):
        for done in (1, 2):
            with unit_of_work():
                assert rotate_step(rotation.subject_id, seal=after) == Resealed(done, 2)
        assert values_by_key() == {("sheet", 2): 2}
        assert open_upload(load_import(upload_id), seal=after) == "all"
        assert open_part(next_part(upload_id), seal=after) == "some"


def test_a_key_that_is_needed_is_not_retired(world, config, write_ring):
    before = seal_of(config, write_ring(k1="active"))
    enrol(world, DEPARTMENT, NUMBERS[:3], before)
    code, said = run(config, write_ring(k1="decrypt-only", k2="active"), "keys", "retire", "1")
    assert code == 1
    assert "still need key 1" in said


@pytest.mark.parametrize(
    "ring", [{"k2": "active"}, {"k1": "retired", "k2": "active"}], ids=["lost", "retired early"]
)
def test_a_lost_key_is_told_by_the_health_check_and_stops_every_act(
    world, config, write_ring, ring
):
    enrol(world, DEPARTMENT, NUMBERS[:3], seal_of(config, write_ring(k1="active")))
    lost = replace(config, cccd_keys=str(write_ring(**ring)))
    seal = NumberSeal(lost.key_ring())
    other = create_app(lost)
    answer = other.test_client().get("/readyz")
    with other.app_context():
        db.engine.dispose()
    assert answer.status_code == 503
    assert "key 1" in answer.json["keys"]
    with world.inside(DEPARTMENT), pytest.raises(KeyRingError, match="key 1"):
        claim_identities(NUMBERS[:1], seal=seal)
    assert "key 1" in run(config, write_ring(**ring), "worker", "short")[1]


def test_another_key_under_the_same_id_is_told_apart(world, config, write_ring):
    enrol(world, DEPARTMENT, NUMBERS[:3], seal_of(config, write_ring(k1="active")))
    with world.inside(DEPARTMENT), pytest.raises(KeyRingError, match="is not the key"):
        require_keys(NumberSeal.with_key(b"x" * 32))


def test_a_deployment_without_its_keys_does_not_start(config, tmp_path):
    for broken in (
        replace(config, cccd_key=""),
        replace(config, cccd_keys=str(tmp_path / "gone.toml")),
    ):
        with pytest.raises(KeyRingError):
            create_app(broken)


def test_the_file_comes_before_the_single_key(write_ring):
    settings = {
        "DATABASE_URL": "x",
        "REDIS_URL": "x",
        "SECRET_KEY": "x",
        "CCCD_KEYS": str(write_ring(k2="active")),
    }
    assert Config.from_environment(settings).key_ring().active.id == 2
