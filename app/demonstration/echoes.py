"""The statements that echo dossiers of one agency: each row again, with keys of its own."""

from collections.abc import Mapping

from app.persistence.database import Base
from app.persistence.models import (
    Consent,
    Decision,
    DecisionItem,
    Dossier,
    DossierEvent,
    Person,
    Proposal,
    ProposalItem,
    TeamScore,
)


def _fresh(column: str, salt: str) -> str:
    """Return a key that follows from another: of the same moment, and told apart by ``salt``."""
    word = f"CAST({column} AS text)"
    return f"CAST(overlay({word} PLACING substr(md5({word} || {salt}), 1, 12) FROM 25) AS uuid)"


def _again(table: type[Base], source: str, **changed: str) -> str:
    """Return what writes rows of ``table`` again, called ``one`` in ``source``."""
    names = [column.name for column in table.__table__.columns]
    values = [changed.get(name, f"one.{name}") for name in names]
    return (
        f"INSERT INTO {table.__tablename__} ({', '.join(names)})"  # noqa: S608 - words written here  # nosec B608
        f" SELECT {', '.join(values)} FROM {source}"
        " WHERE one.province_id = :province AND one.tenant_id = :tenant"
    )


# What was registered, scored or decided by the office alone, and has not left or been appealed.
_IS_PATTERN = """
    dossier.is_on_behalf AND dossier.state <> 'transferred' AND NOT EXISTS (
        SELECT FROM dossier_event AS past WHERE past.province_id = dossier.province_id
        AND past.tenant_id = dossier.tenant_id AND past.dossier_id = dossier.id
        AND (past.actor_identity_id = dossier.identity_id
            OR past.event IN ('appeal', 'uphold', 'correct', 'transfer', 'untransfer'))
    )
"""
WITH_PATTERNS = f"""
    SELECT DISTINCT tenant_id FROM dossier WHERE province_id = :province AND {_IS_PATTERN}
    ORDER BY tenant_id
"""  # noqa: S608 - words written here  # nosec B608
CALLED = """
    CREATE TEMPORARY TABLE called (
        n integer PRIMARY KEY, name text, sort_key text, match_key text
    ) ON COMMIT DROP
"""

ECHOES = (
    f"""
    CREATE TEMPORARY TABLE pattern ON COMMIT DROP AS
    SELECT id, person_id, row_number() OVER (ORDER BY year, id) - 1 AS n FROM dossier
    WHERE province_id = :province AND tenant_id = :tenant AND {_IS_PATTERN}
    """,  # noqa: S608 - words written here  # nosec B608
    f"""
    CREATE TEMPORARY TABLE echo ON COMMIT DROP AS
    SELECT k, CAST(:seed AS text) || '/' || k AS salt, pattern.id AS of_dossier,
        pattern.person_id AS of_person,
        {_fresh("pattern.id", "'/dossier/' || :seed || '/' || k")} AS dossier_id,
        {_fresh("pattern.id", "'/person/' || :seed || '/' || k")} AS person_id,
        {_fresh("pattern.id", "'/identity/' || :seed || '/' || k")} AS identity_id,
        called.name, called.sort_key, called.match_key
    FROM generate_series(0, CAST(:people AS integer) - 1) AS k
    JOIN pattern ON pattern.n = k % (SELECT count(*) FROM pattern)
    JOIN called ON called.n
        = (CAST(k AS bigint) * 7919 + 1000 + hashtext(CAST(:tenant AS text)) % 1000) % :names
    """,  # noqa: S608 - words written here  # nosec B608
    f"""
    CREATE TEMPORARY TABLE list ON COMMIT DROP AS
    SELECT id AS of_list, {_fresh("id", "'/list/' || :seed")} AS list_id, (
            SELECT max(number) FROM proposal AS other WHERE other.province_id = :province
            AND other.tenant_id = :tenant AND other.year = proposal.year
        ) + row_number() OVER (PARTITION BY year ORDER BY number) AS number
    FROM proposal
    WHERE province_id = :province AND tenant_id = :tenant AND id IN (
        SELECT proposal_id FROM proposal_item WHERE province_id = :province
        AND tenant_id = :tenant AND dossier_id IN (SELECT id FROM pattern)
    )
    """,  # noqa: S608 - words written here  # nosec B608
    # As an office numbers what comes between two papers: 12a after 12.
    f"""
    CREATE TEMPORARY TABLE paper ON COMMIT DROP AS
    SELECT id AS of_paper, {_fresh("id", "'/paper/' || :seed")} AS paper_id,
        list_id AS of_list, regexp_replace(decision.number, '^[0-9]+[a-z]*', '\\&a') AS number
    FROM decision JOIN list ON list.of_list = decision.proposal_id
    WHERE province_id = :province AND tenant_id = :tenant
    """,  # noqa: S608 - words written here  # nosec B608
    "ANALYZE pattern, echo, list, paper",
)
_POSITION = (
    "row_number() OVER (PARTITION BY {paper} ORDER BY echo.sort_key, CAST(echo.dossier_id AS text))"
)
_FACTS = """one.facts || CASE one.event
    WHEN 'propose' THEN jsonb_build_object(
        'proposal', list.list_id, 'number', list.number)
    WHEN 'decide' THEN jsonb_build_object(
        'decision', paper.paper_id, 'number', paper.number, 'is_outstanding', false)
    WHEN 'publish' THEN jsonb_build_object('decision', paper.paper_id)
    ELSE '{}' END
"""
_OF_DOSSIER: Mapping[str, str] = {
    "id": _fresh("one.id", "echo.salt"),
    "dossier_id": "echo.dossier_id",
}
ROWS = (
    "INSERT INTO identity (id, province_id) SELECT identity_id, :province FROM echo",
    _again(
        Person,
        "echo JOIN person AS one ON one.id = echo.of_person",
        id="echo.person_id",
        identity_id="echo.identity_id",
        name="echo.name",
        name_sort_key="echo.sort_key",
        name_match_key="echo.match_key",
        cccd_sealed="NULL",
        cccd_last_four="NULL",
    ),
    _again(
        Consent,
        "echo JOIN consent AS one ON one.person_id = echo.of_person AND one.given_at IN ("
        " SELECT at FROM dossier_event AS past WHERE past.province_id = :province"
        " AND past.tenant_id = :tenant AND past.dossier_id = echo.of_dossier"
        " AND past.event = 'register')",
        id=_fresh("one.id", "echo.salt"),
        person_id="echo.person_id",
    ),
    _again(
        Dossier,
        "echo JOIN dossier AS one ON one.id = echo.of_dossier",
        id="echo.dossier_id",
        person_id="echo.person_id",
        identity_id="echo.identity_id",
        is_outstanding="false",
    ),
    _again(
        Proposal,
        "list JOIN proposal AS one ON one.id = list.of_list",
        id="list.list_id",
        number="list.number",
        seal="''",
    ),
    _again(
        ProposalItem,
        "echo JOIN proposal_item AS one ON one.dossier_id = echo.of_dossier"
        " JOIN list ON list.of_list = one.proposal_id",
        **_OF_DOSSIER,
        proposal_id="list.list_id",
        name="echo.name",
        position=_POSITION.format(paper="list.list_id"),
    ),
    _again(
        Decision,
        "paper JOIN decision AS one ON one.id = paper.of_paper",
        id="paper.paper_id",
        proposal_id="paper.of_list",
        number="paper.number",
        seal="''",
    ),
    _again(
        DossierEvent,
        "echo JOIN dossier_event AS one ON one.dossier_id = echo.of_dossier"
        " LEFT JOIN list ON CAST(list.of_list AS text) = one.facts ->> 'proposal'"
        " LEFT JOIN paper ON CAST(paper.of_paper AS text) = one.facts ->> 'decision'",
        **_OF_DOSSIER,
        facts=_FACTS,
    ),
    _again(
        TeamScore,
        "echo JOIN team_score AS one ON one.dossier_id = echo.of_dossier",
        **_OF_DOSSIER,
    ),
    _again(
        DecisionItem,
        "echo JOIN decision_item AS one ON one.dossier_id = echo.of_dossier"
        " JOIN paper ON paper.of_paper = one.decision_id",
        **_OF_DOSSIER,
        decision_id="paper.paper_id",
        position=_POSITION.format(paper="paper.paper_id"),
        is_outstanding="false",
        streak="least(one.streak, 1)",
    ),
)

LINES = """
    SELECT one.proposal_id, proposal.year, proposal.number, one.position, one.dossier_id,
        one.name, one.agreed_scores, one.criteria_set, one.verdict
    FROM list JOIN proposal ON proposal.id = list.list_id
    JOIN proposal_item AS one ON one.province_id = proposal.province_id
        AND one.tenant_id = proposal.tenant_id AND one.proposal_id = proposal.id
    WHERE proposal.tenant_id = :tenant
    ORDER BY one.proposal_id, one.position
"""
SEAL = (
    "UPDATE proposal SET seal = :seal WHERE id = :paper AND tenant_id = :tenant",
    "UPDATE decision SET seal = :seal WHERE proposal_id = :paper AND tenant_id = :tenant",
)
# From move to move, to where the dossier stands, and by nobody whom it is about.
ASTRAY = """
    SELECT count(*) FROM (
        SELECT past.from_state, past.to_state, past.actor_identity_id, echo.identity_id,
            dossier.state, dossier.id AS dossier_id,
            lag(past.to_state, 1, 'listed') OVER history AS before,
            lead(past.from_state) OVER history AS following
        FROM echo JOIN dossier ON dossier.id = echo.dossier_id
            AND dossier.province_id = :province AND dossier.tenant_id = :tenant
        LEFT JOIN dossier_event AS past ON past.province_id = :province
            AND past.tenant_id = :tenant AND past.dossier_id = echo.dossier_id
        WINDOW history AS (PARTITION BY dossier.id ORDER BY past.at, past.id)
    ) AS one
    WHERE from_state <> before OR actor_identity_id = identity_id
    OR following IS NULL AND state <> coalesce(to_state, 'listed')
"""
LINK = ("SET CONSTRAINTS link_acts IMMEDIATE", "SET CONSTRAINTS link_acts DEFERRED")
TIDY = ("DROP TABLE pattern, echo, list, paper",)
