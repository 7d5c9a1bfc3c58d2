"""Let a correction be called off until something is signed, and a closing be undone in time."""

from collections.abc import Sequence

from alembic import op


revision = "0062"
down_revision = "0061"

PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
OWN_BEFORE = ("compile", "submit", "recall", "correct")
GIVE_A_REASON = ("recall", "return", "reopen", "correct", "waive", "unwaive")
# What the function that moves reports says until here, and from here on.
WORDS = (
    (
        "            ('review', 'submitted', 'under_review', 'parent'),",
        "            ('uncorrect', 'compiled', 'accepted', 'agency'),\n"
        "            ('unclose', 'closed', 'accepted', 'parent'),\n"
        "            ('review', 'submitted', 'under_review', 'parent'),",
    ),
    (
        "NEW.event = 'waive' AND before.accepted_version IS NOT NULL THEN",
        "NEW.event = 'waive' AND before.accepted_version IS NOT NULL\n"
        "            OR NEW.event = 'uncorrect'"
        " AND before.accepted_version IS DISTINCT FROM before.version THEN",
    ),
    (
        "        NEW.from_state := before.state;",
        """        IF NEW.event = 'unclose' AND (NEW.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
            > (before.changed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + 30
        THEN
            RAISE EXCEPTION 'this report was closed too long ago' USING ERRCODE = 'BV028';
        END IF;
        NEW.from_state := before.state;""",
    ),
    (
        "IF NEW.event IN ('accept', 'reopen') THEN",
        "IF NEW.event IN ('accept', 'reopen', 'unclose') THEN",
    ),
    (
        "(state IN ('under_review', 'closed')",
        "(state = 'closed' OR NEW.event <> 'unclose' AND state = 'under_review'",
    ),
)


def rewrite(words: Sequence[tuple[str, str]]) -> None:
    bind = op.get_bind()
    says = bind.exec_driver_sql(
        "SELECT pg_get_functiondef('apply_report_event()'::regprocedure)"
    ).scalar_one()
    for before, after in words:
        if before not in says:
            raise LookupError(before)
        says = says.replace(before, after)
    bind.exec_driver_sql(says.replace("%", "%%"), ())


def listed(events: Sequence[str]) -> str:
    return ", ".join(f"'{one}'" for one in events)


def guard(own: Sequence[str], with_reason: Sequence[str]) -> None:
    """Say what an agency does with its own report, and what takes a reason."""
    op.execute(f"ALTER POLICY add ON report_event WITH CHECK ({OWN} AND event IN ({listed(own)}))")
    op.execute("ALTER TABLE report_event DROP CONSTRAINT ck_report_event_reason")
    op.execute(
        "ALTER TABLE report_event ADD CONSTRAINT ck_report_event_reason"
        f" CHECK (event NOT IN ({listed(with_reason)}) OR trim(reason) <> '') NOT VALID"
    )
    op.execute("ALTER TABLE report_event VALIDATE CONSTRAINT ck_report_event_reason")


def upgrade() -> None:
    rewrite(WORDS)
    guard((*OWN_BEFORE, "uncorrect"), (*GIVE_A_REASON, "uncorrect", "unclose"))


def downgrade() -> None:
    guard(OWN_BEFORE, GIVE_A_REASON)
    rewrite([(after, before) for before, after in reversed(WORDS)])
