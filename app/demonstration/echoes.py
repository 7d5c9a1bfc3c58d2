"""The statements that echo dossiers: each row again, with keys of its own.

What is echoed is gathered once, into tables of the session, so that an echo takes as long when
there are a million as when there are none.
"""

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


# What was registered, scored or decided by the office alone, has not left or been appealed, and
# did not go one level up, as a head's own does.
_IS_PATTERN = """
    dossier.is_on_behalf AND dossier.state <> 'transferred' AND NOT EXISTS (
        SELECT FROM dossier_event AS past WHERE past.province_id = dossier.province_id
        AND past.tenant_id = dossier.tenant_id AND past.dossier_id = dossier.id
        AND (past.actor_identity_id = dossier.identity_id
            OR past.event IN ('appeal', 'uphold', 'correct', 'transfer', 'untransfer'))
    ) AND NOT EXISTS (
        SELECT FROM proposal_item AS item JOIN proposal
        ON proposal.province_id = item.province_id AND proposal.tenant_id = item.tenant_id
        AND proposal.id = item.proposal_id
        WHERE item.dossier_id = dossier.id AND proposal.addressee = 'superior'
    )
"""
_MOST_PATTERNS = 200
_NAMES = """
    CREATE TEMPORARY TABLE called (
        province_id smallint, n integer, name text, sort_key text, match_key text,
        PRIMARY KEY (province_id, n)
    ) ON COMMIT DROP
"""
_PATTERNS = f"""
    CREATE TEMPORARY TABLE pattern ON COMMIT DROP AS
    SELECT *, count(*) OVER (PARTITION BY tenant_id) AS many FROM (
        SELECT province_id, tenant_id, id, person_id,
            row_number() OVER (PARTITION BY tenant_id ORDER BY year, id) - 1 AS n
        FROM dossier WHERE province_id = ANY (:provinces) AND {_IS_PATTERN}
    ) AS one WHERE n < {_MOST_PATTERNS}
"""  # noqa: S608 - words written here  # nosec B608
# Lists of their own, after those that there are.
_LISTS = f"""
    CREATE TEMPORARY TABLE list ON COMMIT DROP AS
    SELECT tenant_id, id AS of_list, {_fresh("id", "'/list/' || :seed")} AS list_id, (
            SELECT max(number) FROM proposal AS other
            WHERE other.province_id = proposal.province_id
            AND other.tenant_id = proposal.tenant_id AND other.year = proposal.year
        ) + row_number() OVER (PARTITION BY tenant_id, year ORDER BY number) AS number
    FROM proposal
    WHERE province_id = ANY (:provinces) AND id IN (
        SELECT proposal_id FROM proposal_item WHERE dossier_id IN (SELECT id FROM pattern)
    )
"""  # noqa: S608 - words written here  # nosec B608
# As an office numbers what comes between two papers: 12a after 12, and 12b for the next crowd.
_PAPERS = f"""
    CREATE TEMPORARY TABLE paper ON COMMIT DROP AS
    SELECT decision.tenant_id, id AS of_paper, {_fresh("id", "'/paper/' || :seed")} AS paper_id,
        of_list, list_id, regexp_replace(decision.number, '^[0-9]+[a-z]*', '\\&' || sign) AS number
    FROM decision JOIN list ON list.of_list = decision.proposal_id
    CROSS JOIN (
        SELECT chr(1 + coalesce(max(ascii(substring(number FROM '^[0-9]+[a-z]*([a-z])'))), 96))
            AS sign
        FROM decision WHERE province_id = ANY (:provinces)
    ) AS unused
"""  # noqa: S608 - words written here  # nosec B608
_ECHOES = """
    CREATE TEMPORARY TABLE echo (
        k integer, salt text, of_dossier uuid, dossier_id uuid, person_id uuid, identity_id uuid,
        name text, sort_key text, match_key text
    ) ON COMMIT DROP
"""


def _gathered(table: type[Base], joined: str) -> tuple[str, str, str]:
    """Return what keeps the rows of ``table`` that belong to a pattern, ``one`` in ``joined``."""
    name = table.__tablename__
    return (
        f"""
        CREATE TEMPORARY TABLE told_{name} ON COMMIT DROP AS
        SELECT pattern.id AS of_dossier, one.* FROM pattern JOIN {name} AS one
        ON one.province_id = pattern.province_id AND one.tenant_id = pattern.tenant_id AND {joined}
        """,  # noqa: S608 - words written here  # nosec B608
        f"CREATE INDEX ON told_{name} (tenant_id)",
        f"ANALYZE told_{name}",
    )


_OF_PATTERN = "one.dossier_id = pattern.id"
_WHEN_REGISTERED = """one.person_id = pattern.person_id AND one.given_at IN (
    SELECT at FROM told_dossier_event AS past
    WHERE past.of_dossier = pattern.id AND past.event = 'register')"""
PREPARE = (_NAMES, _ECHOES)
GATHER = (
    _PATTERNS,
    "ANALYZE pattern",
    _LISTS,
    _PAPERS,
    "ANALYZE list, paper",
    *_gathered(Person, "one.id = pattern.person_id"),
    *_gathered(Dossier, "one.id = pattern.id"),
    *_gathered(DossierEvent, _OF_PATTERN),
    *_gathered(TeamScore, _OF_PATTERN),
    *_gathered(ProposalItem, _OF_PATTERN),
    *_gathered(DecisionItem, _OF_PATTERN),
    *_gathered(Consent, _WHEN_REGISTERED),
)
AGENCIES = "SELECT DISTINCT province_id, tenant_id FROM pattern ORDER BY province_id, tenant_id"
FORGET = (
    "DROP TABLE pattern, list, paper, told_person, told_dossier, told_dossier_event,"
    " told_team_score, told_proposal_item, told_decision_item, told_consent, called, echo"
)


def _again(table: type[Base], source: str, **changed: str) -> str:
    """Return what writes rows of ``table`` again, called ``one`` in ``source``."""
    names = [column.name for column in table.__table__.columns if column.computed is None]
    values = [changed.get(name, f"one.{name}") for name in names]
    return (
        f"INSERT INTO {table.__tablename__} ({', '.join(names)})"  # noqa: S608 - words written here  # nosec B608
        f" SELECT {', '.join(values)} FROM {source}"
        " WHERE one.province_id = :province AND one.tenant_id = :tenant"
    )


def _echoed(table: type[Base], more: str = "", **changed: str) -> str:
    """Return what writes rows of ``table`` again for each echo."""
    told = f"echo JOIN told_{table.__tablename__} AS one ON one.of_dossier = echo.of_dossier"
    return _again(table, told + more, **changed)


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
_CALL = f"""
    INSERT INTO echo
    SELECT k, CAST(:seed AS text) || '/' || k, pattern.id,
        {_fresh("pattern.id", "'/dossier/' || :seed || '/' || k")},
        {_fresh("pattern.id", "'/person/' || :seed || '/' || k")},
        {_fresh("pattern.id", "'/identity/' || :seed || '/' || k")},
        called.name, called.sort_key, called.match_key
    FROM generate_series(0, CAST(:people AS integer) - 1) AS k
    JOIN pattern ON pattern.tenant_id = :tenant AND pattern.n = k % pattern.many
    JOIN called ON called.province_id = :province AND called.n
        = (CAST(k AS bigint) * 7919 + 1000 + hashtext(CAST(:tenant AS text)) % 1000) % :names
"""  # noqa: S608 - words written here  # nosec B608
_HAPPENED = _echoed(
    DossierEvent,
    " LEFT JOIN list ON list.tenant_id = one.tenant_id"
    " AND CAST(list.of_list AS text) = one.facts ->> 'proposal'"
    " LEFT JOIN paper ON paper.tenant_id = one.tenant_id"
    " AND CAST(paper.of_paper AS text) = one.facts ->> 'decision'",
    **_OF_DOSSIER,
    facts=_FACTS,
)
# From move to move, to where the dossier stands, and by nobody whom it is about.
HISTORIES = f"""
    WITH written AS (
        {_HAPPENED}
        RETURNING id, dossier_id, from_state, to_state, at, actor_identity_id
    )
    SELECT count(*) FROM (
        SELECT past.from_state, past.to_state, past.actor_identity_id, echo.identity_id,
            dossier.state,
            lag(past.to_state, 1, 'listed') OVER history AS before,
            lead(past.from_state) OVER history AS following
        FROM echo JOIN dossier ON dossier.province_id = :province
            AND dossier.tenant_id = :tenant AND dossier.id = echo.dossier_id
        LEFT JOIN written AS past ON past.dossier_id = echo.dossier_id
        WINDOW history AS (PARTITION BY echo.dossier_id ORDER BY past.at, past.id)
    ) AS one
    WHERE from_state <> before OR actor_identity_id = identity_id
    OR following IS NULL AND state <> coalesce(to_state, 'listed')
"""  # noqa: S608 - words written here  # nosec B608
PEOPLE = (
    "TRUNCATE echo",
    _CALL,
    "ANALYZE echo",
    "INSERT INTO identity (id, province_id) SELECT identity_id, :province FROM echo",
    _echoed(
        Person,
        id="echo.person_id",
        identity_id="echo.identity_id",
        name="echo.name",
        name_sort_key="echo.sort_key",
        name_match_key="echo.match_key",
        cccd_sealed="NULL",
        cccd_last_four="NULL",
    ),
    _echoed(Consent, id=_fresh("one.id", "echo.salt"), person_id="echo.person_id"),
    _echoed(
        Dossier,
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
    _echoed(
        ProposalItem,
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
        proposal_id="paper.list_id",
        number="paper.number",
        seal="''",
    ),
)
HANDS = (
    _echoed(TeamScore, **_OF_DOSSIER),
    _echoed(
        DecisionItem,
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
    FROM list JOIN proposal ON proposal.province_id = :province
        AND proposal.tenant_id = :tenant AND proposal.id = list.list_id
    JOIN proposal_item AS one ON one.province_id = proposal.province_id
        AND one.tenant_id = proposal.tenant_id AND one.proposal_id = proposal.id
    WHERE list.tenant_id = :tenant
    ORDER BY one.proposal_id, one.position
"""
_SEALED = "UPDATE {table} SET seal = :seal WHERE province_id = :province AND tenant_id = :tenant"
SEAL = (
    f"{_SEALED.format(table='proposal')} AND id = :paper",
    f"{_SEALED.format(table='decision')} AND proposal_id = :paper",
)
LINK = ("SET CONSTRAINTS link_acts IMMEDIATE", "SET CONSTRAINTS link_acts DEFERRED")
