"""The record of acts of an agency, as a page and as a workbook, and the heads of those below."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.audit import Act
from app.domain.dossiers import Event
from app.domain.ids import new_id
from app.domain.permissions import Permission
from app.exports.record_workbook import Row, write_record_workbook
from app.exports.wording import Wording
from app.labels.acts import Change, act_in_words, changes_in_words, name_of
from app.persistence.clock import today, transaction_time
from app.persistence.queries.audit_chain import find_head, heads_below
from app.persistence.queries.record import Entry, Wanted, entries, unit_names
from app.persistence.unit_of_work import unit_of_work
from app.services.record import record_act
from app.web.access import current_actor, requires
from app.web.language import current_language, show_moment
from app.web.pagination import address_with


bp = Blueprint("record", __name__, url_prefix="/record")

_SIZE = 50
_LONGEST_WORKBOOK = 5_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One act, ready to be read."""

    entry: Entry
    words: str
    changes: tuple[Change, ...]


@bp.get("/")
@requires(Permission.AUDIT_READ)
def index() -> ResponseReturnValue:
    """Show what has been done here, newest first."""
    wanted = _wanted()
    found = list(_lines(wanted, before=request.args.get("before", type=int), limit=_SIZE + 1))
    lines = found[:_SIZE]
    return render_template(
        "record/index.html",
        wanted=wanted,
        lines=lines,
        older=address_with(before=lines[-1].entry.seq) if len(found) > _SIZE else None,
        newest=address_with(before=None) if "before" in request.args else None,
        acts=_choices(),
        head=find_head(),
        query=request.query_string.decode(),
        is_narrowed=wanted != Wanted(),
    )


def _wanted() -> Wanted:
    return Wanted(
        act=_chosen_act(request.args.get("act", "")),
        actor=request.args.get("actor", "").strip(),
        person=request.args.get("person", "").strip(),
        dossier_id=request.args.get("dossier", type=UUID),
        since=request.args.get("since", type=date.fromisoformat),
        until=request.args.get("until", type=date.fromisoformat),
    )


def _chosen_act(asked: str) -> Act | Event | None:
    for kind in (Act, Event):
        if asked in set(kind):
            return kind(asked)
    return None


def _choices() -> list[tuple[str, str]]:
    named = [(one.value, name_of(one)) for kind in (Act, Event) for one in kind]
    return sorted(named, key=lambda choice: choice[1])


def _lines(wanted: Wanted, *, before: int | None, limit: int) -> Iterator[Line]:
    units = unit_names()
    for entry in entries(wanted, before=before, limit=limit):
        yield _line(entry, units)


def _line(entry: Entry, units: Mapping[str, str]) -> Line:
    return Line(
        entry=entry,
        words=act_in_words(entry.act, entry.facts),
        changes=tuple(changes_in_words(entry.facts, units)),
    )


@bp.post("/workbook")
@requires(Permission.AUDIT_READ, fresh_factor=True)
def workbook() -> ResponseReturnValue:
    """Hand out the acts that the list is narrowed to as a workbook, the newest thousands."""
    rows = [_row(one) for one in _lines(_wanted(), before=None, limit=_LONGEST_WORKBOOK)]
    head, created = find_head(), transaction_time()
    with unit_of_work():
        record_act(
            Act.EXPORT_ASKED,
            by=current_actor(),
            object_kind="export",
            object_id=new_id(),
            kind="record",
            rows=len(rows),
        )
    content = write_record_workbook(
        rows,
        agency=g.agency.name,
        head=head,
        created=created,
        wording=Wording(language=current_language(), gettext=_say),
    )
    return send_file(
        BytesIO(content),
        mimetype=_XLSX,
        as_attachment=True,
        download_name=gettext("Record of acts %(day)s", day=today().isoformat()) + ".xlsx",
    )


def _say(message: str, /, **facts: object) -> str:
    return str(gettext(message, **facts))


def _row(line: Line) -> Row:
    entry = line.entry
    told = [f"{name}: {before} → {after}" for name, before, after in line.changes]
    return Row(
        seq=entry.seq,
        moment=show_moment(entry.at),
        actor=entry.actor_name,
        words=line.words,
        about=entry.about or "",
        changes="; ".join(told),
        reason=_reason(entry),
    )


def _reason(entry: Entry) -> str:
    stated: Any = entry.reason or entry.facts.get("reason")
    return str(stated or "")


@bp.get("/agencies")
@requires(Permission.AUDIT_READ)
def agencies() -> ResponseReturnValue:
    """Show the newest head that each agency below has given, and whether its chain holds it."""
    return render_template(
        "record/agencies.html", given=heads_below(), back_url=url_for("record.index")
    )
