"""Which language a page speaks, and how it writes numbers and dates."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from flask import request, session
from flask_babel import get_locale

from app.domain.deadlines import VIETNAM
from app.web.session import find_current_account


LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"
_CHOICE = "language"


def choose_locale() -> str:
    """Return the reader's language: account, else ``?lang=``, else the browser, else Vietnamese."""
    account = find_current_account()
    kept = account.locale if account else None
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        session[_CHOICE] = asked
    for candidate in (kept, asked, session.get(_CHOICE)):
        if candidate in LANGUAGES:
            return str(candidate)
    return request.accept_languages.best_match(list(LANGUAGES), DEFAULT) or DEFAULT


def current_language() -> str:
    """Return the code of the language that this page speaks."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def keep_language(code: str) -> None:
    """Remember the language for as long as the browser is open."""
    session[_CHOICE] = code


def show_number(value: int | None) -> str:
    """Write a whole number with its thousands grouped: 12.345 in Vietnamese, 12,345 in English.

    Not by way of Babel, whose general formatting was a third of the time of a table page.
    """
    if value is None:
        return "–"
    grouped = f"{value:,}"
    if "," not in grouped:
        return grouped
    return grouped.replace(",", ".") if current_language() == "vi" else grouped


def show_decimal(value: Fraction | Decimal | float, places: int = 1) -> str:
    """Write a number that need not be whole: 9,4 in Vietnamese, 9.4 in English."""
    digits = f"{float(value):.{places}f}"
    return digits.replace(".", ",") if current_language() == "vi" else digits


def show_percent(value: Fraction | Decimal | float | None, places: int = 1) -> str:
    """Write a percentage: 62,1 % in Vietnamese, 62.1% in English; a dash for none."""
    if value is None:
        return "–"
    return f"{show_decimal(value, places)}%"


def show_date(value: date | datetime | None) -> str:
    """Write a date as dd/MM/yyyy, in both languages: it is what stands on the documents."""
    if value is None:
        return "–"
    day = value.astimezone(VIETNAM) if isinstance(value, datetime) else value
    return day.strftime("%d/%m/%Y")


def show_moment(value: datetime | None) -> str:
    """Write a date and the time of day in Việt Nam."""
    return value.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") if value else "–"


def text_in(words: Mapping[str, str]) -> str:
    """Choose from words kept in both languages."""
    return words.get(current_language()) or words[DEFAULT]
