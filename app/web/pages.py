"""What every template may use: the frame's context, and how numbers and dates are written."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, url_for
from flask_babel import gettext

from app.config import Config
from app.labels import words
from app.persistence.queries.settings import printed_name_of
from app.web.access import find_current_actor
from app.web.addressing import page_in_address
from app.web.language import (
    LANGUAGES,
    current_language,
    show_date,
    show_moment,
    show_number,
    show_percent,
    text_in,
)
from app.web.navigation import navigation_for
from app.web.requests import csrf_field, csrf_token
from app.web.session import find_current_account
from app.web.work import work_mark


def install(app: Flask, config: Config) -> None:
    """Give templates their words."""
    app.jinja_env.globals.update(
        csrf_field=csrf_field,
        csrf_token=csrf_token,
        number=show_number,
        percent=show_percent,
        day=show_date,
        moment=show_moment,
        text_in=text_in,
        words=words,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def frame() -> dict[str, Any]:
        return frame_context(is_demonstration=config.is_demonstration)


def frame_context(*, is_demonstration: bool) -> dict[str, Any]:
    """Return what the frame of a page shows around it."""
    actor = find_current_actor() if "agency" in g else None
    return {
        "locale": current_language(),
        "agency": _letterhead(),
        "actor": _reader(actor.roles if actor else ()),
        "navigation": navigation_for(actor),
        "work": work_mark(),
        "language_links": _language_links(),
        "is_demonstration": is_demonstration,
        "home_url": url_for("home.index") if g.get("agency") else url_for("portal.index"),
        "sign_in_url": url_for("accounts.sign_in"),
        "sign_out_url": url_for("accounts.sign_out"),
        "account_links": _account_links(),
    }


def _letterhead() -> Any:
    return printed_name_of(g.agency) if g.get("agency") is not None else None


def _reader(roles: Any) -> dict[str, Any] | None:
    account = find_current_account()
    if account is None:
        return None
    labels = [str(words.ROLES[role]) for role in sorted(roles)]
    return {"name": account.name, "role_labels": labels}


def _account_links() -> list[dict[str, str]]:
    if find_current_account() is None:
        return []
    return [
        {
            "label": gettext("My agencies"),
            "url": url_for("accounts.agencies"),
            "icon": "building-community",
        },
        {
            "label": gettext("Change the password"),
            "url": url_for("accounts.password"),
            "icon": "key",
        },
        {
            "label": gettext("Second factor"),
            "url": url_for("accounts.factors"),
            "icon": "shield-lock",
        },
        {
            "label": gettext("Where you are signed in"),
            "url": url_for("accounts.sessions"),
            "icon": "history",
        },
    ]


def _language_links() -> list[tuple[str, str, str, bool]]:
    now = current_language()
    return [(code, label, _in_language(code), code == now) for code, label in LANGUAGES.items()]


def _in_language(code: str) -> str:
    # Somebody signed in keeps the choice in their account, and comes back to this page.
    here = request.script_root + page_in_address()
    if find_current_account() is not None:
        return f"{url_for('accounts.language', code=code)}?{urlencode({'next': here})}"
    query = {**request.args.to_dict(), "lang": code}
    return f"{here}?{urlencode(query)}"
