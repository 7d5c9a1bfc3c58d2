"""Holding the rolled-up figures against the dossiers: what differs is repaired, and said.

The figures are recomputed with every change, so that nothing is ever to be found here. Should it
be, somebody wrote past the house, or the house has a fault: repairing it in silence would hide it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.alarms import AlarmKind
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.queries.audit_chain import read_at_one_moment
from app.persistence.queries.overlaps import overlap_differences
from app.persistence.queries.results import count_marks, differences
from app.services.alarms import raise_alarm
from app.services.results import recompute_result


@dataclass(frozen=True, slots=True)
class Found:
    """In how many places something is wrong: of the agency itself, and where it meets others."""

    figures: int = 0
    overlaps: Mapping[TenantKey, int] = field(default_factory=dict)

    @property
    def places(self) -> int:
        """In how many places in all."""
        return self.figures + sum(self.overlaps.values())


def find_differences(year: int) -> Found:
    """Return in how many places the figures of the agency in scope differ from its dossiers.

    All is read at one moment. While changes wait to be counted nothing is said: they explain a
    difference, and counting them removes it. Ends the transaction that runs.
    """
    read_at_one_moment()
    found = Found()
    if not count_marks(year):
        found = Found(len(differences(year)), overlap_differences(year))
    db.session.rollback()
    return found


def repair(year: int, found: Found) -> None:
    """Recompute figures that differed, and raise the alarm if they are the agency's own."""
    recompute_result(year, is_forced=True)
    if found.figures:
        raise_alarm(AlarmKind.FIGURES_REPAIRED, found.figures, year=year)


def tell_of_overlaps(year: int, places: int) -> None:
    """Raise the alarm at the agency in scope, below which two that share people meet."""
    raise_alarm(AlarmKind.OVERLAPS_REPAIRED, places, year=year)
