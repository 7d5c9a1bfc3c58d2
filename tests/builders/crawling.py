"""Walks through the house as somebody would who follows every link."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from app.persistence.queries.accounts import find_account_by_login
from tests.builders.sessions import open_session


A_FEW = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page that a link led to."""

    endpoint: str
    address: str
    text: str
    is_page: bool


def reader_of(app: Flask, login: str | None) -> FlaskClient:
    """Return the browser of somebody of the demonstration, or of a stranger."""
    reader = app.test_client()
    if login:
        with app.app_context():
            account = find_account_by_login(login)
        with reader.session_transaction() as session:
            session["_user_id"] = open_session(app, account.id)
    return reader


def walk(app: Flask, reader: FlaskClient, slug: str, *, most: int = A_FEW) -> Iterator[Visit]:
    """Follow links from an agency's first page; open ``most`` addresses of each page."""
    start = f"/{slug}/-/home"
    waiting, known, opened = [start], {start}, Counter[str]()
    while waiting:
        address = waiting.pop(0)
        endpoint = endpoint_of(app, address)
        # Dossiers in different states lead to different pages, so a few of each are opened.
        if endpoint is None or opened[endpoint] >= most:
            continue
        opened[endpoint] += 1
        answer = reader.get(address, follow_redirects=True)
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"
        is_page = answer.mimetype == "text/html"
        text = answer.text if is_page else ""
        yield Visit(endpoint=endpoint, address=address, text=text, is_page=is_page)
        for link in links_in(text):
            if link.startswith(f"/{slug}/-/") and link not in known:
                known.add(link)
                waiting.append(link)


def pages_led_to(app: Flask, login: str | None, slug: str) -> dict[str, str]:
    """Return one address of each page that links from the agency's first page lead to."""
    found: dict[str, str] = {}
    for visit in walk(app, reader_of(app, login), slug):
        found.setdefault(visit.endpoint, visit.address if visit.is_page else f"/{slug}/-/home")
    return found


def links_in(text: str) -> list[str]:
    """Return where a page leads."""
    links = [unescape(one) for one in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', text)]
    # A language would be changed by looking at it.
    return [one for one in links if "lang=" not in one and "/language/" not in one]


def endpoint_of(app: Flask, address: str) -> str | None:
    """Return which page an address is of, if it is of any."""
    path = urlsplit(address).path.partition("/-")[2]
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)
