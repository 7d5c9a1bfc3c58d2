"""Our own PostgreSQL: its roles, and what a violent end leaves of it."""

import os
import signal
import subprocess
import sys
from contextlib import nullcontext

import psycopg
import pytest

from app.launch.accounts import database_account
from app.launch.errors import LaunchError
from app.launch.postgres import (
    AUDIT,
    AUDITOR,
    BACKUP,
    GROUP,
    OWNER,
    ROLLUP,
    WEB,
    WORKER,
    Postgres,
)


# Starts a durable server, writes a row, and waits to be killed.
_DOOMED = """
import pathlib, sys, time, psycopg
from app.launch.postgres import Postgres
server = Postgres(pathlib.Path(sys.argv[1])).start()
with psycopg.connect(server.dsn("postgres", "postgres")) as connection:
    connection.execute("CREATE TABLE note (text text)")
    connection.execute("INSERT INTO note VALUES ('kept')")
print(server.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(folder):
    with Postgres(folder, is_durable=False) as server:
        server.create_roles()
        server.create_database("bangvang", OWNER)
        yield server


def _query(server, statement, role="postgres", database="bangvang"):
    with psycopg.connect(server.dsn(database, role)) as connection:
        return connection.execute(statement).fetchall()


def test_only_the_backup_reads_past_the_wall_and_only_the_owner_makes_roles(server):
    roles = _query(
        server,
        "SELECT rolname, rolcanlogin, rolbypassrls, rolcreaterole,"
        " rolsuper OR rolcreatedb OR rolreplication"
        " FROM pg_roles WHERE rolname LIKE 'bangvang%' ORDER BY rolname",
    )
    assert roles == [
        (GROUP, False, False, False, False),
        (AUDIT, False, False, False, False),
        (AUDITOR, True, False, False, False),
        (BACKUP, True, True, False, False),
        (OWNER, True, False, True, False),
        (ROLLUP, False, False, False, False),
        (WEB, True, False, False, False),
        (WORKER, True, False, False, False),
    ]


def test_each_login_is_a_member_of_one_group(server):
    members = _query(
        server,
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members"
        " WHERE member::regrole::text LIKE 'bangvang%' ORDER BY 1",
    )
    assert members == [(AUDITOR, AUDIT), (WEB, GROUP), (WORKER, ROLLUP)]


def test_roles_that_came_later_are_added_to_an_older_server(server):
    with psycopg.connect(server.dsn("postgres", "postgres")) as connection:
        connection.execute(f"DROP ROLE {WORKER}, {ROLLUP}")
    server.create_roles()
    assert _query(server, f"SELECT pg_has_role('{WORKER}', '{ROLLUP}', 'member')") == [(True,)]


def test_the_owner_owns_and_the_web_is_only_a_member_of_its_group(server):
    owners = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'bangvang'"
    assert _query(server, owners) == [(OWNER,)]
    membership = "SELECT pg_has_role(%r, %r, 'member')"
    assert _query(server, membership % (WEB, GROUP)) == [(True,)]
    assert _query(server, membership % (WEB, OWNER)) == [(False,)]


def test_the_web_role_creates_no_table(server):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _query(server, "CREATE TABLE mine ()", role=WEB)


def test_creating_the_roles_again_changes_nothing(server):
    server.create_roles()
    assert server.has_database("bangvang")
    assert not server.has_database("other")


def test_a_database_is_made_as_a_copy_of_another(server):
    with psycopg.connect(server.dsn("bangvang", OWNER)) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'Đặng' AS text")
    server.create_database("copy", OWNER, template="bangvang")
    assert _query(server, "SELECT lower(text) FROM note", OWNER, "copy") == [("đặng",)]


def test_nobody_else_may_enter_the_folder_of_the_socket(server):
    sockets = (server.directory / "socket").readlink()
    assert sockets.stat().st_mode & 0o777 == 0o700


def test_a_stopped_server_leaves_no_socket_behind(folder):
    with Postgres(folder, is_durable=False):
        sockets = (folder / "socket").readlink()
    assert not sockets.exists()
    assert not (folder / "socket").is_symlink()


def test_a_lock_with_somebody_elses_number_heals(folder):
    with Postgres(folder, is_durable=False):
        pass
    lock = folder / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{folder / 'data'}\n")
    with Postgres(folder, is_durable=False) as server:
        assert server.has_database("postgres")


@pytest.mark.parametrize("is_server_killed_too", [False, True])
def test_no_row_is_lost_when_the_launcher_is_killed(folder, is_server_killed_too):
    with subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", _DOOMED, folder], stdout=subprocess.PIPE, text=True
    ) as doomed:
        server_id = int(doomed.stdout.readline())
        sockets = (folder / "socket").readlink()
        doomed.kill()
        if is_server_killed_too:
            os.kill(server_id, signal.SIGKILL)
    with Postgres(folder) as server:
        assert _query(server, "SELECT text FROM note", database="postgres") == [("kept",)]
    assert not sockets.exists()


def test_a_server_that_cannot_start_says_what_it_said(folder):
    with Postgres(folder, is_durable=False):
        pass
    (folder / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(LaunchError, match="no_such_setting"):
        Postgres(folder, is_durable=False).start()


def test_a_folder_closed_to_an_account_that_root_lends_is_refused_by_name(folder):
    folder.chmod(0o700)
    refused = pytest.raises(LaunchError, match="cannot enter")
    with refused if database_account() else nullcontext():
        Postgres(folder / "inside", is_durable=False).start().stop()
