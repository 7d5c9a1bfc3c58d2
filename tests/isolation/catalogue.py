"""What PostgreSQL's own catalogue must say of every table, policy, role and function.

Each check is a query that returns what is wrong, one row a fault. A table that nobody thought of
is an agency's, and so at fault until its key, policies and references are those of one.
"""

APP, ROLLUP, AUDIT, BACKUP = "bangvang_app", "bangvang_rollup", "bangvang_audit", "bangvang_backup"

RUNS_AS_OWNER = {
    "accept_transfer": "moves a dossier between two agencies, of which one offered it to the other",
    "add_up_again": "adds up what the agency in scope keeps sums of; answers nothing",
    "answer_extension_request": "answers a request from right below, on the record of who asked",
    "ask_inspection": "puts a request before an agency below; answers whether there is one",
    "agencies_apart": "says whose sums are not what they add up to, here and below: numbers alone",
    "agencies_of": "shows somebody where they may go: names and roles, no persons",
    "apply_report_event": "writes where a report stands, which the application cannot",
    "apply_dossier_event": "writes the state, which the application cannot",
    "close_adhoc": "ends a request of the agency in scope, on the desks of those it asked",
    "claim_identity": "finds the human being behind a keyed index; answers an opaque id",
    "compare_figures": "holds figures here and below against the dossiers: counts, names of units",
    "count_unstated": "counts of whom here or below digital skills were not stated: numbers alone",
    "decisions_counted": "counts people here or below by decision; above, by published ones alone",
    "decisions_signed": "counts the same behind a signed version, as of when it was signed",
    "due_daily_heads": "says which agencies have given no head for a day: keys alone",
    "erase_acts": "blanks the acts about a person, on the word of an act of erasure",
    "erase_traces": "blanks what is left of somebody, on the word of a recorded act",
    "find_web_session": "finds a session by its secret, before anybody is known",
    "forget_stale_indexes": "blanks indexes under a key that has been retired",
    "give_daily_head": "gives the head of the agency in scope to those above, once a day",
    "guard_decision_item": "compares the signer with what others did to a dossier",
    "guard_membership": "compares somebody's duties over all their accounts",
    "guard_report_snapshot": "compares what a version says of counting with what was chosen",
    "guard_team_score": "compares the appraiser with the person appraised",
    "identify_person": "joins an entry of a roster to the human being with its number",
    "inspected_dossier": "shows one file that its agency has opened, and records the look",
    "is_factor_asked_of_all": "says whether an agency of somebody asks everybody: yes or no",
    "is_report_wanted": "says whether a report of the agency in scope or right below is expected",
    "jobs_health": "counts what waits and has failed, over all agencies: numbers and moments alone",
    "keep_adhoc_former": "keeps what an answer said before it was corrected",
    "keep_agency_overlap": "adds up what a statement on overlap_result changed; answers nothing",
    "keep_agency_result": "adds up what a statement on unit_result changed; answers nothing",
    "keep_report_members": "keeps who stands behind frozen figures; answers whether they agree",
    "lapse_review": "ends a review that the agency in scope left lying, on both records",
    "lapse_extension_request": "ends a request for more time as the report comes or is let off",
    "lapse_transfer": "ends the offer of a dossier that has changed meanwhile",
    "link_acts": "writes the chain, which the application cannot",
    "mark_below": "asks for figures here or below to be computed again; answers nothing",
    "mark_new_identity": "notes which key an index was made with",
    "mark_officials": "asks agencies above for official figures to be counted; answers nothing",
    "note_acts": "notes what the chain has to link",
    "officials_apart": "holds official figures here and below against the versions: counts alone",
    "offered_dossier": "shows a dossier to the agency that it is offered to",
    "offered_events": "shows its history to the agency that it is offered to",
    "overlap_differences": "counts who is not counted once, by where two agencies meet: numbers",
    "overdue_rollups": "says which figures are out of date: keys and moments",
    "people_with_numbers": "looks numbers up among people of the agency in scope",
    "publish_criteria_set": "publishes a criteria set for the province in scope",
    "recognised_years": "says in which years people of the agency in scope were recognised",
    "recompute_days": "counts what each day brought, here and below; answers nothing",
    "recount_official": "counts the people of accepted versions once; answers nothing",
    "recount_officials": "counts the same for an agency and all below it; answers nothing",
    "recompute_overlaps": "counts who is found in two agencies; answers nothing",
    "recompute_province": "counts the dossiers of all agencies for who stands above them: counts",
    "refuse_transfer": "refuses a dossier that another agency offered to the one in scope",
    "rekey_numbers": "gives people of the agency in scope indexes under a new key",
    "require_basis": "holds personal numbers to a legal basis",
    "remind_adhoc": "reminds the agencies below that have not answered, and records it",
    "report_parts": "counts what a report adds up from, of the agency in scope: counts alone",
    "return_adhoc": "gives an answer back to the agency below that sent it, and records it",
    "review_report": "moves the report of an agency right below, on both records",
    "roles_anywhere": "says which roles somebody holds, so that a second factor is asked for",
    "send_adhoc": "puts a form before agencies below, and onto the record of each",
    "stuck_outbox": "says what was begun or sent and is not done: keys alone",
    "take_outbox": "marks what is due as sent, of every agency one: answers keys alone",
    "undo_transfer": "moves a dossier back to the agency that it came from",
    "values_by_key": "counts what is sealed with which key: numbers alone",
}
"""Functions that row-level security does not bind, each with the reason."""

READ_BY_OTHERS = {
    # An offer is read by the agency that it is made to.
    "transfer.offered": r"receiver_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant_id'",
    # A request is read by the agency above that made it.
    "inspection.asked": r"asker_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant_id'",
    "adhoc_former.asked": r"asker_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant_id'",
    "adhoc_line.asked": r"asker_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant_id'",
    # What is expected, and the time granted, is read by the agency that it is expected of.
    "expected_change.expected": r"agency_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant",
    "expected_report.expected": r"agency_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant",
    "report_extension.expected": r"agency_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant",
    # Counts are read at and above the agency that both have in common.
    "overlap_result.read": r"counted_at = ANY \(ARRAY\( SELECT tenant_closure\.descendant_id",
    # A province's own set is read in that province, one of nobody's by everybody.
    "criteria_set.read": r"province_id IS NULL\) OR \(province_id = \( SELECT tenant\.province_id",
    "criteria_rule.read": r"criteria_set\.province_id = \( SELECT tenant\.province_id",
}
"""Policies that do not begin with the agency that owns the row, and what they begin with."""

APPENDED = (
    "audit_event",
    "audit_link",
    "closing_move",
    "decision_item",
    "dossier_event",
    "expected_change",
    "expected_report",
    "proposal_item",
    "report_event",
    "report_extension",
    "report_snapshot",
)
"""What the application may add to and never rewrite."""

_TABLES = """
    SELECT oid, relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    AND NOT relispartition AND relname <> ALL (%(platform)s)
"""
_LEADING = """
    array(SELECT attname::text FROM unnest({key}) WITH ORDINALITY AS part(number, place)
        JOIN pg_attribute ON attrelid = {table} AND attnum = number
        WHERE place <= 2 ORDER BY place)
"""

CHECKS = {
    "an agency's table has province_id smallint and tenant_id uuid": f"""
        SELECT one.relname FROM ({_TABLES}) AS one WHERE (
            SELECT count(*) FROM pg_attribute WHERE attrelid = one.oid AND attnotnull
            AND (attname, atttypid) IN (
                ('province_id', 'smallint'::regtype), ('tenant_id', 'uuid'::regtype))
        ) <> 2
    """,  # noqa: S608
    "keys and uniques lead with province and tenant": f"""
        SELECT one.relname, indexrelid::regclass::text FROM ({_TABLES}) AS one
        JOIN pg_index ON indrelid = one.oid AND indisunique
        WHERE {_LEADING.format(key="indkey", table="one.oid")}
            <> ARRAY['province_id', 'tenant_id']
    """,  # noqa: S608
    "every table has a key": f"""
        SELECT one.relname FROM ({_TABLES}) AS one
        WHERE NOT EXISTS (SELECT FROM pg_index WHERE indrelid = one.oid AND indisprimary)
    """,  # noqa: S608
    "references between agencies' tables lead with province and tenant on both sides": f"""
        SELECT conname FROM pg_constraint
        JOIN ({_TABLES}) AS one ON one.oid = conrelid
        JOIN ({_TABLES}) AS other ON other.oid = confrelid
        WHERE contype = 'f' AND (
            {_LEADING.format(key="conkey", table="conrelid")} <> ARRAY['province_id', 'tenant_id']
            OR {_LEADING.format(key="confkey", table="confrelid")}
                <> ARRAY['province_id', 'tenant_id'])
    """,  # noqa: S608
    "row-level security is on": f"""
        SELECT relname FROM ({_TABLES}) AS one JOIN pg_class USING (oid, relname)
        WHERE NOT relrowsecurity
    """,  # noqa: S608
    "whoever holds a right on an agency's table is bound by a policy for exactly that role": f"""
        SELECT one.relname, grantee FROM ({_TABLES}) AS one
        JOIN information_schema.role_column_grants ON table_name = one.relname
        WHERE grantee NOT IN (%(backup)s, pg_get_userbyid(
            (SELECT relowner FROM pg_class WHERE oid = one.oid)))
        AND NOT EXISTS (
            SELECT FROM pg_policies WHERE tablename = one.relname AND roles = ARRAY[grantee::name])
        GROUP BY 1, 2
    """,  # noqa: S608
    "each right is bound by a policy of the agency that owns the row": f"""
        SELECT one.relname, role, right_on FROM ({_TABLES}) AS one,
            unnest(%(bound)s::name[]) AS role,
            unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS right_on
        WHERE role IN (%(app)s, %(rollup)s, %(audit)s) AND CASE right_on
            WHEN 'DELETE' THEN has_table_privilege(role, one.oid, 'DELETE')
            ELSE has_any_column_privilege(role, one.oid, right_on) END
        AND NOT EXISTS (
            SELECT FROM pg_policies WHERE tablename = one.relname AND roles = ARRAY[role]
            AND cmd IN ('ALL', right_on)
            AND (tablename = 'overlap_result'
                OR tablename || '.' || policyname <> ALL (%(read_by_others)s)))
    """,  # noqa: S608
    "a policy is for one named role, and adds to no wider one": """
        SELECT tablename, policyname FROM pg_policies
        WHERE cardinality(roles) <> 1
        OR roles[1] <> ALL (ARRAY[%(app)s, %(rollup)s, %(audit)s]::name[])
    """,
    "a policy says what is read and checks what is written": """
        SELECT tablename, policyname FROM pg_policies
        WHERE cmd IN ('ALL', 'INSERT', 'UPDATE') AND with_check IS NULL
        OR cmd IN ('ALL', 'SELECT', 'UPDATE', 'DELETE') AND qual IS NULL
    """,
    "what is written is the agency's own": """
        SELECT tablename, policyname FROM pg_policies
        WHERE with_check IS NOT NULL AND NOT (
            with_check ~ %(own_province)s AND with_check ~ %(own_tenant)s)
    """,
    "what is read is the agency's own, or in its line": """
        SELECT tablename, policyname FROM pg_policies
        WHERE qual IS NOT NULL AND NOT (qual ~ %(own_province)s AND (
            qual ~ %(own_tenant)s OR qual ~ 'tenant_id = ANY \\(ARRAY\\( SELECT tenant_closure'))
        AND tablename || '.' || policyname <> ALL (%(read_by_others)s)
    """,
    "what is read by others begins with who they are": """
        SELECT one.name FROM unnest(%(read_by_others)s::text[], %(beginnings)s::text[])
            AS one (name, beginning)
        WHERE NOT EXISTS (
            SELECT FROM pg_policies WHERE tablename || '.' || policyname = one.name
            AND cmd = 'SELECT' AND qual ~ 'province_id' AND qual ~ one.beginning)
    """,
    "a policy asks for its agency once, not for each row": """
        SELECT tablename, policyname FROM pg_policies
        WHERE tablename <> ALL (%(platform)s)
        AND coalesce(qual, '') || coalesce(with_check, '') ~ ' IN \\( ?SELECT|EXISTS'
    """,
    "views ask as whoever reads them": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
        AND NOT coalesce(reloptions::text LIKE '%%security_invoker=true%%', false)
    """,
    "nobody reads partitions or materialised views": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND (relkind = 'm' OR relispartition)
        AND EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee <> relowner)
    """,
    "nothing is granted to everybody": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = 0)
    """,
    "the roles are no superusers, bypass nothing and make nothing": """
        SELECT rolname FROM pg_roles WHERE rolname = ANY (%(bound)s)
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
        OR rolname = 'bangvang_backup' AND (rolsuper OR rolcreaterole OR rolcreatedb)
    """,
    "the roles own nothing": """
        SELECT relname FROM pg_class WHERE relowner::regrole::text LIKE 'bangvang_%%'
        AND relowner::regrole::text <> 'bangvang_owner'
        UNION ALL
        SELECT proname FROM pg_proc WHERE proowner::regrole::text LIKE 'bangvang_%%'
        AND proowner::regrole::text <> 'bangvang_owner'
    """,
    "the backup reads everything and changes nothing": """
        SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')
        AND relnamespace = 'public'::regnamespace AND (
            NOT has_table_privilege(%(backup)s, oid, 'SELECT')
            OR has_any_column_privilege(%(backup)s, oid, 'INSERT, UPDATE')
            OR has_table_privilege(%(backup)s, oid, 'DELETE, TRUNCATE, TRIGGER'))
    """,
    "what is appended is never rewritten": """
        SELECT table_name, column_name, grantee FROM information_schema.column_privileges
        WHERE table_name = ANY (%(appended)s) AND privilege_type = 'UPDATE'
        AND grantee = ANY (%(bound)s)
        UNION ALL
        SELECT one, 'whole', role FROM unnest(%(appended)s::text[]) AS one,
            unnest(%(bound)s::name[]) AS role
        WHERE has_table_privilege(role, one, 'DELETE, TRUNCATE')
    """,
    "nobody writes a state, reads identities or empties a table": """
        SELECT 'dossier.state' WHERE has_column_privilege(%(app)s, 'dossier', 'state', 'UPDATE')
            OR has_column_privilege(%(app)s, 'dossier', 'state', 'INSERT')
        UNION ALL
        SELECT 'identity' WHERE has_any_column_privilege(%(app)s, 'identity', 'SELECT')
        UNION ALL
        SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')
        AND relnamespace = 'public'::regnamespace
        AND has_table_privilege(%(app)s, oid, 'TRUNCATE, TRIGGER, REFERENCES')
    """,
    "counting reads no name, score or human being": """
        SELECT table_name, column_name FROM information_schema.column_privileges
        WHERE grantee = %(rollup)s AND (
            table_name NOT IN ('dossier', 'dossier_event', 'outbox', 'unit_result',
                'result_status', 'rollup_mark')
            OR column_name ~ 'name|score|person|identity|actor|reason|evidence|facts')
    """,
    "a function that runs as the owner is listed with a reason": """
        SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
        AND proname <> ALL (%(functions)s)
    """,
    "a function that is listed is there": """
        SELECT one FROM unnest(%(functions)s::text[]) AS one WHERE NOT EXISTS (
            SELECT FROM pg_proc WHERE proname = one AND prosecdef)
    """,
    "a function that runs as the owner finds its names where it was written": """
        SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
        AND NOT coalesce('search_path=public, pg_temp' = ANY (proconfig), false)
    """,
    # A trigger's function too: whoever may execute it can hang it on a table of their own.
    "a function that runs as the owner is not for everybody": """
        SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
        AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))
    """,
    "whether home or the workplace counts somebody is what the province chose": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND prosrc ~ 'kind (WHEN|=) .commune.' AND strpos(prosrc, 'years_home_comes_first') = 0
    """,
}


def faults(connection, platform):
    """Yield what is wrong with a database, each fault named by the check that found it."""
    facts = {
        "platform": list(platform),
        "app": APP,
        "rollup": ROLLUP,
        "audit": AUDIT,
        "backup": BACKUP,
        "bound": [APP, ROLLUP, AUDIT, "bangvang_web", "bangvang_worker", "bangvang_auditor"],
        "appended": list(APPENDED),
        "functions": list(RUNS_AS_OWNER),
        "read_by_others": list(READ_BY_OTHERS),
        "beginnings": list(READ_BY_OTHERS.values()),
        "own_province": r"province_id = \( SELECT \(NULLIF\(current_setting\('app\.province_id'",
        "own_tenant": r"\(?tenant_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant_id'",
    }
    for name, question in CHECKS.items():
        for row in connection.execute(question, facts).fetchall():
            yield f"{name}: {' '.join(map(str, row))}"
