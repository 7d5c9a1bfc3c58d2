"""Raise the second wall: what the application's role may touch, and of which agency."""

from alembic import op


revision = "0004"
down_revision = "0003"

ROLE = "bangvang_app"

PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
# ARRAY(SELECT …) is evaluated once and can drive an index; IN and EXISTS inside a policy become a
# filter on each row, 80 to 240 times slower.
BELOW = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)
IN_LINE = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}"
    f" UNION ALL SELECT ancestor_id FROM tenant_closure WHERE descendant_id = {TENANT}))"
)

# Table -> what the application may do with it. Events, decisions and the record of acts are
# appended; nothing of them is ever rewritten.
OWNED = {
    "audit_event": "SELECT, INSERT",
    "consent": "SELECT, INSERT, UPDATE (withdrawn_at)",
    "decision": "SELECT, INSERT, UPDATE (published_at, annulled_at, annulled_reason)",
    "decision_item": "SELECT, INSERT",
    "dossier_event": "SELECT, INSERT",
    "export": "SELECT, INSERT, UPDATE, DELETE",
    "membership": "SELECT, INSERT, UPDATE (since, until, granted_by, person_id)",
    "person": "SELECT, INSERT, UPDATE, DELETE",
    "proposal": "SELECT, INSERT, UPDATE (state, submitted_at, withdrawn_reason)",
    "proposal_item": "SELECT, INSERT",
    "team_score": "SELECT, INSERT, UPDATE (scores, note, scored_at)",
}
SHARED_UPWARDS = {
    "result_status": "SELECT, INSERT, UPDATE, DELETE",
    "rollup_mark": "SELECT, INSERT, DELETE",
    "unit": "SELECT, INSERT, UPDATE",
    "unit_result": "SELECT, INSERT, UPDATE, DELETE",
}
SHARED_IN_LINE = {
    "cycle": "SELECT, INSERT, UPDATE",
    "deadline": "SELECT, INSERT, UPDATE, DELETE",
    "setting": "SELECT, INSERT, UPDATE, DELETE",
}
# No agency owns these rows. They hold nothing about a person, but for accounts, which must be
# found before anybody is known.
PLATFORM = {
    "account": "SELECT, INSERT, UPDATE (name, password_hash, locale, is_disabled)",
    "alembic_version": "SELECT",
    "commune": "SELECT",
    "commune_predecessor": "SELECT",
    "criteria_rule": "SELECT",
    "criteria_set": "SELECT",
    "dossier_hands_off": "SELECT",
    "dossier_move": "SELECT",
    "province": "SELECT",
    "tenant": "SELECT",
    "tenant_closure": "SELECT",
}
# Every column but the keys and ``state``, which only an event can change.
DOSSIER_KEYS = "province_id, tenant_id, id, year, person_id, identity_id"
DOSSIER_COLUMNS = """
    version, round, unit_id, criteria_set, group_number, scale_min, scale_max, step, pass_floor,
    pass_total, outstanding_years, self_scores, unit_scores, agreed_scores, evidence,
    agreed_reasons, returned_reasons, return_due_on, has_digital_skills, is_digitally_fluent,
    national_site_on, outcome, outcome_reason, is_outstanding, is_on_behalf, submitted_at,
    opened_at, changed_at
"""
FUNCTIONS = (
    "agencies_of(uuid)",
    "claim_identity(uuid, bytea)",
    "overdue_rollups(interval)",
    "recognised_years(uuid[])",
)


def upgrade() -> None:
    create_role()
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    for table, rights in (PLATFORM | OWNED | SHARED_UPWARDS | SHARED_IN_LINE).items():
        op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
    op.execute(
        f"GRANT SELECT, DELETE, INSERT ({DOSSIER_KEYS}, {DOSSIER_COLUMNS}),"
        f" UPDATE ({DOSSIER_COLUMNS}) ON dossier TO {ROLE}"
    )
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {ROLE}")
    for table in (*OWNED, "dossier"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own ON {table} TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})"
        )
    for tables, readable in ((SHARED_UPWARDS, BELOW), (SHARED_IN_LINE, IN_LINE)):
        for table in tables:
            share(table, readable)


def create_role() -> None:
    # Made here when nobody made it before; then the owner becomes a member, so that one login
    # can still migrate and serve where there is only one.
    op.execute(
        f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
                CREATE ROLE {ROLE} NOLOGIN;
                GRANT {ROLE} TO CURRENT_USER;
            END IF;
        END $$
        """
    )


def share(table: str, readable: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY read ON {table} FOR SELECT TO {ROLE} USING ({readable})")
    op.execute(f"CREATE POLICY add ON {table} FOR INSERT TO {ROLE} WITH CHECK ({OWN})")
    op.execute(
        f"CREATE POLICY change ON {table} FOR UPDATE TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute(f"CREATE POLICY remove ON {table} FOR DELETE TO {ROLE} USING ({OWN})")


def downgrade() -> None:
    for table in (*SHARED_UPWARDS, *SHARED_IN_LINE):
        for policy in ("read", "add", "change", "remove"):
            op.execute(f"DROP POLICY {policy} ON {table}")
    for table in (*OWNED, "dossier"):
        op.execute(f"DROP POLICY own ON {table}")
    for table in (*OWNED, "dossier", *SHARED_UPWARDS, *SHARED_IN_LINE):
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM {ROLE}")
    for table in (*PLATFORM, *OWNED, "dossier", *SHARED_UPWARDS, *SHARED_IN_LINE):
        op.execute(f"REVOKE ALL ON {table} FROM {ROLE}")
    op.execute(f"REVOKE ALL ON SCHEMA public FROM {ROLE}")
