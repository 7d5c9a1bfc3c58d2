"""Questions about an agency's record: acts and events of dossiers, newest first, narrowed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from app.domain.audit import Act, Source
from app.domain.deadlines import VIETNAM
from app.domain.dossiers import Event
from app.domain.vietnamese import match_key
from app.persistence.database import db
from app.persistence.models import AuditEvent, AuditLink, Dossier, DossierEvent, Person, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list of acts is narrowed to; nothing means everything."""

    act: Act | Event | None = None
    actor: str = ""
    person: str = ""
    dossier_id: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act as the record holds it. ``about`` is the name of the person whose it is, if any."""

    seq: int
    at: datetime
    act: Act | Event
    actor_name: str
    object_kind: str
    object_id: UUID | None
    about: str | None
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)
    is_erased: bool = False

    @property
    def dossier_id(self) -> UUID | None:
        """The dossier that the act is about, if it is about one."""
        return self.object_id if self.object_kind == "dossier" else None


def entries(wanted: Wanted, *, before: int | None = None, limit: int) -> Sequence[Entry]:
    """Return acts of the agency in scope, newest first, below the link ``before``."""
    statement = _ENTRIES.where(*_conditions(wanted)).order_by(AuditLink.seq.desc()).limit(limit)
    if before is not None:
        statement = statement.where(AuditLink.seq < before)
    return [_entry(*row) for row in db.session.execute(statement)]


_NAMED = AuditEvent.object_kind == "person"
_ENTRIES = (
    select(
        AuditLink.seq,
        AuditLink.at,
        AuditEvent.act,
        DossierEvent.event,
        func.coalesce(AuditEvent.actor_name, DossierEvent.actor_name),
        func.coalesce(AuditEvent.object_kind, literal("dossier")),
        func.coalesce(AuditEvent.object_id, DossierEvent.dossier_id),
        Person.name,
        func.coalesce(DossierEvent.reason, ""),
        func.coalesce(AuditEvent.facts, DossierEvent.facts),
        AuditLink.salt.is_(None),
    )
    .select_from(AuditLink)
    .outerjoin(AuditEvent, and_(AuditLink.source == Source.ACTS, AuditEvent.id == AuditLink.row_id))
    .outerjoin(
        DossierEvent, and_(AuditLink.source == Source.EVENTS, DossierEvent.id == AuditLink.row_id)
    )
    .outerjoin(
        Dossier,
        or_(
            Dossier.id == DossierEvent.dossier_id,
            and_(AuditEvent.object_kind == "dossier", Dossier.id == AuditEvent.object_id),
        ),
    )
    .outerjoin(
        Person,
        or_(Person.id == Dossier.person_id, and_(_NAMED, Person.id == AuditEvent.object_id)),
    )
)


def _entry(*row: Any) -> Entry:
    seq, at, act, event, actor, kind, object_id, about, reason, facts, is_erased = row
    return Entry(
        seq=seq,
        at=at,
        act=act or event,
        actor_name=actor or "",
        object_kind=kind,
        object_id=object_id,
        about=about,
        reason=reason,
        facts=facts or {},
        is_erased=is_erased,
    )


def _conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if isinstance(wanted.act, Act):
        found.append(AuditEvent.act == wanted.act)
    elif wanted.act is not None:
        found.append(DossierEvent.event == wanted.act)
    if wanted.actor:
        found.append(
            func.coalesce(AuditEvent.actor_name, DossierEvent.actor_name).icontains(
                wanted.actor, autoescape=True
            )
        )
    if wanted.person:
        found.append(Person.name_match_key.contains(match_key(wanted.person), autoescape=True))
    if wanted.dossier_id is not None:
        found.append(Dossier.id == wanted.dossier_id)
    if wanted.since is not None:
        found.append(AuditLink.at >= _midnight(wanted.since))
    if wanted.until is not None:
        found.append(AuditLink.at < _midnight(wanted.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def unit_names() -> dict[str, str]:
    """Return the names of all units of the agency in scope, by id, retired ones too."""
    return {str(row.id): row.name for row in db.session.execute(select(Unit.id, Unit.name))}
