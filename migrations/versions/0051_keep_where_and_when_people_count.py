"""Keep with each dossier where and when it is counted, so that counting reads one index alone."""

import sqlalchemy as sa
from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0051"
down_revision = "0050"

# The row of figures that a dossier is counted in, as one number.
CELLS = {
    "dossier": "uuid_hash_extended(unit_id, hashtextextended(state,"
    " hashtextextended(coalesce(outcome, ''::text), group_number::bigint)))",
    "unit_result": "uuid_hash_extended(unit_id, hashtextextended(state,"
    " hashtextextended(outcome, group_number::bigint)))",
}
# When somebody was last registered, and last decided on or corrected.
MOMENTS = ("entered_at", "ruled_at")
FILL = """
    UPDATE dossier SET entered_at = past.entered_at, ruled_at = past.ruled_at
    FROM (
        SELECT province_id, tenant_id, dossier_id,
            max(at) FILTER (WHERE event = 'register') AS entered_at,
            max(at) FILTER (WHERE event IN ('decide', 'correct')) AS ruled_at
        FROM dossier_event WHERE event IN ('register', 'decide', 'correct')
        GROUP BY province_id, tenant_id, dossier_id
    ) AS past
    WHERE past.province_id = dossier.province_id AND past.tenant_id = dossier.tenant_id
    AND past.dossier_id = dossier.id
"""
# Written by the database with the state, so that counting need not read every event again.
APPLY = """
    CREATE OR REPLACE FUNCTION apply_dossier_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        standing dossier%ROWTYPE;
        hand text;
    BEGIN
        SELECT * INTO STRICT standing FROM dossier
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id
        FOR UPDATE;
        IF standing.state <> NEW.from_state THEN
            RAISE EXCEPTION 'the dossier is %, not %', standing.state, NEW.from_state
                USING ERRCODE = 'BV001';
        END IF;
        hand := conflict_with(standing, NEW.actor_identity_id, NEW.event);
        IF hand IS NOT NULL THEN
            RAISE EXCEPTION 'the % of a dossier may not % it', hand, NEW.event
                USING ERRCODE = code_of_conflict(hand);
        END IF;
        IF NEW.event = 'decide' THEN
            PERFORM require_level(standing, NEW.actor_identity_id, NEW.at);
        END IF;
        UPDATE dossier SET state = NEW.to_state,
            entered_at = CASE NEW.event
                WHEN 'register' THEN greatest(entered_at, NEW.at) ELSE entered_at END,
            decided_at = CASE NEW.event
                WHEN 'decide' THEN greatest(decided_at, NEW.at) ELSE decided_at END,
            ruled_at = CASE WHEN NEW.event IN ('decide', 'correct')
                THEN greatest(ruled_at, NEW.at) ELSE ruled_at END,
            published_at = CASE NEW.event
                WHEN 'publish' THEN greatest(published_at, NEW.at) ELSE published_at END
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id;
        RETURN NULL;
    END
    $$
"""

# Counts again what the days since a moment brought, of the agency in scope or of all below it too;
# of one year or of all that are not long over. Whoever is counted now stands at the day on which
# they last entered or were ruled on, so that a decision that was annulled brought nobody. What
# stands right is not written again. Whoever calls holds the lock of each agency's figures.
DAYS = """
    CREATE OR REPLACE FUNCTION recompute_days(of_year smallint, since timestamptz, is_alone boolean)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET random_page_cost = 1.1 SET plan_cache_mode = force_custom_plan AS $$
    #variable_conflict use_column
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        agencies uuid[] := ARRAY(
            SELECT descendant_id FROM tenant_closure
            WHERE province_id = province AND ancestor_id = agency AND (depth = 0 OR NOT is_alone)
        );
        first_day date := (since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
        first_year integer := extract(year FROM first_day) - 1;
        wrong daily_result[];
    BEGIN
        WITH brought AS (
            SELECT tenant_id, year, entered_on, recognised_on, count(*) AS people,
                count(*) FILTER (WHERE has_digital_skills) AS skilled,
                count(*) FILTER (WHERE is_digitally_fluent) AS fluent
            FROM (
                SELECT tenant_id, year, has_digital_skills, is_digitally_fluent,
                    CASE WHEN entered_at >= since
                        AND state NOT IN ('listed', 'withdrawn', 'transferred')
                    THEN (entered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END AS entered_on,
                    CASE WHEN ruled_at >= since
                        AND state IN ('decided', 'published', 'appealed') AND outcome = 'recognised'
                    THEN (ruled_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END AS recognised_on
                FROM dossier
                WHERE province_id = province AND (entered_at >= since OR ruled_at >= since)
                AND year >= first_year AND (of_year IS NULL OR year = of_year)
                AND tenant_id = ANY (agencies)
            ) AS somebody
            GROUP BY tenant_id, year, entered_on, recognised_on
        ), fresh AS (
            SELECT tenant_id, year, figure, counted_on, sum(counted)::integer AS people
            FROM brought CROSS JOIN LATERAL (VALUES
                ('registered', entered_on, people), ('recognised', recognised_on, people),
                ('with_digital_skills', recognised_on, skilled),
                ('digitally_fluent', recognised_on, fluent)
            ) AS one (figure, counted_on, counted)
            WHERE counted_on IS NOT NULL AND counted > 0
            GROUP BY tenant_id, year, figure, counted_on
        ), stood AS (
            SELECT * FROM daily_result
            WHERE province_id = province AND tenant_id = ANY (agencies) AND counted_on >= first_day
            AND (of_year IS NULL OR year = of_year)
        )
        SELECT array_agg(
            ROW(province, tenant_id, year, figure, counted_on, fresh.people)::daily_result
        ) INTO wrong
        FROM fresh FULL JOIN stood USING (tenant_id, year, figure, counted_on)
        WHERE fresh.people IS DISTINCT FROM stood.people;
        IF wrong IS NOT NULL THEN
            DELETE FROM daily_result AS stood USING unnest(wrong) AS one
            WHERE stood.province_id = province AND stood.tenant_id = one.tenant_id
            AND stood.year = one.year AND stood.figure = one.figure
            AND stood.counted_on = one.counted_on;
            INSERT INTO daily_result SELECT one.* FROM unnest(wrong) AS one
            WHERE one.people IS NOT NULL;
        END IF;
    END
    $$
"""
IDENTITY = {
    "columns": ["identity_id", "year"],
    # What is asked when all are counted, too, so that the dossiers themselves need not be read.
    "postgresql_include": [
        "province_id", "tenant_id", "id", "group_number", "state", "outcome", "is_outstanding",
        "has_digital_skills", "is_digitally_fluent", "entered_at", "decided_at", "ruled_at",
        "published_at", "cell",
    ],
}


def upgrade() -> None:
    for table, cell in CELLS.items():
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN cell bigint GENERATED ALWAYS AS ({cell}) STORED"
        )
    for column in MOMENTS:
        op.add_column("dossier", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_dossier_identity", "dossier")
    op.execute(APPLY)
    op.execute(FILL)
    op.create_index("ix_dossier_identity", "dossier", **IDENTITY)
    op.execute(DAYS)
    op.drop_index("ix_dossier_event_counted", "dossier_event")


def downgrade() -> None:
    revisions = ScriptDirectory.from_config(context.config)
    op.create_index(
        "ix_dossier_event_counted",
        "dossier_event",
        ["province_id", "tenant_id", "at"],
        postgresql_where=sa.text("event IN ('register', 'decide', 'correct')"),
    )
    days = revisions.get_revision("0037").module
    op.execute(days.RECOMPUTE.format(**days.NOW))
    before = revisions.get_revision("0024").module
    op.execute(before.APPLY)
    op.drop_index("ix_dossier_identity", "dossier")
    for column in MOMENTS:
        op.drop_column("dossier", column)
    for table in CELLS:
        op.drop_column(table, "cell")
    op.create_index("ix_dossier_identity", "dossier", **before.IDENTITY)
