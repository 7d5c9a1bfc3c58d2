"""How answers and the lines of agencies are written for whoever reads them."""

from datetime import datetime
from typing import Any

from flask_babel import gettext

from app.domain.adhoc import YES, Answer, Field, FieldKind
from app.persistence.queries.adhoc import NamedLine
from app.web.board.pictures import standing
from app.web.language import show_number


def shown_value(field: Field, answer: Answer) -> str:
    """Write an answer."""
    if field.kind is FieldKind.TEXT:
        return answer.text or "–"
    if answer.number is None:
        return "–"
    if field.kind is FieldKind.YES_NO:
        return gettext("Yes") if answer.number == YES else gettext("No")
    return show_number(answer.number)


def standing_of(one: NamedLine, now: datetime) -> dict[str, Any] | None:
    """Return the chip that says how a line stands to the last day."""
    return standing(one.line.standing(now))
