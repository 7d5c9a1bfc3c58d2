"""Blanks what is left of an erased person in rows that the application may only append."""

from uuid import UUID

from sqlalchemy import text

from app.persistence.database import db


def erase_traces(act_id: UUID) -> None:
    """Blank names on lists, the number's index and the account; ``act_id`` says who and why."""
    db.session.execute(text("SELECT erase_traces(:act)"), {"act": act_id})
