"""Let a review be ended without a result by whoever began it, and by nobody else."""

from alembic import op


revision = "0067"
down_revision = "0066"

# What the function that moves reports says until here, and from here on.
BEFORE = "        NEW.from_state := before.state;"
AFTER = """        IF NEW.event = 'release' AND NEW.actor_account_id IS DISTINCT FROM (
            SELECT began.actor_account_id FROM report_event AS began
            WHERE began.province_id = NEW.province_id AND began.tenant_id = NEW.tenant_id
            AND began.year = NEW.year AND began.to_state = 'under_review'
            ORDER BY began.at DESC, began.id DESC LIMIT 1
        ) THEN
            RAISE EXCEPTION 'somebody else began this review' USING ERRCODE = 'BV030';
        END IF;
        NEW.from_state := before.state;"""


def rewrite(before: str, after: str) -> None:
    bind = op.get_bind()
    says = bind.exec_driver_sql(
        "SELECT pg_get_functiondef('apply_report_event()'::regprocedure)"
    ).scalar_one()
    if before not in says:
        raise LookupError(before)
    bind.exec_driver_sql(says.replace(before, after).replace("%", "%%"), ())


def upgrade() -> None:
    rewrite(BEFORE, AFTER)


def downgrade() -> None:
    rewrite(AFTER, BEFORE)
