"""Teach the database to score: what constraints ask of ten numbers."""

from alembic import op


revision = "0001"
down_revision = None

FUNCTIONS = (
    """
    CREATE FUNCTION scores_on_scale(
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
    CREATE FUNCTION scores_total(scores smallint[])
    RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT sum(score)::integer FROM unnest(scores) AS score
    $$
    """,
    """
    CREATE FUNCTION scores_lowest(scores smallint[])
    RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT min(score)::integer FROM unnest(scores) AS score
    $$
    """,
)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)


def downgrade() -> None:
    op.execute("DROP FUNCTION scores_lowest(smallint[])")
    op.execute("DROP FUNCTION scores_total(smallint[])")
    op.execute("DROP FUNCTION scores_on_scale(smallint[], smallint, smallint, smallint)")
