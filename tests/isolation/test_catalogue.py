"""The second wall stands around every table of an agency, and a new table is inside it or fails."""

import psycopg
import pytest

from app.launch.postgres import GROUP, OWNER, WEB


PLATFORM = {
    "account": "must be found before anybody is known",
    "alembic_version": "says which migration the database is at",
    "cccd_key": "tells which keys there are, and nothing about them",
    "commune": "is the national catalogue",
    "commune_predecessor": "is the national catalogue",
    "criteria_rule": "is published for everybody",
    "criteria_set": "is published for everybody",
    "dossier_duty": "is a rule of the house",
    "dossier_move": "is a rule of the house",
    "factor_totp": "is asked for before anybody is let in",
    "identity": "may not be read by the application at all",
    "invitation": "is found by a secret before anybody is known",
    "passkey": "is asked for before anybody is let in",
    "key_rotation": "counts what has been sealed anew, over all agencies",
    "province": "is the national catalogue",
    "recovery_code": "is asked for before anybody is let in",
    "tenant": "must be found by its address",
    "tenant_closure": "says which agency stands above which",
    "web_session": "is found by a secret before anybody is known",
}
"""Tables that belong to no agency, each with the reason."""


@pytest.fixture
def ask(postgres, database):
    """Ask the system catalogue of a migrated database."""
    with psycopg.connect(postgres.dsn(database, OWNER)) as connection:
        yield lambda question, *values: connection.execute(question, values).fetchall()


def tables_of_agencies(ask):
    tables = ask(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace"
    )
    return {name for (name,) in tables} - PLATFORM.keys()


def test_every_other_table_begins_its_key_with_province_and_tenant(ask):
    keys = dict(
        ask(
            """
            SELECT conrelid::regclass::text, array(
                SELECT attname::text FROM unnest(conkey[1:2]) WITH ORDINALITY AS part(number, place)
                JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place)
            FROM pg_constraint WHERE contype = 'p'
            """
        )
    )
    wrong = {
        name: keys[name]
        for name in tables_of_agencies(ask)
        if keys[name] != ["province_id", "tenant_id"]
    }
    assert wrong == {}


def test_every_other_table_has_row_level_security(ask):
    guarded = ask("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')")
    assert tables_of_agencies(ask) <= {name for (name,) in guarded}


def test_every_policy_reads_the_agency_and_checks_what_is_written(ask):
    loose = ask(
        """
        SELECT tablename, policyname FROM pg_policies
        WHERE coalesce(qual, '') || coalesce(with_check, '') NOT LIKE %s
        OR cmd IN ('ALL', 'INSERT', 'UPDATE') AND with_check IS NULL
        OR cmd IN ('ALL', 'SELECT', 'UPDATE', 'DELETE') AND qual IS NULL
        """,
        "%app.tenant_id%",
    )
    assert loose == []


def test_references_between_tables_of_agencies_stay_inside_one_agency(ask):
    straying = ask(
        """
        SELECT conname FROM pg_constraint
        WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)
        AND confrelid::regclass::text = ANY (%s)
        AND array(SELECT attname::text FROM pg_attribute
            WHERE attrelid = conrelid AND attnum = ANY (conkey[1:2]) ORDER BY attnum)
            IS DISTINCT FROM ARRAY['province_id', 'tenant_id']
        """,
        list(tables_of_agencies(ask)),
        list(tables_of_agencies(ask)),
    )
    assert straying == []


def test_the_applications_roles_own_nothing_and_bypass_nothing(ask):
    roles = ask(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls)",
        [GROUP, WEB],
    )
    owned = ask(
        "SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
        " WHERE rolname = ANY (%s)",
        [GROUP, WEB],
    )
    assert (roles, owned) == ([], [])


def test_nothing_shows_rows_past_the_wall(ask):
    open_doors = ask(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND (relkind = 'm' OR relkind = 'v'"
        " AND NOT coalesce(reloptions::text LIKE %s, false))",
        "%security_invoker=true%",
    )
    assert open_doors == []


def test_the_application_may_not_read_identities(ask):
    assert ask("SELECT has_table_privilege(%s, 'identity', 'SELECT')", GROUP) == [(False,)]
