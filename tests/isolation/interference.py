"""What two agencies do to the same deployment, and what one of them can tell of the other."""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from tests.isolation.forms import Fields, forms_in


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_CODE = re.compile(r'(name="csrf_token" value=")[^"]*')

PAGES = (
    "/home",
    "/roster/",
    "/dossiers/",
    "/entry/",
    "/board/",
    "/honours/",
    "/settings/units",
    "/members/",
    "/roster/cycle",
)
"""What an agency looks at to learn how things stand."""

NUMBERS = ("012190000017", "012190000025", "012190000033")
"""Personal numbers that both agencies may type: whoever has one elsewhere is nobody's business."""


@dataclass(frozen=True, slots=True)
class Step:
    """One act, or one look, of an agency; ``choice`` picks what it is done to."""

    act: str
    choice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Somebody at work in an agency who may do everything that its office does."""

    slug: str
    unit: str
    browser: FlaskClient


class Desk:
    """Does what an office does, through its pages, and says what it saw."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.cookies = copy(office.browser._cookies)  # noqa: SLF001 - there is no other way
        self.acts: Mapping[str, Callable[[int], Any]] = {
            "look": self._look,
            "add": self._add,
            "enter": self._enter,
            "remove": self._remove,
            "unit": self._unit,
            "withdraw": self._withdraw,
        }

    def forget(self) -> None:
        """Let the browser be as it was at first."""
        self.office.browser._cookies = copy(self.cookies)  # noqa: SLF001

    def do(self, step: Step) -> str:
        """Take a step, and return what came back of it, without ids and times."""
        return plain(self.acts[step.act](step.choice))

    def _open(self, method: str, page: str, fields: Sequence[tuple[str, str]] = ()) -> Any:
        address = page if "/-/" in page else f"/{self.office.slug}/-{page}"
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        return self.office.browser.open(address, method=method, data=data or None)

    def _look(self, choice: int) -> Any:
        return self._open("GET", PAGES[choice % len(PAGES)])

    def _add(self, choice: int) -> Any:
        person = [
            ("name", f"Vàng Thị {'ABCDEFGHIJ'[choice % 10]}"),
            ("birth", "1990"),
            ("unit_id", self.office.unit),
            ("group_number", "3"),
            ("cccd", (*NUMBERS, "")[choice % 4]),
        ]
        return self._open("POST", "/roster/add", person)

    def _unit(self, choice: int) -> Any:
        fields = [("name", f"Phòng {choice % 5}"), ("kind", "division")]
        return self._open("POST", "/settings/units", fields)

    def _enter(self, choice: int) -> Any:
        """Type somebody's paper form in."""
        page = self._chosen("/entry/", r"/entry/[0-9a-f-]{36}", choice)
        typed = [("line", "8 8 8 8 8 8 8 8 8 8"), ("seen", "1"), ("consent", "paper_form")]
        return self._send(page, typed) if page else self._look(choice)

    def _remove(self, choice: int) -> Any:
        page = self._chosen("/roster/", r"/roster/people/[0-9a-f-]{36}", choice)
        return self._send(f"{page}/remove", []) if page else self._look(choice)

    def _withdraw(self, choice: int) -> Any:
        page = self._chosen("/dossiers/", r"/dossiers/[0-9a-f-]{36}", choice)
        return self._send(f"{page}/withdrawal", []) if page else self._look(choice)

    def _chosen(self, room: str, pattern: str, choice: int) -> str | None:
        found = list(dict.fromkeys(re.findall(pattern, self._open("GET", room).text)))
        return found[choice % len(found)] if found else None

    def _send(self, page: str, typed: Fields) -> Any:
        """Open a form and send it, with what is typed into it."""
        shown = self._open("GET", page)
        if shown.status_code != 200:
            return shown
        form = next(iter(forms_in(shown.text, page)), None)
        names = {name for name, _ in typed}
        fields = [one for one in form.fields if one[0] not in names] if form else []
        return self._open("POST", page, [*fields, *typed])


def plain(answer: Any) -> str:
    """Return an answer without what differs from one run to the next."""
    text = f"{answer.status_code} {answer.headers.get('Location', '')}\n{answer.text}"
    return _CODE.sub(r"\1-", _TIME.sub("-", _ID.sub("-", text)))
