"""A word of its own in every text of every agency, and who may see it besides.

Names of agencies are no secret: the portal lists them. There are no mails to search; the outbox
holds ids, and Redis only wake-up calls.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import ARRAY, Column, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from app.persistence.columns import Word
from app.persistence.database import Base
from app.persistence.ownership import (
    AskedFromAbove,
    ExpectedBelow,
    OfferedToTenant,
    SharedInLine,
    SharedUpwards,
    TenantRow,
)


NOT_WORDS: Mapping[str, str] = {
    "adhoc_line.figures": "names figures",
    "adhoc_request.figures": "names figures",
    "criteria_draft.based_on": "names a published set of criteria",
    "criteria_draft.editors": "is a list of accounts",
    "criteria_draft.published_as": "names a published set of criteria",
    "decision.seal": "is a digest",
    "dossier.criteria_set": "names a published set of criteria",
    "export.locale": "is a language",
    "outbox.last_error": "is the name of a class",
    "official_result.outcome": "is one of two words",
    "overlap.outcome": "is one of two words",
    "overlap_result.outcome": "is one of two words",
    "person.cccd_last_four": "is four digits",
    "proposal.seal": "is a digest",
    "proposal_item.criteria_set": "names a published set of criteria",
    "report_event.from_state": "is one of eight words",
    "report_event.to_state": "is one of eight words",
    "report_member.outcome": "is one of two words",
    "report_snapshot.hash": "is a digest",
    "report_snapshot.paper_hash": "is a digest",
    "report_snapshot.workbook_hash": "is a digest",
    "roster_import.mapping": "is places of columns",
    "setting.value": "has the form that each setting wants",
    "unit.kind": "is one of five words",
    "unit_result.outcome": "is one of two words",
}
"""Text columns that hold nobody's words, each with what they hold."""

_SIGNS = (
    (SharedUpwards, "Vuz"),
    (SharedInLine, "Suz"),
    (OfferedToTenant, "Tuz"),
    (AskedFromAbove, "Kuz"),
    (ExpectedBelow, "Euz"),
)

_PLANT = """
    UPDATE {table} SET {name} = PLANTED
    WHERE tenant_id = %(tenant)s AND coalesce({name}::text, '') !~* %(word)s
"""
_NAME_ACCOUNTS = """
    UPDATE account SET name = name || ' ' || %(word)s, login = login || '.' || lower(%(word)s)
    WHERE id IN (SELECT account_id FROM membership WHERE tenant_id = %(tenant)s)
    AND login !~* %(word)s
"""

_ASKED = """
    SELECT asker_id, tenant_id FROM inspection
    UNION SELECT asker_id, tenant_id FROM adhoc_line
"""
_ACTED = """
    SELECT DISTINCT event.tenant_id, membership.tenant_id FROM audit_event AS event
    JOIN membership ON membership.account_id = event.actor_account_id
"""


def text_columns() -> Iterator[tuple[type[TenantRow], Table, Column[object]]]:
    """Yield every column of an agency's table in which somebody's words stand."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, TenantRow):
            table = mapper.class_.__table__
            for column in table.columns:
                if is_text(column) and f"{table.name}.{column.name}" not in NOT_WORDS:
                    yield mapper.class_, table, column


def is_text(column: Column[object]) -> bool:
    """Tell whether words of any kind may stand in a column: not those of an enumeration."""
    kind = column.type
    if isinstance(kind, Word):
        return False
    is_list = isinstance(kind, ARRAY) and isinstance(kind.item_type, String)
    return is_list or isinstance(kind, String | JSONB)


def sign_of(model: type[TenantRow], tag: str) -> str:
    """Return the canary of an agency in a table: another first letter where others may read it."""
    return next((sign for kind, sign in _SIGNS if issubclass(model, kind)), tag[:3]) + tag[3:]


def plant(dsn: str, tenants: Mapping[str, UUID]) -> list[str]:
    """Put each agency's word into every text; return the columns that are left without.

    Connects as the superuser, past triggers: some of these tables take no changes at all.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute("SET session_replication_role = replica")
        for tag, tenant in tenants.items():
            for model, table, column in text_columns():
                facts = {"word": sign_of(model, tag), "tenant": tenant}
                connection.execute(_statement(table, column), facts)
            connection.execute(_NAME_ACCOUNTS, {"word": f"X{tag[1:]}", "tenant": tenant})
        return [
            f"{table.name}.{column.name}"
            for _, table, column in text_columns()
            if not _holds_a_word(connection, table, column)
        ]


def _holds_a_word(
    connection: psycopg.Connection[tuple[object, ...]], table: Table, column: Column[object]
) -> bool:
    asked = sql.SQL("SELECT count(*) FROM {} WHERE {}::text ~* 'uz([a-f])\\1'")
    named = asked.format(sql.Identifier(table.name), sql.Identifier(column.name))
    return connection.execute(named).fetchone() != (0,)


def _statement(table: Table, column: Column[object]) -> sql.Composed:
    planted = "coalesce({name}, '') || ' ' || %(word)s"
    if isinstance(column.type, ARRAY):
        planted = (
            "coalesce((SELECT array_agg(one || ' ' || %(word)s) FROM unnest({name}) AS one),"
            " '{{}}')"
        )
    elif isinstance(column.type, JSONB):
        planted = (
            "CASE jsonb_typeof({name}) WHEN 'object'"
            " THEN {name} || jsonb_build_object('3', %(word)s::text)"
            " ELSE CASE jsonb_typeof({name} -> 0) WHEN 'string'"
            " THEN {name} || to_jsonb(%(word)s::text) ELSE {name} END END"
        )
    return sql.SQL(_PLANT.replace("PLANTED", planted)).format(
        table=sql.Identifier(table.name), name=sql.Identifier(column.name)
    )


def shown_to_others(dsn: str, letters: Mapping[UUID, str]) -> set[tuple[str, str, str]]:
    """Return whose words an agency may see, as (its letter, first letters, the other's letter).

    The agencies above see units, counts, reports and settings; those below see settings, and what
    an agency above expects of them. Whoever is offered a dossier sees the offer, and whoever asked
    for a look into a file, or for numbers, its own request. An agency sees the names of the
    accounts that acted on its own record: of who asked it.
    """
    with psycopg.connect(dsn) as connection:
        line = connection.execute(
            "SELECT ancestor_id, descendant_id FROM tenant_closure"
        ).fetchall()
        offers = connection.execute("SELECT receiver_id, tenant_id FROM transfer").fetchall()
        asked = connection.execute(_ASKED).fetchall()
        expected = connection.execute("SELECT agency_id, tenant_id FROM expected_report").fetchall()
        acted = connection.execute(_ACTED).fetchall()
    below = [(lower, upper) for upper, lower in line]
    pairs = {
        "vuz": line,
        "suz": line + below,
        "tuz": offers,
        "kuz": asked,
        "euz": line + expected,
        "xuz": acted,
    }
    return {
        (letters[reader], sign, letters[owner])
        for sign, rows in pairs.items()
        for reader, owner in rows
        if reader in letters and owner in letters
    }
