"""Submit reports upwards: frozen, versioned, signed; moved by events alone, each by its own side."""

from alembic import op


revision = "0031"
down_revision = "0030"

ROLE, ROLLUP = "bangvang_app", "bangvang_rollup"

PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
BELOW = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)
EXPECTED = f"province_id = {PROVINCE} AND agency_id = {TENANT}"
# What an agency does with its own report; the agency above acts through review_report().
OWN_EVENTS = "event IN ('compile', 'submit', 'recall', 'correct')"

TABLES = (
    """
    CREATE TABLE report (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        year smallint NOT NULL,
        state text NOT NULL DEFAULT 'open',
        revision integer NOT NULL DEFAULT 0,
        version smallint NOT NULL DEFAULT 0,
        accepted_version smallint,
        received_version smallint,
        received_at timestamptz,
        changed_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_report PRIMARY KEY (province_id, tenant_id, year),
        CONSTRAINT fk_report_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT ck_report_state CHECK (state IN (
            'open', 'compiled', 'submitted', 'under_review', 'accepted', 'returned', 'waived',
            'closed')),
        CONSTRAINT ck_report_accepted CHECK (
            accepted_version <= version
            AND (state NOT IN ('accepted', 'closed') OR accepted_version = version))
    )
    """,
    """
    CREATE TABLE report_snapshot (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        year smallint NOT NULL,
        version smallint NOT NULL,
        content text NOT NULL,
        hash text NOT NULL,
        paper bytea NOT NULL,
        paper_hash text NOT NULL,
        fence bigint NOT NULL,
        reason text NOT NULL DEFAULT '',
        signed_by uuid NOT NULL,
        signer_name text NOT NULL,
        signer_title text NOT NULL,
        signed_at timestamptz NOT NULL,
        CONSTRAINT pk_report_snapshot PRIMARY KEY (province_id, tenant_id, year, version),
        CONSTRAINT fk_report_snapshot_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_report_snapshot_province_id_tenant_id_year_report
            FOREIGN KEY (province_id, tenant_id, year)
            REFERENCES report (province_id, tenant_id, year),
        CONSTRAINT fk_report_snapshot_signed_by_account
            FOREIGN KEY (signed_by) REFERENCES account (id),
        CONSTRAINT ck_report_snapshot_hash
            CHECK (hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
        CONSTRAINT ck_report_snapshot_paper_hash
            CHECK (paper_hash = encode(sha256(paper), 'hex')),
        CONSTRAINT ck_report_snapshot_signer
            CHECK (trim(signer_name) <> '' AND trim(signer_title) <> ''),
        CONSTRAINT ck_report_snapshot_version CHECK (version > 0)
    )
    """,
    """
    CREATE TABLE report_event (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        year smallint NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        event text NOT NULL,
        from_state text NOT NULL DEFAULT '',
        to_state text NOT NULL DEFAULT '',
        version smallint NOT NULL DEFAULT 0,
        actor_account_id uuid NOT NULL,
        actor_name text NOT NULL,
        reason text NOT NULL DEFAULT '',
        items jsonb NOT NULL DEFAULT '[]',
        CONSTRAINT pk_report_event PRIMARY KEY (province_id, tenant_id, id),
        CONSTRAINT fk_report_event_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_report_event_province_id_tenant_id_year_report
            FOREIGN KEY (province_id, tenant_id, year)
            REFERENCES report (province_id, tenant_id, year),
        CONSTRAINT fk_report_event_actor_account_id_account
            FOREIGN KEY (actor_account_id) REFERENCES account (id),
        CONSTRAINT ck_report_event_reason CHECK (
            event NOT IN ('recall', 'return', 'reopen', 'correct', 'waive', 'unwaive')
            OR trim(reason) <> ''),
        CONSTRAINT ck_report_event_items CHECK (event <> 'return' OR jsonb_array_length(items) > 0)
    )
    """,
    "CREATE INDEX ix_report_event_year ON report_event (province_id, tenant_id, year, at)",
    """
    CREATE TABLE expected_report (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        year smallint NOT NULL,
        agency_id uuid NOT NULL,
        due_at timestamptz NOT NULL,
        closes_at timestamptz NOT NULL,
        source text NOT NULL DEFAULT '',
        frozen_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_expected_report PRIMARY KEY (province_id, tenant_id, year, agency_id),
        CONSTRAINT fk_expected_report_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_expected_report_province_id_agency_id_tenant
            FOREIGN KEY (province_id, agency_id) REFERENCES tenant (province_id, id),
        CONSTRAINT ck_expected_report_dates CHECK (due_at <= closes_at)
    )
    """,
    "CREATE INDEX ix_expected_report_agency ON expected_report (province_id, agency_id, year)",
    """
    CREATE TABLE report_extension (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        year smallint NOT NULL,
        agency_id uuid NOT NULL,
        requester text NOT NULL,
        reason text NOT NULL,
        approved_by uuid NOT NULL,
        approver_name text NOT NULL,
        ends_at timestamptz NOT NULL,
        approved_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_report_extension PRIMARY KEY (province_id, tenant_id, id),
        CONSTRAINT fk_report_extension_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_report_extension_expected_report
            FOREIGN KEY (province_id, tenant_id, year, agency_id)
            REFERENCES expected_report (province_id, tenant_id, year, agency_id),
        CONSTRAINT fk_report_extension_approved_by_account
            FOREIGN KEY (approved_by) REFERENCES account (id),
        CONSTRAINT ck_report_extension_words
            CHECK (trim(requester) <> '' AND trim(reason) <> '')
    )
    """,
    "CREATE INDEX ix_report_extension_agency ON report_extension (province_id, agency_id, year)",
    # Who stood behind a version's figures: read by no program, so that people of two versions are
    # counted once without anybody learning who they are.
    """
    CREATE TABLE report_member (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        year smallint NOT NULL,
        version smallint NOT NULL,
        dossier_id uuid NOT NULL,
        identity_id uuid NOT NULL,
        is_residence boolean NOT NULL,
        group_number smallint NOT NULL,
        state text NOT NULL,
        outcome text NOT NULL,
        is_outstanding boolean NOT NULL,
        has_digital_skills boolean NOT NULL,
        is_digitally_fluent boolean NOT NULL,
        CONSTRAINT pk_report_member
            PRIMARY KEY (province_id, tenant_id, year, version, dossier_id),
        CONSTRAINT fk_report_member_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id)
    )
    """,
    """
    CREATE TABLE official_result (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        year smallint NOT NULL,
        agency_id uuid NOT NULL,
        kept_at uuid NOT NULL,
        is_overlap boolean NOT NULL,
        group_number smallint NOT NULL,
        state text NOT NULL,
        outcome text NOT NULL,
        people integer NOT NULL,
        outstanding integer NOT NULL,
        with_digital_skills integer NOT NULL,
        digitally_fluent integer NOT NULL,
        counted_at timestamptz NOT NULL,
        CONSTRAINT pk_official_result PRIMARY KEY (
            province_id, tenant_id, year, agency_id, kept_at, is_overlap, group_number, state,
            outcome),
        CONSTRAINT fk_official_result_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_official_result_province_id_agency_id_tenant
            FOREIGN KEY (province_id, agency_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_official_result_province_id_kept_at_tenant
            FOREIGN KEY (province_id, kept_at) REFERENCES tenant (province_id, id)
    )
    """,
)

FUNCTIONS = (
    # Everybody of an agency and of the versions accepted by it, the same human being once with
    # place 1: who took part before who is only listed, workplace before residence, then the
    # further. Called by the functions below alone.
    """
    CREATE FUNCTION report_standings(
        province smallint, agency uuid, of_year smallint, is_decided_only boolean
    ) RETURNS TABLE (
        source uuid, dossier_id uuid, identity_id uuid, is_residence boolean,
        group_number smallint, state text, outcome text, is_outstanding boolean,
        has_digital_skills boolean, is_digitally_fluent boolean, place bigint, kept_at uuid
    )
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
        WITH everybody AS (
            SELECT dossier.tenant_id AS source, dossier.id AS dossier_id, dossier.identity_id,
                tenant.kind = 'commune' AS is_residence, dossier.group_number, dossier.state,
                coalesce(dossier.outcome, '') AS outcome, dossier.is_outstanding,
                dossier.has_digital_skills, dossier.is_digitally_fluent
            FROM dossier JOIN tenant ON tenant.province_id = dossier.province_id
                AND tenant.id = dossier.tenant_id
            WHERE dossier.province_id = province AND dossier.tenant_id = agency
            AND dossier.year = of_year AND dossier.state NOT IN ('withdrawn', 'transferred')
            AND (NOT is_decided_only OR dossier.state IN ('decided', 'published', 'appealed'))
            UNION ALL
            SELECT member.tenant_id, member.dossier_id, member.identity_id, member.is_residence,
                member.group_number, member.state, member.outcome, member.is_outstanding,
                member.has_digital_skills, member.is_digitally_fluent
            FROM tenant AS child
            JOIN report ON report.province_id = child.province_id
                AND report.tenant_id = child.id AND report.year = of_year
            JOIN report_member AS member ON member.province_id = report.province_id
                AND member.tenant_id = report.tenant_id AND member.year = of_year
                AND member.version = report.accepted_version
            WHERE child.province_id = province AND child.parent_id = agency
        )
        SELECT source, dossier_id, identity_id, is_residence, group_number, state, outcome,
            is_outstanding, has_digital_skills, is_digitally_fluent,
            row_number() OVER precedence, first_value(source) OVER precedence
        FROM everybody
        WINDOW precedence AS (
            PARTITION BY identity_id ORDER BY state = 'listed', is_residence, array_position(ARRAY[
                'appealed', 'published', 'decided', 'proposed', 'appraised', 'in_appraisal',
                'returned', 'confirmed', 'submitted', 'registered', 'listed'
            ], state), dossier_id
        )
    $$
    """,
    # Keeps who stands behind the figures that are about to be frozen. Answers whether the
    # rolled-up figures are of the same moment; they stay so until the transaction ends, since
    # whoever recomputes them waits for the same lock.
    """
    CREATE FUNCTION keep_report_members(of_year smallint, of_version smallint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        is_same boolean;
    BEGIN
        PERFORM pg_advisory_xact_lock(7, hashtext(agency || ':' || of_year));
        IF NOT EXISTS (
            SELECT FROM report WHERE province_id = province AND tenant_id = agency
            AND year = of_year AND state = 'compiled' AND version = of_version - 1
        ) THEN
            RETURN false;
        END IF;
        WITH standing AS MATERIALIZED (
            SELECT * FROM report_standings(province, agency, of_year, false)
        ), kept AS (
            INSERT INTO report_member
            SELECT province, agency, of_year, of_version, dossier_id, identity_id, is_residence,
                group_number, state, outcome, is_outstanding, has_digital_skills,
                is_digitally_fluent
            FROM standing WHERE place = 1
        ), counted AS (
            SELECT group_number, state, outcome, count(*) AS people,
                count(*) FILTER (WHERE is_outstanding) AS outstanding,
                count(*) FILTER (WHERE has_digital_skills) AS skilled,
                count(*) FILTER (WHERE is_digitally_fluent) AS fluent
            FROM standing WHERE source = agency GROUP BY group_number, state, outcome
        ), rolled_up AS (
            SELECT group_number, state, outcome, sum(people) AS people,
                sum(outstanding) AS outstanding, sum(with_digital_skills) AS skilled,
                sum(digitally_fluent) AS fluent
            FROM unit_result WHERE province_id = province AND tenant_id = agency
            AND year = of_year AND state NOT IN ('withdrawn', 'transferred')
            GROUP BY group_number, state, outcome
        )
        SELECT NOT EXISTS (
            SELECT * FROM counted EXCEPT SELECT * FROM rolled_up
        ) AND NOT EXISTS (
            SELECT * FROM rolled_up EXCEPT SELECT * FROM counted
        ) INTO is_same;
        RETURN is_same;
    END
    $$
    """,
    # What an agency's report adds up from: itself, and the versions that it has accepted, with
    # who is counted elsewhere among them. Counts alone.
    """
    CREATE FUNCTION report_parts(of_year smallint) RETURNS TABLE (
        agency_id uuid, kept_at uuid, is_overlap boolean, group_number smallint, state text,
        outcome text, people bigint, outstanding bigint, with_digital_skills bigint,
        digitally_fluent bigint
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT source, CASE WHEN is_overlap THEN kept_at ELSE source END, is_overlap,
            group_number, state, outcome, count(*), count(*) FILTER (WHERE is_outstanding),
            count(*) FILTER (WHERE has_digital_skills),
            count(*) FILTER (WHERE is_digitally_fluent)
        FROM report_standings(
            nullif(current_setting('app.province_id', true), '')::smallint,
            nullif(current_setting('app.tenant_id', true), '')::uuid, of_year, false
        ) AS standing,
        LATERAL (SELECT false UNION ALL SELECT true WHERE place > 1) AS side (is_overlap)
        GROUP BY 1, 2, 3, 4, 5, 6
    $$
    """,
    # The official figures of an agency: the versions that it has accepted, its own decided
    # dossiers, and who is found in two of them. Called by the two functions below alone.
    """
    CREATE FUNCTION recount_official_of(province smallint, agency uuid, of_year smallint)
    RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(10, hashtext(agency || ':' || of_year));
        DELETE FROM official_result
        WHERE province_id = province AND tenant_id = agency AND year = of_year;
        IF NOT EXISTS (
            SELECT FROM tenant WHERE province_id = province AND parent_id = agency
        ) THEN
            RETURN;
        END IF;
        INSERT INTO official_result
        SELECT province, agency, of_year, source,
            CASE WHEN is_overlap THEN kept_at ELSE source END, is_overlap, group_number, state,
            outcome, count(*), count(*) FILTER (WHERE is_outstanding),
            count(*) FILTER (WHERE has_digital_skills),
            count(*) FILTER (WHERE is_digitally_fluent), clock_timestamp()
        FROM report_standings(province, agency, of_year, true) AS standing,
        LATERAL (SELECT false UNION ALL SELECT true WHERE place > 1) AS side (is_overlap)
        GROUP BY 4, 5, 6, 7, 8, 9;
    END
    $$
    """,
    # Those of the agency in scope. Answers nothing.
    """
    CREATE FUNCTION recount_official(of_year smallint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT recount_official_of(
            nullif(current_setting('app.province_id', true), '')::smallint,
            nullif(current_setting('app.tenant_id', true), '')::uuid, of_year)
    $$
    """,
    # Those of the agency in scope and of every one below it that has agencies below, in one order,
    # so that two who count them do not wait for each other in a circle. Answers nothing.
    """
    CREATE FUNCTION recount_officials(of_year smallint DEFAULT NULL) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT recount_official_of(one.province_id, one.tenant_id, one.year) FROM (
            SELECT status.province_id, status.tenant_id, status.year FROM result_status AS status
            WHERE status.province_id
                = nullif(current_setting('app.province_id', true), '')::smallint
            AND (of_year IS NULL OR status.year = of_year)
            AND status.tenant_id IN (
                SELECT line.descendant_id FROM tenant_closure AS line JOIN tenant AS child
                    ON child.province_id = line.province_id AND child.parent_id = line.descendant_id
                WHERE line.ancestor_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
            ORDER BY hashtext(status.tenant_id || ':' || status.year) OFFSET 0
        ) AS one
    $$
    """,
    # The one way in which the agency right above moves a report: for its own side, by an event,
    # and onto the record of the agency with the same call. Answers whether there is such an agency.
    """
    CREATE FUNCTION review_report(
        agency uuid, of_year smallint, wanted text, why text, named jsonb, account uuid,
        reviewer text, fresh uuid, act uuid, act_word text
    ) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        above uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    BEGIN
        IF NOT EXISTS (
            SELECT FROM tenant WHERE province_id = province AND id = agency AND parent_id = above
        ) THEN
            RETURN false;
        END IF;
        IF wanted = 'waive' THEN
            INSERT INTO report (province_id, tenant_id, year) VALUES (province, agency, of_year)
            ON CONFLICT DO NOTHING;
        END IF;
        INSERT INTO report_event (
            province_id, tenant_id, id, year, event, actor_account_id, actor_name, reason, items
        ) VALUES (province, agency, fresh, of_year, wanted, account, reviewer, why, named);
        INSERT INTO audit_event (
            province_id, tenant_id, id, act, actor_account_id, actor_name, object_kind, facts
        ) VALUES (
            province, agency, act, act_word, account, reviewer, 'report',
            jsonb_build_object('year', of_year, 'reason', why)
        );
        RETURN true;
    END
    $$
    """,
    # Moves a report as its events say, each by its own side. The application cannot write a state.
    """
    CREATE FUNCTION apply_report_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        acting uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        before report%ROWTYPE;
        by_side text;
        goes_to text;
    BEGIN
        SELECT * INTO STRICT before FROM report
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND year = NEW.year
        FOR UPDATE;
        SELECT CASE acting WHEN id THEN 'agency' WHEN parent_id THEN 'parent' END INTO by_side
        FROM tenant WHERE province_id = NEW.province_id AND id = NEW.tenant_id;
        SELECT move.target INTO goes_to FROM (VALUES
            ('compile', 'open', 'compiled', 'agency'),
            ('compile', 'returned', 'compiled', 'agency'),
            ('submit', 'compiled', 'submitted', 'agency'),
            ('recall', 'submitted', 'compiled', 'agency'),
            ('correct', 'accepted', 'compiled', 'agency'),
            ('review', 'submitted', 'under_review', 'parent'),
            ('release', 'under_review', 'submitted', 'parent'),
            ('accept', 'under_review', 'accepted', 'parent'),
            ('return', 'under_review', 'returned', 'parent'),
            ('reopen', 'accepted', 'under_review', 'parent'),
            ('waive', 'open', 'waived', 'parent'),
            ('waive', 'compiled', 'waived', 'parent'),
            ('waive', 'returned', 'waived', 'parent'),
            ('unwaive', 'waived', 'open', 'parent'),
            ('close', 'accepted', 'closed', 'parent')
        ) AS move (event, source, target, side)
        WHERE move.event = NEW.event AND move.source = before.state AND move.side = by_side;
        IF goes_to IS NULL OR NEW.event = 'waive' AND before.accepted_version IS NOT NULL THEN
            RAISE EXCEPTION 'a report that is % is not moved by % of %',
                before.state, NEW.event, by_side USING ERRCODE = 'BV010';
        END IF;
        IF NEW.event IN ('review', 'accept', 'return') AND EXISTS (
            SELECT FROM report_snapshot AS signed
            JOIN account AS signer ON signer.id = signed.signed_by
            JOIN account AS reviewer ON reviewer.identity_id = signer.identity_id
            WHERE signed.province_id = NEW.province_id AND signed.tenant_id = NEW.tenant_id
            AND signed.year = NEW.year AND signed.version = before.version
            AND reviewer.id = NEW.actor_account_id
        ) THEN
            RAISE EXCEPTION 'who signed a report does not review it' USING ERRCODE = 'BV011';
        END IF;
        -- What an agency has before its reviewer stands still, and what it holds with it.
        IF NEW.event IN ('accept', 'reopen') THEN
            PERFORM FROM report WHERE province_id = NEW.province_id AND tenant_id = acting
            AND year = NEW.year AND state IN ('under_review', 'closed') FOR SHARE;
            IF FOUND THEN
                RAISE EXCEPTION 'the report that holds this one is frozen'
                    USING ERRCODE = 'BV014';
            END IF;
        END IF;
        NEW.from_state := before.state;
        NEW.to_state := goes_to;
        NEW.version := before.version + CASE NEW.event WHEN 'submit' THEN 1 ELSE 0 END;
        IF NEW.event = 'submit' AND NOT EXISTS (
            SELECT FROM report_snapshot
            WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
            AND year = NEW.year AND version = NEW.version
        ) THEN
            RAISE EXCEPTION 'nothing was frozen to submit' USING ERRCODE = 'BV012';
        END IF;
        IF NEW.event = 'submit' AND EXISTS (
            SELECT FROM report_snapshot AS signed
            JOIN expected_report AS expected ON expected.province_id = signed.province_id
                AND expected.agency_id = signed.tenant_id AND expected.year = signed.year
            WHERE signed.province_id = NEW.province_id AND signed.tenant_id = NEW.tenant_id
            AND signed.year = NEW.year AND signed.version = NEW.version
            AND signed.signed_at >= expected.closes_at
            AND NOT EXISTS (
                SELECT FROM report_extension AS given
                WHERE given.province_id = expected.province_id
                AND given.tenant_id = expected.tenant_id AND given.year = expected.year
                AND given.agency_id = expected.agency_id AND given.ends_at > signed.signed_at)
        ) THEN
            RAISE EXCEPTION 'the reports of % are closed', NEW.year USING ERRCODE = 'BV015';
        END IF;
        UPDATE report SET
            state = goes_to, revision = revision + 1, version = NEW.version, changed_at = now(),
            accepted_version = CASE NEW.event
                WHEN 'accept' THEN NEW.version WHEN 'reopen' THEN NULL ELSE accepted_version END,
            received_at = CASE
                WHEN NEW.event = 'submit' AND received_at IS NULL THEN (
                    SELECT signed_at FROM report_snapshot
                    WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
                    AND year = NEW.year AND version = NEW.version)
                WHEN NEW.event = 'recall' AND received_version = NEW.version THEN NULL
                ELSE received_at END,
            received_version = CASE
                WHEN NEW.event = 'submit' THEN coalesce(received_version, NEW.version)
                WHEN NEW.event = 'recall' AND received_version = NEW.version THEN NULL
                ELSE received_version END
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND year = NEW.year;
        RETURN NEW;
    END
    $$
    """,
    # A version is frozen when its turn has come, and only once.
    """
    CREATE FUNCTION guard_report_snapshot() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM report
            WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
            AND year = NEW.year AND state = 'compiled' AND version = NEW.version - 1
        ) THEN
            RAISE EXCEPTION 'version % is not the next', NEW.version USING ERRCODE = 'BV012';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE FUNCTION refuse_rewriting() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are never rewritten', TG_TABLE_NAME USING ERRCODE = 'BV013';
    END
    $$
    """,
)
NEVER_REWRITTEN = (
    "report_snapshot",
    "report_event",
    "expected_report",
    "report_extension",
    "report_member",
)
SIGNATURES = {
    "report_standings(smallint, uuid, smallint, boolean)": (),
    "keep_report_members(smallint, smallint)": (ROLE,),
    "report_parts(smallint)": (ROLE,),
    "recount_official_of(smallint, uuid, smallint)": (),
    "recount_official(smallint)": (ROLE, ROLLUP),
    "recount_officials(smallint)": (ROLE, ROLLUP),
    "review_report(uuid, smallint, text, text, jsonb, uuid, text, uuid, uuid, text)": (ROLE,),
    "apply_report_event()": (),
    "guard_report_snapshot()": (),
    "refuse_rewriting()": (),
}
READABLE = {
    "report": BELOW,
    "report_snapshot": BELOW,
    "report_event": BELOW,
    "expected_report": BELOW,
    "report_extension": BELOW,
    "official_result": BELOW,
}
WRITABLE = {
    "report": ("INSERT (province_id, tenant_id, year)", OWN),
    "report_snapshot": ("INSERT", OWN),
    "report_event": (
        "INSERT (province_id, tenant_id, id, year, event, actor_account_id, actor_name, reason,"
        " items)",
        f"{OWN} AND {OWN_EVENTS}",
    ),
    "expected_report": ("INSERT", OWN),
    "report_extension": ("INSERT", OWN),
}


def upgrade() -> None:
    for statement in (*TABLES, *FUNCTIONS):
        op.execute(statement)
    for signature, roles in SIGNATURES.items():
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        for role in roles:
            op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {role}")
    for table in (*READABLE, "report_member"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for table, readable in READABLE.items():
        op.execute(f"GRANT SELECT ON {table} TO {ROLE}")
        op.execute(f"CREATE POLICY read ON {table} FOR SELECT TO {ROLE} USING ({readable})")
    for table, (right, check) in WRITABLE.items():
        op.execute(f"GRANT {right} ON {table} TO {ROLE}")
        op.execute(f"CREATE POLICY add ON {table} FOR INSERT TO {ROLE} WITH CHECK ({check})")
    for table in ("expected_report", "report_extension"):
        op.execute(f"CREATE POLICY expected ON {table} FOR SELECT TO {ROLE} USING ({EXPECTED})")
    for table in NEVER_REWRITTEN:
        op.execute(
            f"CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )
    op.execute(
        "CREATE TRIGGER guard_report_snapshot BEFORE INSERT ON report_snapshot"
        " FOR EACH ROW EXECUTE FUNCTION guard_report_snapshot()"
    )
    op.execute(
        "CREATE TRIGGER apply_report_event BEFORE INSERT ON report_event"
        " FOR EACH ROW EXECUTE FUNCTION apply_report_event()"
    )


def downgrade() -> None:
    for table in (
        "official_result",
        "report_member",
        "report_extension",
        "expected_report",
        "report_event",
        "report_snapshot",
        "report",
    ):
        op.drop_table(table)
    for signature in reversed(SIGNATURES):
        op.execute(f"DROP FUNCTION {signature}")
