"""Each role of the database reaches what its work takes, of one agency, and nothing else."""

import logging
import os
import subprocess
import sys

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.config import Config
from app.factory import create_app
from app.launch.accounts import database_account
from app.launch.binaries import postgres_programs
from app.launch.postgres import AUDIT, AUDITOR, BACKUP, OWNER, ROLLUP, WEB, WORKER
from app.persistence.database import db
from app.persistence.health import database_problem
from app.persistence.owner import owner_engine, role_engine
from app.persistence.queries.results import figures_of
from app.persistence.roles import DatabaseRole, MightyRoleError, require_bound_role
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_result
from tests.builders.world import COMMUNE, DEPARTMENT, THIS_YEAR
from tests.conftest import ROOT


@pytest.fixture
def two_dossiers(world):
    world.make_dossier(DEPARTMENT, name="Lò Thị Pánh")
    world.make_dossier(COMMUNE, name="Vàng A Tủa")
    return world


def asked(postgres, database, login, statement, *, role=None, tenant=None):
    """Ask as a login that took on ``role``, in the scope of ``tenant``."""
    with psycopg.connect(postgres.dsn(database, login)) as connection:
        if role:
            connection.execute(f"SET ROLE {role}")
        if tenant:
            connection.execute(
                "SELECT set_config('app.province_id', %s, true),"
                " set_config('app.tenant_id', %s, true)",
                [str(tenant.province_id), str(tenant.tenant_id)],
            )
        return connection.execute(statement).fetchall()


# What counting may never see, and what it may never write.
BEYOND_COUNTING = (
    "SELECT name FROM person",
    "SELECT person_id FROM dossier",
    "SELECT identity_id FROM dossier",
    "SELECT agreed_scores FROM dossier",
    "SELECT evidence FROM dossier",
    "SELECT actor_name FROM dossier_event",
    "SELECT * FROM dossier",
    "SELECT login FROM account",
    "SELECT * FROM audit_event",
    "SELECT * FROM decision",
    "SELECT * FROM membership",
    "SELECT * FROM tenant",
    "UPDATE dossier SET outcome = 'recognised'",
    "DELETE FROM dossier",
    "INSERT INTO rollup_mark (year) VALUES (2026)",
    "SELECT identify_person(NULL, NULL, NULL)",
    "SELECT agencies_of(NULL)",
)


@pytest.mark.parametrize("statement", BEYOND_COUNTING)
def test_counting_may_not(postgres, database, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(postgres, database, WORKER, statement, role=ROLLUP)


def test_the_worker_that_counts_cannot_become_the_application(postgres, database):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(postgres, database, WORKER, "SET ROLE bangvang_app")


def test_counting_reads_dossiers_of_the_agency_in_scope_alone(postgres, database, two_dossiers):
    count = "SELECT count(*), count(DISTINCT tenant_id) FROM dossier"
    key = two_dossiers.key_of(COMMUNE)
    assert asked(postgres, database, WORKER, count, role=ROLLUP) == [(0, 0)]
    assert asked(postgres, database, WORKER, count, role=ROLLUP, tenant=key) == [(1, 1)]


def test_counting_writes_no_figures_of_another_agency(postgres, database, two_dossiers):
    there = two_dossiers.key_of(DEPARTMENT)
    row = (
        "INSERT INTO result_status (province_id, tenant_id, year, computed_at, fence)"  # noqa: S608
        f" VALUES ({there.province_id}, '{there.tenant_id}', 2026, now(), 0) RETURNING 1"
    )
    here = two_dossiers.key_of(COMMUNE)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        asked(postgres, database, WORKER, row, role=ROLLUP, tenant=here)


def test_figures_are_recomputed_in_the_narrow_role(two_dossiers, config):
    key = two_dossiers.key_of(COMMUNE)
    with (
        two_dossiers.app.app_context(),
        role_engine(config.rollup_database_url, DatabaseRole.ROLLUP),
        tenant_scope(key),
        unit_of_work(),
    ):
        assert db.session.execute(text("SELECT session_user, current_user")).one() == (
            WORKER,
            ROLLUP,
        )
        assert recompute_result(THIS_YEAR, is_forced=True)
    with two_dossiers.inside(COMMUNE):
        assert figures_of(key, THIS_YEAR).eligible == 1


def test_reading_the_record_reads_one_agency_and_writes_nothing(postgres, database, two_dossiers):
    key = two_dossiers.key_of(COMMUNE)
    for table in ("audit_event", "decision", "decision_item", "dossier_event"):
        seen = asked(postgres, database, AUDITOR, f"TABLE {table}", role=AUDIT, tenant=key)
        assert {row[1] for row in seen} <= {key.tenant_id}
        assert asked(postgres, database, AUDITOR, f"TABLE {table}", role=AUDIT) == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(postgres, database, AUDITOR, f"DELETE FROM {table}", role=AUDIT)  # noqa: S608
    for statement in ("TABLE person", "TABLE dossier", "TABLE account"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(postgres, database, AUDITOR, statement, role=AUDIT)


def dump(postgres, database, login, *options):
    """Copy a database as the operator does."""
    program = postgres_programs(database_account()) / "pg_dump"
    return subprocess.run(  # noqa: S603  (the copier of PostgreSQL)
        [program, *options, "--dbname", postgres.dsn(database, login)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_backup_holds_every_agency(postgres, database, two_dossiers):
    copied = dump(postgres, database, BACKUP)
    assert copied.returncode == 0, copied.stderr
    assert "Lò Thị Pánh" in copied.stdout
    assert "Vàng A Tủa" in copied.stdout


def test_a_backup_by_the_application_fails_loudly(postgres, database, two_dossiers):
    copied = dump(postgres, database, WEB, "--role=bangvang_app", "--table=person")
    assert copied.returncode != 0
    assert "row-level security" in copied.stderr


@pytest.mark.parametrize(
    "statement", ["DELETE FROM person", "UPDATE person SET name = 'x'", "CREATE TABLE mine ()"]
)
def test_the_backup_changes_nothing(postgres, database, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(postgres, database, BACKUP, statement)


def test_a_table_made_later_is_in_the_backup_and_in_nobody_elses_reach(postgres, database):
    with psycopg.connect(postgres.dsn(database, OWNER)) as connection:
        connection.execute("CREATE TABLE later (id int)")
    assert asked(postgres, database, BACKUP, "TABLE later") == []
    for login, role in ((WEB, "bangvang_app"), (WORKER, ROLLUP), (AUDITOR, AUDIT)):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(postgres, database, login, "TABLE later", role=role)


@pytest.fixture
def mighty(postgres, database):
    """Make a login that is a member of the application's group, and mightier than that."""
    made = []

    def make(name, *statements):
        with psycopg.connect(postgres.dsn(database, "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {name} LOGIN IN ROLE bangvang_app")
            made.append(name)
            for statement in statements:
                connection.execute(statement)
        return postgres.url(database, name)

    yield make
    with psycopg.connect(postgres.dsn(database, "postgres"), autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP OWNED BY {name}")
            connection.execute(f"DROP ROLE {name}")


MIGHT = {
    "superuser": ("ALTER ROLE mighty SUPERUSER",),
    "bypassing": ("ALTER ROLE mighty BYPASSRLS",),
    "owning a table": ("CREATE TABLE mine ()", "ALTER TABLE mine OWNER TO mighty"),
    "becoming the owner": (f"GRANT {OWNER} TO mighty WITH INHERIT FALSE",),
    "becoming the backup": (f"GRANT {BACKUP} TO mighty",),
}


def serving(url: str, config: Config) -> Flask:
    return create_app(
        Config(database_url=url, redis_url=config.redis_url, secret_key="x", cccd_key="ab" * 32)
    )


@pytest.mark.parametrize("statements", MIGHT.values(), ids=MIGHT)
def test_no_page_is_served_to_a_role_that_escapes(mighty, config, caplog, statements):
    app = serving(mighty("mighty", *statements), config)
    caplog.set_level(logging.CRITICAL)
    client = app.test_client()
    assert client.get("/").status_code == 503
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "escapes row-level security" in ready.json["database"]
    assert "no page is served: the application's role escapes" in caplog.text
    with app.app_context():
        db.engine.dispose()


def test_pages_are_served_to_a_plain_member(mighty, config):
    app = serving(mighty("plain"), config)
    assert app.test_client().get("/readyz").status_code == 200
    assert app.test_client().get("/").status_code == 200
    with app.app_context():
        assert database_problem() is None
        db.engine.dispose()


@pytest.mark.parametrize("command", [["worker", "short"], ["sweep", "--once"]])
def test_nothing_runs_in_the_background_as_a_role_that_escapes(mighty, config, command):
    url = mighty("mighty", "ALTER ROLE mighty BYPASSRLS")
    ended = subprocess.run(  # noqa: S603  (a command of the house)
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "REDIS_URL": config.redis_url,
            "SECRET_KEY": "x",
            "CCCD_KEY": config.cccd_key,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "escapes row-level security as mighty" in ended.stderr


def test_the_owner_is_refused_by_name(app, config):
    with (
        app.app_context(),
        owner_engine(config.owner_database_url),
        pytest.raises(MightyRoleError, match=OWNER),
    ):
        require_bound_role()


def test_whoever_stands_still_in_the_middle_is_ended_by_the_database(world, config):
    statement = text("SHOW idle_in_transaction_session_timeout")
    with world.app.app_context():
        assert db.session.execute(statement).scalar_one() == "30s"
        with role_engine(config.rollup_database_url, DatabaseRole.ROLLUP):
            assert db.session.execute(statement).scalar_one() == "30s"


def test_each_statement_is_planned_for_whose_rows_it_reads(world):
    with world.inside(DEPARTMENT):
        for number in range(12):
            db.session.execute(text("SELECT CAST(:number AS int)"), {"number": number})
        prepared = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert not prepared
