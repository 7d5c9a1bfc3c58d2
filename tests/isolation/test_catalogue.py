"""The second wall stands around every table of an agency, and a new table is inside it or fails."""

import psycopg
import pytest

from app.launch.postgres import OWNER
from tests.isolation.catalogue import faults


PLATFORM = {
    "account": "must be found before anybody is known",
    "alembic_version": "says which migration the database is at",
    "cccd_key": "tells which keys there are, and nothing about them",
    "commune": "is the national catalogue",
    "commune_predecessor": "is the national catalogue",
    "criteria_rule": "belongs to a province or to everybody, and never changes",
    "criteria_set": "belongs to a province or to everybody, and never changes",
    "dossier_duty": "is a rule of the house",
    "dossier_move": "is a rule of the house",
    "factor_totp": "is asked for before anybody is let in",
    "identity": "may not be read by the application at all",
    "invitation": "is found by a secret before anybody is known",
    "passkey": "is asked for before anybody is let in",
    "key_rotation": "names the key that the numbers of all agencies are brought to",
    "periodic_run": "says what was done at which hour, over all agencies",
    "province": "is the national catalogue",
    "recovery_code": "is asked for before anybody is let in",
    "tenant": "must be found by its address",
    "tenant_closure": "says which agency stands above which",
    "web_session": "is found by a secret before anybody is known",
}
"""Tables that belong to no agency, each with the reason."""


@pytest.fixture
def connection(postgres, database):
    """Lend the owner of a migrated database; what it changes is never committed."""
    connection = psycopg.connect(postgres.dsn(database, OWNER))
    yield connection
    connection.rollback()
    connection.close()


def test_nothing_in_the_catalogue_is_at_fault(connection, capsys):
    found = list(faults(connection, PLATFORM))
    with capsys.disabled():
        print(f"\ncatalogue {len(found)}")  # noqa: T201
    assert found == []


def test_a_platform_table_that_is_gone_is_taken_off_the_list(connection):
    there = {
        name
        for (name,) in connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace"
        )
    }
    assert PLATFORM.keys() <= there


OWN = (
    "province_id = (SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
    " AND tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
)
KEYS = "province_id smallint NOT NULL, tenant_id uuid NOT NULL, id uuid NOT NULL"
SOUND = (
    f"CREATE TABLE fresh ({KEYS}, PRIMARY KEY (province_id, tenant_id, id))",
    "ALTER TABLE fresh ENABLE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT ON fresh TO bangvang_app",
    f"CREATE POLICY own ON fresh TO bangvang_app USING ({OWN}) WITH CHECK ({OWN})",
)
PER_ROW = (
    f"CREATE POLICY more ON fresh FOR SELECT TO bangvang_app USING ({OWN}"  # noqa: S608
    " AND tenant_id IN (SELECT descendant_id FROM tenant_closure))"
)
AT_WORK = (
    "CREATE FUNCTION peek(one tenant) RETURNS boolean LANGUAGE sql"
    " AS $$SELECT (one).kind = 'commune'$$"
)
# What somebody might do in a migration, and the check that notices.
SLIPS = {
    "a table without agency": (["CREATE TABLE loose (id int PRIMARY KEY)"], "province_id"),
    "a table without key": ([f"CREATE TABLE loose ({KEYS})"], "has a key"),
    "a key of its own": ([f"CREATE TABLE loose ({KEYS}, PRIMARY KEY (id))"], "lead with"),
    "no row-level security": (SOUND[:1], "row-level security is on"),
    "no policy": (SOUND[:3], "bound by a policy"),
    "a unique over all agencies": (
        [*SOUND, "ALTER TABLE fresh ADD UNIQUE (id)"],
        "keys and uniques",
    ),
    "a reference past the agency": (
        [
            *SOUND,
            "ALTER TABLE person ADD UNIQUE (id)",
            "ALTER TABLE fresh ADD FOREIGN KEY (id) REFERENCES person (id)",
        ],
        "references between",
    ),
    "a policy for everybody": (
        [*SOUND, f"CREATE POLICY more ON fresh FOR SELECT USING ({OWN})"],
        "one named role",
    ),
    "a policy that lets all through": (
        [*SOUND, "CREATE POLICY more ON fresh FOR SELECT TO bangvang_app USING (true)"],
        "what is read",
    ),
    "an unchecked write": (
        [*SOUND, "CREATE POLICY more ON fresh FOR INSERT TO bangvang_app WITH CHECK (true)"],
        "what is written",
    ),
    "a filter on each row": (
        [
            *SOUND,
            PER_ROW,
        ],
        "once, not for each row",
    ),
    "a view of the owner": (["CREATE VIEW peek AS SELECT * FROM person"], "views ask"),
    "a copy for everybody": (
        [
            "CREATE MATERIALIZED VIEW copy AS SELECT * FROM person",
            "GRANT SELECT ON copy TO bangvang_app",
        ],
        "materialised views",
    ),
    "a function of the owner": (
        ["CREATE FUNCTION peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"],
        "listed with a reason",
    ),
    "a function for everybody": (
        ["GRANT EXECUTE ON FUNCTION agencies_of(uuid) TO PUBLIC"],
        "not for everybody",
    ),
    "a search path of the caller": (
        ["ALTER FUNCTION agencies_of(uuid) RESET search_path"],
        "finds its names",
    ),
    "a function that puts the workplace first": (
        [AT_WORK],
        "what the province chose",
    ),
    "a right to rewrite": (
        ["GRANT UPDATE (facts) ON audit_event TO bangvang_app"],
        "never rewritten",
    ),
    "a right to write states": (["GRANT UPDATE ON dossier TO bangvang_app"], "writes a state"),
    "names for counting": (["GRANT SELECT (name) ON person TO bangvang_rollup"], "counting"),
    "a table for everybody": (["GRANT SELECT ON person TO PUBLIC"], "granted to everybody"),
    "a policy taken down": (["DROP POLICY own ON person"], "bound by a policy"),
    "a wall taken down": (["ALTER TABLE person DISABLE ROW LEVEL SECURITY"], "security is on"),
}


@pytest.mark.parametrize(("statements", "check"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_noticed(connection, statements, check):
    for statement in statements:
        connection.execute(statement)
    assert any(check in fault for fault in faults(connection, PLATFORM))


def test_a_table_as_it_should_be_is_at_no_fault(connection):
    for statement in SOUND:
        connection.execute(statement)
    assert [fault for fault in faults(connection, PLATFORM) if "fresh" in fault] == []
