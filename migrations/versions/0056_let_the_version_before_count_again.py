"""Let the version before count again where an acceptance is undone, and keep makers off reviews."""

from collections.abc import Sequence

from alembic import op


revision = "0056"
down_revision = "0055"

ROLE = "bangvang_app"
BEFORE = "version_accepted_before(smallint, uuid, smallint, smallint)"
# The version that counted above until another was accepted: the last one whose acceptance was not
# undone. Of an agency that whoever asks may read.
ACCEPTED_BEFORE = """
    CREATE FUNCTION version_accepted_before(
        province smallint, agency uuid, of_year smallint, of_version smallint
    ) RETURNS smallint
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
        SELECT max(version) FROM (
            SELECT version FROM report_event
            WHERE province_id = province AND tenant_id = agency AND year = of_year
            AND version < of_version
            GROUP BY version
            HAVING count(*) FILTER (WHERE event = 'accept')
                > count(*) FILTER (WHERE event = 'reopen')
        ) AS standing
    $$
"""
# What the function that moves reports says until here, and from here on.
WORDS = (
    (
        "WHEN 'reopen' THEN NULL ELSE",
        "WHEN 'reopen' THEN version_accepted_before("
        "NEW.province_id, NEW.tenant_id, NEW.year, before.version) ELSE",
    ),
    (
        """            AND reviewer.id = NEW.actor_account_id
        ) THEN
            RAISE EXCEPTION 'who signed a report does not review it' USING ERRCODE = 'BV011';
        END IF;
""",
        """            AND reviewer.id = NEW.actor_account_id
        ) THEN
            RAISE EXCEPTION 'who signed a report does not review it' USING ERRCODE = 'BV011';
        END IF;
        IF NEW.event IN ('review', 'accept', 'return') AND EXISTS (
            SELECT FROM report_event AS made
            JOIN account AS maker ON maker.id = made.actor_account_id
            JOIN account AS reviewer ON reviewer.identity_id = maker.identity_id
            WHERE made.province_id = NEW.province_id AND made.tenant_id = NEW.tenant_id
            AND made.year = NEW.year AND made.event IN ('compile', 'correct')
            AND reviewer.id = NEW.actor_account_id
        ) THEN
            RAISE EXCEPTION 'who drew a report up does not review it' USING ERRCODE = 'BV011';
        END IF;
""",
    ),
    (
        "AND year = NEW.year AND state IN ('under_review', 'closed') FOR SHARE;",
        "AND year = NEW.year AND (state IN ('under_review', 'closed')"
        " OR NEW.event = 'reopen' AND state = 'accepted') FOR SHARE;",
    ),
)


def rewrite(words: Sequence[tuple[str, str]]) -> None:
    bind = op.get_bind()
    says = bind.exec_driver_sql(
        "SELECT pg_get_functiondef('apply_report_event()'::regprocedure)"
    ).scalar_one()
    for before, after in words:
        if before not in says:
            raise LookupError(before)
        says = says.replace(before, after)
    bind.exec_driver_sql(says.replace("%", "%%"), ())


def upgrade() -> None:
    op.execute(ACCEPTED_BEFORE)
    op.execute(f"REVOKE ALL ON FUNCTION {BEFORE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {BEFORE} TO {ROLE}")
    rewrite(WORDS)


def downgrade() -> None:
    rewrite([(after, before) for before, after in reversed(WORDS)])
    op.execute(f"DROP FUNCTION {BEFORE}")
