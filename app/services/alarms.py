"""Raising an alarm: a line that the agency and those above see, and an act on its record."""

from app.domain.alarms import MACHINE, AlarmKind
from app.domain.audit import Act
from app.persistence.database import db
from app.persistence.models import Alarm, AuditEvent


_ACTS = {
    AlarmKind.CHAIN_BROKEN: Act.CHAIN_BROKEN,
    AlarmKind.FIGURES_REPAIRED: Act.FIGURES_REPAIRED,
    AlarmKind.OFFICIAL_REPAIRED: Act.OFFICIAL_REPAIRED,
    AlarmKind.OVERLAPS_REPAIRED: Act.OVERLAPS_REPAIRED,
}


def raise_alarm(kind: AlarmKind, found: int, *, year: int | None = None) -> None:
    """Say that ``found`` things are wrong with the agency in scope."""
    db.session.add(Alarm(kind=kind, year=year, found=found))
    db.session.add(
        AuditEvent(
            act=_ACTS[kind],
            actor_name=MACHINE,
            object_kind="agency",
            facts={"found": found} | ({"year": year} if year else {}),
        )
    )
