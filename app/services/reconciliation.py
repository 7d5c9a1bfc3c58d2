"""Holding the figures shown against what they are made of: what differs is repaired, and said.

The rolled-up rows against the dossiers, the sums of agencies against the rows, and the official
figures against the versions that count.

The figures are recomputed with every change, so that nothing is ever to be found here. Should it
be, somebody wrote past the house, or the house has a fault: repairing it in silence would hide it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.alarms import AlarmKind
from app.domain.comparisons import Against
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.queries.audit_chain import read_at_one_moment
from app.persistence.queries.comparisons import officials_apart, sums_apart
from app.persistence.queries.overlaps import overlap_differences
from app.persistence.queries.results import count_marks, differences
from app.persistence.tenancy import tenant_in_scope
from app.services.alarms import raise_alarm
from app.services.results import recompute_result


@dataclass(frozen=True, slots=True)
class Found:
    """In how many places something is wrong: of the agency itself, and where it meets others."""

    figures: int = 0
    overlaps: Mapping[TenantKey, int] = field(default_factory=dict)
    officials: int = 0

    @property
    def places(self) -> int:
        """In how many places in all."""
        return self.figures + sum(self.overlaps.values()) + self.officials


def find_differences(year: int) -> Found:
    """Return in how many places the figures of the agency in scope are not what they should be.

    All is read at one moment. While changes wait to be counted nothing is said of what they
    explain: counting them removes the difference. Sums are kept by the very statement that changes
    what they add up, so that nothing explains one that is apart. Ends the transaction that runs.
    """
    read_at_one_moment()
    sums = Counter(row.against for row in sums_apart(year, is_alone=True))
    figures, overlaps = sums[Against.UNITS], Counter[TenantKey]()
    if sums[Against.OVERLAPS]:
        overlaps[tenant_in_scope()] = sums[Against.OVERLAPS]
    if not count_marks(year):
        figures += len(differences(year))
        overlaps.update(overlap_differences(year))
    officials = len(officials_apart(year, is_alone=True))
    db.session.rollback()
    return Found(figures, overlaps, officials)


def repair(year: int, found: Found) -> None:
    """Recompute figures that differed, and raise the alarm if they are the agency's own."""
    recompute_result(year, is_forced=True)
    if found.figures:
        raise_alarm(AlarmKind.FIGURES_REPAIRED, found.figures, year=year)
    if found.officials:
        raise_alarm(AlarmKind.OFFICIAL_REPAIRED, found.officials, year=year)


def tell_of_overlaps(year: int, places: int) -> None:
    """Raise the alarm at the agency in scope, below which two that share people meet."""
    raise_alarm(AlarmKind.OVERLAPS_REPAIRED, places, year=year)
