"""Score without calling functions: PostgreSQL puts bodies without a query in place of the call.

Every change of a dossier holds it to these; with a query inside they took half of the time.
"""

from alembic import op


revision = "0008"
down_revision = "0007"

PLACES = range(1, 11)
TOTAL = " + ".join(f"coalesce(scores[{place}]::integer, 0)" for place in PLACES)
LOWEST = ", ".join(f"scores[{place}]" for place in PLACES)

FUNCTIONS = (
    """
    CREATE FUNCTION scores_on_steps(scores smallint[], lowest smallint, step smallint)
    RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(bool_and(score IS NULL OR (score - lowest) % step = 0), true)
        FROM unnest(scores) AS score
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION scores_on_scale(
        scores smallint[], lowest smallint, highest smallint, step smallint
    ) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT scores IS NULL OR (
            cardinality(scores) = 10
            AND coalesce(lowest <= ALL (scores), true)
            AND coalesce(highest >= ALL (scores), true)
            AND (step = 1 OR scores_on_steps(scores, lowest, step))
        )
    $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION scores_total(scores smallint[])
    RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT {TOTAL} $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION scores_lowest(scores smallint[])
    RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT least({LOWEST})::integer
    $$
    """,
)
FORMER = (
    """
    CREATE OR REPLACE FUNCTION scores_on_scale(
        scores smallint[], lowest smallint, highest smallint, step smallint
    ) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT scores IS NULL OR (
            cardinality(scores) = 10
            AND (
                SELECT coalesce(bool_and(
                    score IS NULL
                    OR (score BETWEEN lowest AND highest AND (score - lowest) % step = 0)
                ), true)
                FROM unnest(scores) AS score
            )
        )
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION scores_total(scores smallint[])
    RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT sum(score)::integer FROM unnest(scores) AS score
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION scores_lowest(scores smallint[])
    RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT min(score)::integer FROM unnest(scores) AS score
    $$
    """,
    "DROP FUNCTION scores_on_steps(smallint[], smallint, smallint)",
)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)


def downgrade() -> None:
    for function in FORMER:
        op.execute(function)
