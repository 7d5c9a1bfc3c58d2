"""Keep sessions and second factors, so that either can be ended."""

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0013"

ROLE = "bangvang_app"
MOMENT = sa.DateTime(timezone=True)

# The application writes the hash of a token and cannot read one: it asks whose row a token opens.
READABLE = (
    "id, account_id, created_at, seen_at, factor_at, address, agent, wrong_codes, challenge,"
    " ended_at, ended_because"
)
CHANGING = "token_hash, seen_at, factor_at, wrong_codes, challenge, ended_at, ended_because"
FUNCTIONS = {
    "find_web_session(bytea)": """
    CREATE FUNCTION find_web_session(wanted bytea) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT id FROM web_session WHERE token_hash = wanted AND ended_at IS NULL
    $$
    """,
    # What an account is in any agency decides how it signs in to each of them.
    "roles_anywhere(uuid, date)": """
    CREATE FUNCTION roles_anywhere(account uuid, on_day date) RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(DISTINCT role ORDER BY role), '{}')
        FROM membership
        WHERE account_id = account
        AND since <= on_day AND (until IS NULL OR until >= on_day)
    $$
    """,
}


def upgrade() -> None:
    create_sessions()
    create_factors()
    for signature, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")
    op.execute(
        f"GRANT SELECT ({READABLE}), INSERT, UPDATE ({CHANGING}), DELETE ON web_session TO {ROLE}"
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (last_step, confirmed_at), DELETE"
        f" ON factor_totp TO {ROLE}"
    )
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE (sign_count, last_used_at), DELETE ON passkey TO {ROLE}"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON recovery_code TO {ROLE}")


def create_sessions() -> None:
    op.create_table(
        "web_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("factor_at", MOMENT, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("wrong_codes", sa.SmallInteger(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_web_session_ended")
        ),
        to_account("web_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
    )
    op.create_index("ix_web_session_account_id", "web_session", ["account_id", "ended_at"])


def create_factors() -> None:
    op.create_table(
        "factor_totp",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        to_account("factor_totp"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_totp")),
    )
    op.create_index(
        "ix_factor_totp_confirmed",
        "factor_totp",
        ["account_id"],
        unique=True,
        postgresql_where="confirmed_at IS NOT NULL",
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        to_account("passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        to_account("recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    for table in ("factor_totp", "passkey", "recovery_code"):
        op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"])


def to_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id_account")
    )


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    for table in ("recovery_code", "passkey", "factor_totp", "web_session"):
        op.drop_table(table)
