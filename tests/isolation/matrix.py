"""Tries every door of the house as everybody, and collects what does not answer as it must."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask.testing import FlaskClient

from app.domain.permissions import Role
from tests.isolation.access_table import AccessTable, Line
from tests.isolation.agencies import RELATIONS, Agency
from tests.isolation.doors import Doors, ids_for, ids_in, query_of, sent_to
from tests.isolation.forms import Fields, PageForm, forms_in
from tests.isolation.house import House
from tests.isolation.oracle import Cell, Oracle, Thing, Verdict, is_so
from tests.isolation.recipes import (
    BETWEEN_AGENCIES,
    REFUSED_BY_RULE,
    SHOWS_WHAT_LIES_BELOW,
    TELLS_MACHINES,
)
from tests.isolation.visits import Answer, Visits


RECORD = frozenset({"audit_event", "audit_head", "audit_link", "audit_unlinked"})
KEPT_WHEN_READING = RECORD | {"web_session"}
"""Tables that a page which changes nothing may write to: who was refused what, and seen when."""

_CANARY = re.compile(rb"(?i)\b(quz|vuz)([a-f])\2\b")


@dataclass
class Tally:
    """What was tried, what failed, and which pages answered their own people and did as asked."""

    cells: int = 0
    failures: list[str] = field(default_factory=list)
    answered: set[tuple[str, str]] = field(default_factory=set)
    did: set[tuple[str, str]] = field(default_factory=set)
    refused_why: dict[tuple[str, str], str] = field(default_factory=dict)

    def fail(self, what: object, why: str) -> None:
        """Note something that is not as it must be."""
        self.failures.append(f"{what}: {why}")


class Matrix:
    """One run over every page, as everybody, everywhere."""

    def __init__(
        self,
        house: House,
        visits: Visits,
        sign_in: Callable[..., FlaskClient],
        *,
        is_whole: bool = True,
    ) -> None:
        self.house, self.visits, self.sign_in = house, visits, sign_in
        self.table, self.doors, self.tally = AccessTable(), Doors(house.app), Tally()
        self.oracle = Oracle(self.table, is_whole=is_whole)
        self.browsers: dict[object, FlaskClient] = {None: house.app.test_client()}
        self.forms: dict[tuple[Role | None, str], PageForm] = {}
        self.missing: dict[tuple[Role | None, tuple[str, str]], object] = {}
        self.letters = dict(zip(RELATIONS, b"abcdef", strict=True))
        self.others: Mapping[str, str] = {
            relation: visits.rows_of_others(agency.key.tenant_id)
            for relation, agency in house.agencies.items()
        }

    def browser(self, role: Role | None, line: Line, **session: object) -> FlaskClient:
        """Return the browser of whoever tries a page in a role, in such a session."""
        someone = self.house.reader(role, line.object) if role else None
        key = (someone.id, *session.items()) if someone else None
        if key not in self.browsers:
            self.browsers[key] = self.sign_in(someone, **session)
        return self.browsers[key]

    def address(self, line: Line, place: str, ids: tuple[str, ...]) -> str:
        """Return the address of a page in an agency."""
        query = query_of(line, self.house.agencies["own"])
        return f"/{self.house.agencies[place].slug}/-{self.doors.page(line, ids)}{query}"

    def run(self) -> Tally:
        """Try everything."""
        lines = [line for line in self.table.lines if self.doors.is_known(line)]
        # Pages first: they show the forms that are sent afterwards.
        for line in sorted(lines, key=lambda line: line.method != "GET"):
            for cell in self.oracle.cells_of(line):
                self.try_cell(cell)
            if line.method != "GET":
                self.try_without_token(line)
        return self.tally

    def try_without_token(self, line: Line) -> None:
        """Send a form as another site would make a browser send it."""
        role = next((role for role in Role if self.oracle.may(line, role)), Role.OFFICER)
        cell = Cell(line=line, role=role, place="own", relation="own", thing=Thing.OWN)
        ours = self.house.agencies["own"]
        address = self.address(line, "own", self.ids(cell))
        browser, fields = self.browser(role, line), self.fields(cell, ours)
        headers = {"X-CSRF-Token": ""}
        answer = self.visits.knock(browser, line.method, address, _bare(fields), headers=headers)
        self.tally.cells += 1
        if answer.status != 400 or answer.written.keys() - KEPT_WHEN_READING:
            self.tally.fail(cell, f"without a token: {answer.status}")

    def try_cell(self, cell: Cell) -> None:
        """Knock once, and hold the answer to everything that is said of it."""
        self.tally.cells += 1
        line, ours = cell.line, self.house.agencies["own"]
        ids = self.ids(cell)
        address = self.address(line, cell.place, ids)
        fields = self.fields(cell, ours) if line.method != "GET" else []
        answer = self.knock(cell, address, fields)
        verdict = self._verdict(cell)
        if not is_so(verdict, answer.status, answer.location, _rules_of(line)):
            self.tally.fail(cell, f"answered {answer.status} {answer.location}, not {verdict}")
            return
        self._hold_rows(cell, verdict, answer)
        self.hold_words(cell, answer)
        if verdict is Verdict.MISSING and cell.thing is Thing.FOREIGN and cell.place == "own":
            self._hold_like_missing(cell, answer, ids, fields)
        if verdict is Verdict.OPEN and cell.place == "own" and cell.relation == "own":
            self._note_own(cell, address, answer)

    def _verdict(self, cell: Cell) -> Verdict:
        verdict = self.oracle.verdict(cell)
        is_there = self.doors.is_furnished(cell.line, self.house.agencies[cell.relation])
        return verdict if is_there or verdict is not Verdict.OPEN else Verdict.MISSING

    def ids(self, cell: Cell) -> tuple[str, ...]:
        """Return the ids that the address of a cell names."""
        agency = self.house.agencies[cell.relation]
        if cell.thing is Thing.NONE or not self.doors.is_furnished(cell.line, agency):
            return self.doors.nobodys(cell.line)
        return ids_for(cell.line, agency)

    def fields(self, cell: Cell, ours: Agency) -> Fields:
        """Return what our own people send to a page, from the form that they were shown."""
        if not self.doors.is_furnished(cell.line, ours):
            return sent_to(cell.line, None, ours)
        own = self.address(cell.line, "own", ids_for(cell.line, ours)).partition("?")[0]
        form = self.forms.get((cell.role, own)) or next(
            (form for (_, path), form in self.forms.items() if path == own), None
        )
        return sent_to(cell.line, form, ours)

    def knock(
        self, cell: Cell, address: str, fields: Fields, browser: FlaskClient | None = None
    ) -> Answer:
        """Send a request as whoever the cell is about."""
        agency = self.house.agencies[cell.place]
        headers = {} if cell.role else {"X-CSRF-Token": self._strangers_token()}
        return self.visits.knock(
            browser or self.browser(cell.role, cell.line),
            cell.line.method,
            address,
            fields,
            ours=agency.key.tenant_id,
            quiet=KEPT_WHEN_READING,
            headers=headers,
        )

    def _strangers_token(self) -> str:
        browser = self.browsers[None]
        with browser.session_transaction() as session:
            session["csrf_token"] = "token"
        return "token"

    def _hold_rows(self, cell: Cell, verdict: Verdict, answer: Answer) -> None:
        line, written = cell.line, answer.written.keys() - KEPT_WHEN_READING
        may_write = verdict is Verdict.OPEN and cell.line.is_change
        if written and not may_write:
            self.tally.fail(cell, f"wrote to {sorted(written)}")
        lines = answer.written.get("audit_event", 0)
        if lines != 1 and self._is_on_record(cell, verdict):
            self.tally.fail(cell, f"{lines} lines on record")
        is_between = line.endpoint in BETWEEN_AGENCIES and verdict is Verdict.OPEN
        if answer.others and answer.others != self.others[cell.place] and not is_between:
            self.tally.fail(cell, "changed rows of another agency")

    def _is_on_record(self, cell: Cell, verdict: Verdict) -> bool:
        # An agency that is suspended keeps no record any more.
        is_abroad = cell.place not in {"own", "suspended"} and cell.line.needs_permission
        is_stranger = verdict is Verdict.MISSING and is_abroad
        return cell.role is not None and (verdict is Verdict.REFUSED or is_stranger)

    def hold_words(self, cell: Cell, answer: Answer) -> None:
        """Hold an answer to showing no word of another agency."""
        everything = answer.body + repr(answer.headers).encode()
        found = {(kind, letter) for kind, letter in _CANARY.findall(everything)}
        strange = {one for one in found if not self._may_see(cell, *one)}
        if strange:
            self.tally.fail(cell, f"showed words of others: {sorted(strange)}")

    def words_of_others(self, answer: Answer, place: str) -> set[tuple[bytes, bytes]]:
        """Return the words in an answer that are not of the agency in whose address it stands."""
        everything = answer.body + repr(answer.headers).encode()
        ours = self.letters[place]
        found = {(kind.lower(), letter.lower()) for kind, letter in _CANARY.findall(everything)}
        return {(kind, letter) for kind, letter in found if letter[0] != ours}

    def _may_see(self, cell: Cell, kind: bytes, letter: bytes) -> bool:
        # One's own name stands in the frame of every page.
        if letter in b"a" and cell.role:
            return True
        is_public = cell.line.who == "public"
        if is_public and letter[0] == self.letters[cell.place]:
            return True
        is_below = letter[0] == self.letters["child"] and cell.place == "own"
        if is_below and cell.line.endpoint in SHOWS_WHAT_LIES_BELOW:
            return self.oracle.verdict(cell) is Verdict.OPEN
        return kind.lower() == b"vuz" and is_below and cell.role is not None

    def _hold_like_missing(
        self, cell: Cell, answer: Answer, ids: tuple[str, ...], fields: Fields
    ) -> None:
        nobodys, at = self.doors.nobodys(cell.line), self.house.agencies["own"].slug
        key = (cell.role, cell.line.key)
        if key not in self.missing:
            missing = self.knock(cell, self.address(cell.line, "own", nobodys), fields)
            self.missing[key] = missing.told(*nobodys, at=at)
        if answer.told(*ids, at=at) != self.missing[key]:
            self.tally.fail(cell, "the 404 differs from that of an object that is not there")

    def _note_own(self, cell: Cell, address: str, answer: Answer) -> None:
        line = cell.line
        if answer.status < 400:
            self.tally.answered.add(line.key)
            if answer.written.keys() - RECORD:
                self.tally.did.add(line.key)
        else:
            text = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", answer.body.decode()))
            self.tally.refused_why[line.key] = f"{answer.status} {text[-1500:]}"
        if line.method == "GET" and answer.status == 200:
            for form in forms_in(answer.body.decode(errors="replace"), address):
                self.forms.setdefault((cell.role, form.action), form)


def _rules_of(line: Line) -> frozenset[int]:
    told = {HTTPStatus.SERVICE_UNAVAILABLE} if line.endpoint in TELLS_MACHINES else set()
    return REFUSED_BY_RULE | told


def _bare(fields: Fields) -> Fields:
    return [one for one in fields if one[0] != "csrf_token"]


def ids_undeclared(matrix: Matrix) -> list[str]:
    """Return the objects that forms name and the table does not."""
    names = {
        one: name.split()[-1]
        for name, ids in matrix.house.agencies["own"].things.items()
        for one in ids
    }
    said: dict[str, set[str]] = {}
    for line in matrix.table.lines:
        said.setdefault(line.endpoint, set()).update(
            one.split()[-1] for one in (*line.also, *line.kinds)
        )
    return sorted(
        {
            f"{endpoint} names {names[one]}"
            for (_, path), form in matrix.forms.items()
            for endpoint in [matrix.doors.endpoint_of(path)]
            for one in ids_in(form.fields) & names.keys()
            if names[one] not in said[endpoint]
        }
    )
