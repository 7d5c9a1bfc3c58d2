"""What two agencies do to the same deployment, and what one of them can tell of the other."""

import re
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, text

from app.domain.people import ConsentChannel
from app.domain.permissions import Actor
from app.domain.refusals import RefusedError
from app.domain.roster import PersonDetails
from app.persistence.database import Base, db
from app.persistence.models import Dossier, Person
from app.persistence.ownership import TenantRow
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.queries.results import figures_counted_directly
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.roster import add_person, remove_from_year
from app.services.self_assessments import PaperForm, enter_paper_form, withdraw
from app.services.units import add_unit
from tenants.schema import UnitKind
from tests.builders.world import PASSING, THIS_YEAR


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?")
_CODE = re.compile(r'(name="csrf_token" value=")[^"]*')
# What is sealed under a nonce, and digests, which cover ids and times.
_BYTES = re.compile(r"\\\\x[0-9a-f]+")

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

# How often marks were set since the deployment began is counted over all agencies.
_COUNTED_OVER_ALL = {"rollup_mark": {"id"}}


@dataclass(frozen=True, slots=True)
class Step:
    """One act, or one look, of an agency; ``choice`` picks what it is done to."""

    act: str
    choice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Somebody at work in an agency who may do everything that its office does."""

    slug: str
    unit: UUID
    actor: Actor
    browser: FlaskClient


class Desk:
    """Does what an office does, and says what it was answered, without ids and times."""

    def __init__(self, app: Flask, office: Office) -> None:
        self.app, self.office = app, office
        self.cookies = copy(office.browser._cookies)  # noqa: SLF001 - there is no other way
        self.seal = app.extensions["number_seal"]
        self.acts: Mapping[str, Callable[[int], object]] = {
            "add": self._add,
            "enter": self._enter,
            "remove": self._remove,
            "unit": self._unit,
            "withdraw": self._withdraw,
            "count": lambda _: figures_counted_directly(THIS_YEAR),
        }

    def forget(self) -> None:
        """Let the browser be as it was at first."""
        self.office.browser._cookies = copy(self.cookies)  # noqa: SLF001

    def do(self, step: Step) -> str:
        """Take a step, and return what came back of it: an answer or a refusal."""
        if step.act == "page":
            return self.page(PAGES[step.choice % len(PAGES)])
        try:
            with self.app.app_context(), tenant_scope(self.office.actor.tenant), unit_of_work():
                return plain(self.acts[step.act](step.choice))
        except RefusedError as refusal:
            return plain(refusal)

    def page(self, page: str) -> str:
        """Return a page of the agency."""
        answer = self.office.browser.get(f"/{self.office.slug}/-{page}")
        return plain(f"{answer.status_code} {answer.headers.get('Location', '')}\n{answer.text}")

    def everything(self, rows: "EveryRow") -> str:
        """Return every row that the agency may read, whosever it is."""
        with self.app.app_context(), tenant_scope(self.office.actor.tenant):
            found = db.session.execute(text(rows.statement)).scalars().all()
        return "\n".join(sorted(plain(row) for row in found))

    def _add(self, choice: int) -> object:
        details = PersonDetails(
            name=f"Vàng Thị {'ABCDEFGHIJ'[choice % 10]}",
            birth_year=1990,
            unit_id=self.office.unit,
            group_number=3,
            cccd=(*NUMBERS, None)[choice % 4],
        )
        return add_person(details, year=THIS_YEAR, seal=self.seal, by=self.office.actor)

    def _unit(self, choice: int) -> object:
        return add_unit(f"Phòng {choice % 5}", UnitKind.DIVISION, by=self.office.actor).name

    def _enter(self, choice: int) -> object:
        """Type somebody's paper form in."""
        dossier = self._chosen(choice)
        paper = PaperForm(
            scores=tuple(PASSING), evidence=["x"] * 10, consent=ConsentChannel.PAPER_FORM
        )
        return enter_paper_form(dossier, paper, version=dossier.version, by=self.office.actor)

    def _remove(self, choice: int) -> object:
        person_id = self._chosen(choice).person_id
        return remove_from_year(person_id, THIS_YEAR, by=self.office.actor)

    def _withdraw(self, choice: int) -> object:
        dossier = self._chosen(choice)
        return withdraw(dossier, "Chuyển đi", version=dossier.version, by=self.office.actor)

    def _chosen(self, choice: int) -> Dossier:
        """Return somebody's dossier: the same one whatever ids were given out."""
        by_name = select(Dossier.id).join(Dossier.person).order_by(Person.name, Dossier.id)
        found = db.session.scalars(by_name).all()
        if not found:
            self._add(choice)
            found = db.session.scalars(by_name).all()
        return load_dossier_to_change(found[choice % len(found)])


class EveryRow:
    """One question for all rows of all agencies' tables, as far as the application may read them.

    It names no agency: only the second wall narrows it.
    """

    def __init__(self, connection: Connection) -> None:
        readable: dict[str, list[str]] = {}
        for table, column in connection.execute(_READABLE):
            readable.setdefault(table, []).append(column)
        self.tables = readable.keys() & _tables_of_agencies()
        self.statement = " UNION ALL ".join(
            _rows_of(table, sorted(set(readable[table]) - _COUNTED_OVER_ALL.get(table, set())))
            for table in sorted(self.tables)
        )


_READABLE = text(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    " AND has_column_privilege(quote_ident(table_name), column_name, 'SELECT')"
)


def _tables_of_agencies() -> set[str]:
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return {model.__tablename__ for model in models if issubclass(model, TenantRow)}


def _rows_of(table: str, columns: list[str]) -> str:
    named = ", ".join(f'"{column}"' for column in columns)
    return f"SELECT '{table}: ' || ROW({named})::text FROM \"{table}\""  # noqa: S608


def plain(answer: Any) -> str:
    """Return an answer without what differs from one run to the next."""
    told = _TIME.sub("-", _ID.sub("-", str(answer)))
    return _CODE.sub(r"\1-", _BYTES.sub("-", told))
