"""Give back the answer that was seen, and not one that was corrected since."""

from alembic import op


revision = "0050"
down_revision = "0049"

BEFORE = "return_adhoc(uuid, text, uuid, text, timestamptz)"
SINCE = "return_adhoc(uuid, integer, text, uuid, text, timestamptz)"
# What the function says without the version that stood on the screen, and with it.
WORDS = (
    ("wanted uuid, why text", "wanted uuid, seen integer, why text"),
    ("id = wanted AND state = 'answered'", "id = wanted AND version = seen AND state = 'answered'"),
)
ROLE = "bangvang_app"


def replace(old: str, new: str, words: tuple[tuple[str, str], ...]) -> None:
    bind = op.get_bind()
    says = bind.exec_driver_sql(f"SELECT pg_get_functiondef('{old}'::regprocedure)").scalar_one()
    for before, after in words:
        if before not in says:
            raise LookupError(before)
        says = says.replace(before, after)
    bind.exec_driver_sql(f"DROP FUNCTION {old}")
    bind.exec_driver_sql(says.replace("%", "%%"), ())
    bind.exec_driver_sql(f"REVOKE ALL ON FUNCTION {new} FROM PUBLIC")
    bind.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION {new} TO {ROLE}")


def upgrade() -> None:
    replace(BEFORE, SINCE, WORDS)


def downgrade() -> None:
    replace(SINCE, BEFORE, tuple((after, before) for before, after in WORDS))
