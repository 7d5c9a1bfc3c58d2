"""The golden board: agencies or units in lines, and what their figures add up to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.domain.report_standings import ReportStanding
from app.domain.results import Figures
from app.domain.timeliness import Punctuality
from tenants.schema import DeadlineKind, TenantKind


ByGroup = Mapping[int, Figures]

UNITS_MERGED_IN = 2025
"""On 1 July 2025 districts went and communes were merged: figures of before are of other units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """The figures of one unit of an agency."""

    id: UUID
    name: str
    sort_key: str
    figures: Figures = field(default_factory=Figures)
    by_group: ByGroup = field(default_factory=dict)

    def of_group(self, group: int) -> "UnitLine":
        """Return the same line with the figures of one group."""
        by_group = _only(self.by_group, group)
        return replace(self, figures=total_of(by_group.values()), by_group=by_group)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    """The figures of one agency alone, how fresh they are, and how it stands to its deadlines."""

    id: UUID
    slug: str
    name: str
    sort_key: str
    kind: TenantKind
    figures: Figures = field(default_factory=Figures)
    by_group: ByGroup = field(default_factory=dict)
    computed_at: datetime | None = None
    is_pending: bool = False
    is_open: bool = False  # it has opened the year
    punctuality: Mapping[DeadlineKind, Punctuality] = field(default_factory=dict)
    report: ReportStanding | None = None  # None while nobody expects one of it

    def of_group(self, group: int) -> "AgencyLine":
        """Return the same line with the figures of one group."""
        by_group = _only(self.by_group, group)
        return replace(self, figures=total_of(by_group.values()), by_group=by_group)


@dataclass(frozen=True, slots=True)
class Twice:
    """An agency at which people are found, and the one at which they are counted."""

    agency: str
    kept_at: str
    slug: str = ""
    kept_slug: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """People of one agency and group who are counted at another agency, above both.

    Or of all agencies of a kind together, which then have no names.
    """

    pair: Twice = Twice("", "")
    kind: TenantKind  # of the agency at which they are not counted
    group: int
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """An agency's own line, the lines of all agencies below it, and the years before.

    Each line shows all its people. Who belongs to several agencies is counted once in what the
    lines add up to: the overlap is taken off, and is shown as a line of its own.
    """

    year: int
    own: AgencyLine
    below: tuple[AgencyLine, ...]
    overlaps: tuple[Overlap, ...] = ()
    units: tuple[UnitLine, ...] = ()
    years: Mapping[int, Figures] = field(default_factory=dict)
    kinds: tuple[TenantKind, ...] = ()  # of all agencies there are, shown or not

    @property
    def lines(self) -> tuple[AgencyLine, ...]:
        """The agencies that count, this one among them if it has people of its own."""
        is_counted = not self.below or self.own.figures != Figures()
        return (*self.below, self.own) if is_counted else self.below

    @property
    def overlap(self) -> Figures:
        """What the lines count more than once."""
        return total_of(one.figures for one in self.overlaps)

    @property
    def total(self) -> Figures:
        """What the lines add up to, everybody counted once."""
        return total_of(line.figures for line in self.lines) - self.overlap

    @property
    def by_kind(self) -> Mapping[TenantKind, Figures]:
        """What the lines of each kind of agency bring to the total."""
        kinds = {line.kind for line in self.lines}
        return {kind: self._brought_by(kind) for kind in TenantKind if kind in kinds}

    @property
    def by_group(self) -> ByGroup:
        """What each group of people brings to the total."""
        groups = sorted({group for line in self.lines for group in line.by_group})
        twice = self.overlap_by_group
        return {
            group: total_of(line.by_group[group] for line in self.lines if group in line.by_group)
            - twice.get(group, Figures())
            for group in groups
        }

    @property
    def overlap_by_group(self) -> ByGroup:
        """What the lines count more than once, for each group of people."""
        return {
            group: total_of(one.figures for one in self.overlaps if one.group == group)
            for group in sorted({one.group for one in self.overlaps})
        }

    @property
    def overlap_by_pair(self) -> Mapping[Twice, Figures]:
        """What is counted more than once, by where people are found and where they are counted."""
        pairs: dict[Twice, Figures] = {}
        for one in self.overlaps:
            pairs[one.pair] = pairs.get(one.pair, Figures()) + one.figures
        return pairs

    @property
    def as_of(self) -> datetime | None:
        """When the oldest of the figures was computed; None when nothing was."""
        moments = (line.computed_at for line in self.lines)
        return min((moment for moment in moments if moment), default=None)

    @property
    def pending(self) -> tuple[AgencyLine, ...]:
        """The agencies in which something changed that the figures do not show yet."""
        return tuple(line for line in (self.own, *self.below) if line.is_pending)

    @property
    def is_by_unit(self) -> bool:
        """Tell whether it is one agency's, cut into units: no kinds of agencies were chosen."""
        return not self.below and bool(self.units)

    @property
    def unopened(self) -> tuple[AgencyLine, ...]:
        """The agencies that have not opened the year."""
        return tuple(line for line in self.lines if not line.is_open)

    def alone(self) -> "Board":
        """Return the board of the agency itself, without those below it."""
        return replace(self, below=(), overlaps=(), years={})

    def narrowed(self, *, group: int | None = None, kind: TenantKind | None = None) -> "Board":
        """Return the board of one group of people, or of the agencies of one kind, or both."""
        board = self
        if group is not None:
            board = replace(
                self,
                own=self.own.of_group(group),
                below=tuple(line.of_group(group) for line in self.below),
                overlaps=tuple(one for one in self.overlaps if one.group == group),
                units=tuple(unit.of_group(group) for unit in self.units),
            )
        return board if kind is None else board.of_kinds({kind})

    def of_kinds(self, kinds: Collection[TenantKind]) -> "Board":
        """Return the board of the agencies of some kinds; alone, an agency is what it is."""
        if not self.below:
            return self
        own = self.own
        return replace(
            self,
            own=own if own.kind in kinds else replace(own, figures=Figures(), by_group={}),
            below=tuple(line for line in self.below if line.kind in kinds),
            overlaps=tuple(one for one in self.overlaps if one.kind in kinds),
            units=(),
        )

    def between(self, slug: str, kept_slug: str) -> "Board":
        """Return the board whose overlap is that of two agencies alone."""
        wanted = (slug, kept_slug)
        found = (one for one in self.overlaps if (one.pair.slug, one.pair.kept_slug) == wanted)
        return replace(self, overlaps=tuple(found))

    def _brought_by(self, kind: TenantKind) -> Figures:
        lines = total_of(line.figures for line in self.lines if line.kind is kind)
        return lines - total_of(one.figures for one in self.overlaps if one.kind is kind)


def total_of(figures: Iterable[Figures]) -> Figures:
    """Add figures up."""
    return Figures.total(figures)


def _only(by_group: ByGroup, group: int) -> ByGroup:
    return {group: by_group[group]} if group in by_group else {}
