"""Browsers of people who have signed in: one connection a request, and errors are answers."""

import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Flask

from app.launch.port import HOST
from tests.faults.acts import Fate


_PATIENCE = 20.0
Fields = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back and when; status 0 when nothing did."""

    status: int
    text: str = ""
    location: str = ""
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began

    @property
    def fate(self) -> Fate:
        """What it says of the act that was asked for: each is answered by leading on."""
        if self.status == HTTPStatus.SEE_OTHER:
            return Fate.DONE
        is_refusal = HTTPStatus.OK <= self.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return Fate.REFUSED if is_refusal else Fate.UNKNOWN


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody's browser, open in one agency."""

    port: int
    slug: str
    cookie: str

    def get(self, page: str) -> Answer:
        """Open a page of the agency."""
        return self._ask("GET", page, "")

    def post(self, page: str, fields: Fields) -> Answer:
        """Send a form of the agency."""
        return self._ask("POST", page, urlencode(fields, doseq=True))

    def _ask(self, method: str, page: str, body: str) -> Answer:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_PATIENCE)
        headers = {"Cookie": f"session={self.cookie}", "X-CSRF-Token": "token"}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        try:
            connection.request(method, f"/{self.slug}/-{page}", body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return Answer(status=0, began=began, ended=time.monotonic())
        finally:
            connection.close()
        return Answer(
            status=answer.status,
            text=text,
            location=answer.headers.get("Location", ""),
            began=began,
            ended=time.monotonic(),
        )


def cookie_of(app: Flask, token: str | None) -> str:
    """Return the cookie of whoever the token signs in, or of a stranger, in English."""
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["csrf_token"] = "token"
        session["language"] = "en"
        if token is not None:
            session["_user_id"] = token
    cookie = browser.get_cookie("session")
    assert cookie is not None
    return cookie.value
