"""How answers and the lines of agencies are written for whoever reads them."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext

from app.domain.adhoc import Total
from app.domain.adhoc_answers import WRITTEN, YES, Answer, Count, Field, FieldKind
from app.domain.results import percent
from app.persistence.queries.adhoc import NamedLine
from app.web.board.pictures import standing
from app.web.language import current_language, show_date, show_decimal, show_number, show_percent


_DASH = "–"


def shown_value(field: Field, answer: Answer) -> str:
    """Write an answer."""
    if field.kind in WRITTEN:
        return answer.text or _DASH
    if field.kind is FieldKind.DATE:
        return show_date(answer.day)
    if answer.number is None:
        return _DASH
    if field.kind is FieldKind.YES_NO:
        return gettext("Yes") if answer.number == YES else gettext("No")
    return _amount(field, answer.number, answer.whole)


def shown_count(field: Field, count: Count) -> str:
    """Write what the system counts."""
    return _amount(field, count.number, count.whole)


def shown_total(field: Field, total: Total) -> str:
    """Write what the answers of all agencies come to."""
    if field.kind is FieldKind.YES_NO:
        return gettext("yes: %(count)s", count=show_number(int(total.sum)))
    if field.kind is FieldKind.DATE:
        days = dict.fromkeys((show_date(total.first), show_date(total.last)))
        return " – ".join(days)
    if field.kind is FieldKind.PERCENT:
        return _share(int(total.sum), int(total.whole))
    return _amount(field, total.sum, None)


def _amount(field: Field, number: Decimal | int, whole: Decimal | int | None) -> str:
    if field.kind is FieldKind.PERCENT:
        return _share(int(number), int(whole or 0))
    return f"{_number(number)} {field.unit}".strip()


def _share(part: int, whole: int) -> str:
    return f"{show_number(part)} / {show_number(whole)} ({show_percent(percent(part, whole))})"


def _number(number: Decimal | int) -> str:
    whole, rest = divmod(Fraction(number), 1)
    if not rest:
        return show_number(int(whole))
    return show_number(int(whole)) + show_decimal(rest, 2)[1:].rstrip("0")


def typed_number(number: Decimal | int | None) -> str:
    """Write a number as somebody would type it: ungrouped, so that it is read as it was meant."""
    if number is None:
        return ""
    digits = f"{number:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.replace(".", ",") if current_language() == "vi" else digits


def standing_of(one: NamedLine, now: datetime) -> dict[str, Any] | None:
    """Return the chip that says how a line stands to the last day."""
    return standing(one.line.standing(now))
