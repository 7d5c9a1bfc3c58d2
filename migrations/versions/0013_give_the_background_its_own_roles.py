"""Give counting, reading the record and backing up a role each, with what it needs and no more."""

from alembic import op


revision = "0013"
down_revision = "0012"

ROLLUP, AUDIT, BACKUP = "bangvang_rollup", "bangvang_audit", "bangvang_backup"

PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"

# What counting takes: where a dossier stands, never whose it is or what it scored.
COUNTED = """
    province_id, tenant_id, id, year, unit_id, group_number, state, outcome, is_outstanding,
    has_digital_skills, is_digitally_fluent
"""
ROLLUP_RIGHTS = {
    "dossier": f"SELECT ({COUNTED})",
    "dossier_event": "SELECT (province_id, tenant_id, dossier_id, event, at)",
    "result_status": "SELECT, INSERT, UPDATE",
    "rollup_mark": "SELECT, DELETE",
    "unit_result": "SELECT, INSERT, DELETE",
}
AUDIT_RIGHTS = dict.fromkeys(
    ("audit_event", "decision", "decision_item", "dossier_event"), "SELECT"
)
# They belong to no agency and name nobody.
AUDIT_CATALOGUE = ("alembic_version", "tenant", "tenant_closure")


def upgrade() -> None:
    for role in (ROLLUP, AUDIT, BACKUP):
        create_role(role)
    for role, tables in ((ROLLUP, ROLLUP_RIGHTS), (AUDIT, AUDIT_RIGHTS)):
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        for table, rights in tables.items():
            op.execute(f"GRANT {rights} ON {table} TO {role}")
            form = f"USING ({OWN})" if rights.startswith("SELECT (") or rights == "SELECT" else (
                f"USING ({OWN}) WITH CHECK ({OWN})"
            )
            command = "FOR ALL" if "WITH CHECK" in form else "FOR SELECT"
            op.execute(f"CREATE POLICY {policy(role)} ON {table} {command} TO {role} {form}")
    for table in AUDIT_CATALOGUE:
        op.execute(f"GRANT SELECT ON {table} TO {AUDIT}")
    # A copy holds every table, those of later migrations too.
    op.execute(f"GRANT USAGE ON SCHEMA public TO {BACKUP}")
    for kind in ("TABLES", "SEQUENCES"):
        op.execute(f"GRANT SELECT ON ALL {kind} IN SCHEMA public TO {BACKUP}")
        op.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON {kind} TO {BACKUP}"
        )


def create_role(role: str) -> None:
    # The owner becomes a member of what it makes, as of the application's group. BYPASSRLS for
    # the backup is for a superuser to give: until then pg_dump refuses, and says why.
    membership = "" if role == BACKUP else f"GRANT {role} TO CURRENT_USER;"
    op.execute(
        f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} NOLOGIN;
                {membership}
            END IF;
        END $$
        """
    )


def policy(role: str) -> str:
    return role.removeprefix("bangvang_")


def downgrade() -> None:
    for kind in ("TABLES", "SEQUENCES"):
        op.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON {kind} FROM {BACKUP}"
        )
        op.execute(f"REVOKE SELECT ON ALL {kind} IN SCHEMA public FROM {BACKUP}")
    for table in AUDIT_CATALOGUE:
        op.execute(f"REVOKE ALL ON {table} FROM {AUDIT}")
    for role, tables in ((ROLLUP, ROLLUP_RIGHTS), (AUDIT, AUDIT_RIGHTS)):
        for table in tables:
            op.execute(f"DROP POLICY {policy(role)} ON {table}")
            op.execute(f"REVOKE ALL ON {table} FROM {role}")
    for role in (ROLLUP, AUDIT, BACKUP):
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")
