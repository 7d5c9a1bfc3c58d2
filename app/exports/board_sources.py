"""Says of each column of the board's workbook how it is counted and where it is explained."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.domain.boards import AgencyLine, Board
from app.domain.deadlines import VIETNAM
from app.domain.explanations import Counted
from app.domain.tenants import TenantKey
from app.exports.sources_sheet import AgencySource, SourceLine, Sources
from app.exports.wording import Wording
from app.persistence.queries.boards import data_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """How figures are counted, in the reader's words, and what their addresses begin with."""

    root: str
    formulas: Mapping[Counted, str]
    shares: Mapping[Counted, str]  # by denominator


def sources_of_board(
    key: TenantKey, board: Board, explained: Explained, wording: Wording
) -> Sources:
    """Return the sources of a board's workbook."""
    writer = _Writer(explained, board.year, wording)
    agencies = board.lines if board.below else ()
    return Sources(
        data_version=data_version(key, board.year),
        columns=(*writer.by_agency(), *writer.by_group(tuple(board.by_group))),
        agencies=[writer.agency(line) for line in agencies],
    )


class _Writer:
    """Names each column as its sheet does, and writes its address as the pages do."""

    def __init__(self, explained: Explained, year: int, wording: Wording) -> None:
        self._explained = explained
        self._year = year
        self._gettext = wording.gettext

    def by_agency(self) -> Iterator[SourceLine]:
        """Yield the columns of the first sheet."""
        gettext = self._gettext
        sheet = gettext("By agency")
        for counted, column in (
            (Counted.ELIGIBLE, gettext("Number eligible")),
            (Counted.REGISTERED, gettext("Number registered")),
            (Counted.SELF_ASSESSED, gettext("Number self-assessed")),
            (Counted.APPRAISED, gettext("Number appraised")),
            (Counted.RECOGNISED, gettext("Number recognised")),
        ):
            yield self._count(sheet, column, counted)
        for whole, column in (
            (Counted.REGISTERED, gettext("Recognised, as a share of registered")),
            (Counted.ELIGIBLE, gettext("Recognised, as a share of eligible")),
        ):
            yield self._share(sheet, column, whole)
        yield self._count(sheet, gettext("Number outstanding"), Counted.OUTSTANDING)

    def by_group(self, groups: tuple[int, ...]) -> Iterator[SourceLine]:
        """Yield the four columns of each group of people."""
        gettext = self._gettext
        sheet = gettext("By group")
        for group in groups:
            name = gettext("Group %(number)s", number=group)
            for counted, column in (
                (Counted.ELIGIBLE, gettext("Number eligible")),
                (Counted.REGISTERED, gettext("Number registered")),
                (Counted.RECOGNISED, gettext("Number recognised")),
            ):
                yield self._count(sheet, f"{name}: {column}", counted, group=group)
            share = gettext("Recognised, as a share of registered")
            yield self._share(sheet, f"{name}: {share}", Counted.REGISTERED, group=group)

    def agency(self, line: AgencyLine) -> AgencySource:
        """Return an agency's row: its figures are of a moment of their own."""
        at = line.computed_at
        return AgencySource(
            name=line.name,
            as_of=f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if at else "",
            address=self._address(Counted.RECOGNISED, slug=line.slug, alone=1),
        )

    def _count(self, sheet: str, column: str, counted: Counted, **more: object) -> SourceLine:
        formula, address = self._explained.formulas[counted], self._address(counted, **more)
        return SourceLine(sheet=sheet, column=column, formula=formula, address=address)

    def _share(self, sheet: str, column: str, whole: Counted, **more: object) -> SourceLine:
        words = self._explained
        return SourceLine(
            sheet=sheet,
            column=column,
            formula=f"{words.shares[whole]}: {words.formulas[Counted.RECOGNISED]}",
            address=self._address(Counted.RECOGNISED, **more, of=whole.value),
        )

    def _address(self, counted: Counted, **more: object) -> str:
        query = urlencode({"year": self._year, **more}, safe="/")
        return f"{self._explained.root}{counted.value}?{query}"
