"""Says which decisions behind a figure the reader may open."""

from typing import Any

from flask import url_for

from app.domain.explanations import Paper
from app.domain.permissions import Permission
from app.web.access import current_actor
from app.web.figures.asked import Asked


def opened(asked: Asked, subject: Any) -> str | None:
    """Return where a decision of the reader's own agency is shown, to who may read it there."""
    if not isinstance(subject, Paper) or not subject.id or not asked.is_own:
        return None
    if not current_actor().may(Permission.DECISION_READ):
        return None
    return url_for("decisions.show", decision_id=subject.id)
