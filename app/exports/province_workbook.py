"""The figures of a province as a workbook: by agency, by group, by date, and as columns.

Every share names its denominator in its heading and again as a formula of column numbers; shares
are written as values, so that previews and other programs show what Excel shows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from app.domain.deadlines import VIETNAM
from app.domain.report_standings import ReportStanding
from app.domain.reports import ReportTimeliness
from app.domain.results import Figures
from app.exports.letterhead import Letterhead, write_signatures
from app.exports.official_sheet import OfficialFigures, headings, write_official
from app.exports.official_table import Frame, let_filter, numbered, write_frame
from app.exports.progress import Progress
from app.exports.sources_sheet import Sources, write_sources
from app.exports.wording import Wording
from app.exports.workbook import ColumnChart, Sheet, Style, Workbook, open_workbook


_TEXT = Style(is_boxed=True, wraps=True)
_MIDDLE = Style(is_boxed=True, align="center")
_RIGHT = Style(is_boxed=True, align="right")
_TOTAL = Style(is_boxed=True, align="right", bold=True)
_TOTAL_TEXT = Style(is_boxed=True, bold=True, wraps=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    """The figures of one agency and when they came."""

    name: str
    figures: Figures
    by_group: Mapping[int, Figures]
    report: ReportStanding | None = None  # None where nobody expects one
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceFigures:
    """Everything the workbook shows."""

    letterhead: Letterhead
    year: int
    as_of: datetime
    code: str  # of this export, to be told from later ones
    groups: Mapping[int, str]  # their names by number
    agencies: Sequence[AgencyLine]
    overlap: Figures | None = None  # people counted in two agencies, taken off the total
    overlap_by_group: Mapping[int, Figures] = field(default_factory=dict)
    total: Figures
    total_by_group: Mapping[int, Figures]
    official: OfficialFigures | None = None  # None where nobody is below
    record: str = ""  # the head of the agency's chain of acts, as papers print it
    sources: Sources | None = None


def write_province_workbook(
    path: Path,
    province: ProvinceFigures,
    *,
    wording: Wording,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the province's figures to a file, telling how many of its rows are done."""
    title = wording.gettext("Results of the title Learning Citizen in %(year)s", year=province.year)
    progress = Progress(on_progress, total=3 * len(province.agencies))
    with open_workbook(
        path, language=wording.language, title=title, created=province.as_of
    ) as book:
        writer = _Writer(book, province, wording, progress)
        summary, first_row = writer.write_summary(title)
        writer.write_official(title)
        writer.write_groups(title)
        writer.write_dates(title)
        if province.agencies:
            writer.write_chart(title, summary, first_row)
        writer.write_sources()


class _Writer:
    """Writes sheet after sheet."""

    def __init__(
        self, book: Workbook, province: ProvinceFigures, wording: Wording, progress: Progress
    ) -> None:
        self._book = book
        self._province = province
        self._wording = wording
        self._progress = progress

    def write_summary(self, title: str) -> tuple[Sheet, int]:
        """Write one row for each agency; return the sheet and the first of these rows."""
        sheet = self._book.add_sheet(self._wording.gettext("By agency"))
        sheet.widths((6, 34, 13, 11, 11, 11, 11, 13, 15, 12, 24))
        frame = self._frame((title,), self._summary_headings(), {8: (7, 4), 9: (7, 3)})
        start = write_frame(sheet, frame)
        for row, agency in self._each_agency(sheet, start):
            _write_figures(sheet, row, agency.figures, _RIGHT)
            sheet.text(row, 10, agency.note, _TEXT)
        end = start + len(self._province.agencies)
        let_filter(sheet, frame, (start, end))
        self._write_totals(sheet, end)
        return sheet, start

    def write_official(self, title: str) -> None:
        """Write what was signed and accepted on a sheet of its own, where anybody is below."""
        gettext, official = self._wording.gettext, self._province.official
        if official is None:
            return
        titles = (
            title,
            gettext("Official figures: accepted reports and the agency's own decisions"),
            self._counted(official),
        )
        sheet = self._book.add_sheet(gettext("Official figures"))
        frame = self._framed(titles, headings(gettext), {})
        write_official(sheet, frame, official, wording=self._wording)

    def _counted(self, official: OfficialFigures) -> str:
        gettext = self._wording.gettext
        if official.counted_at is None:
            return gettext("(No report has been accepted yet)")
        moment = _written(official.counted_at)
        return gettext("(Official figures as of %(moment)s)", moment=moment)

    def write_groups(self, title: str) -> None:
        """Write four columns for each group of people."""
        gettext, groups = self._wording.gettext, sorted(self._province.groups)
        sheet = self._book.add_sheet(gettext("By group"))
        sheet.widths((6, 30, *(10, 10, 10, 17) * len(groups)))
        shares = {6 + 4 * place: (5 + 4 * place, 4 + 4 * place) for place in range(len(groups))}
        titles = (title, gettext("Split by group"))
        frame = self._frame(titles, self._group_headings(groups), shares)
        start = write_frame(sheet, replace(frame, spans=self._group_spans(groups)))
        for row, agency in self._each_agency(sheet, start):
            _write_by_group(sheet, row, groups, agency.by_group, _RIGHT)
        end = start + len(self._province.agencies)
        let_filter(sheet, frame, (start, end))
        if self._province.overlap:
            self._write_overlap_head(sheet, end)
            taken_off = {
                group: Figures() - of for group, of in self._province.overlap_by_group.items()
            }
            _write_by_group(sheet, end, groups, taken_off, _RIGHT)
            end += 1
        sheet.blank(end, 0, _TOTAL)
        sheet.text(end, 1, gettext("Grand total"), _TOTAL_TEXT)
        _write_by_group(sheet, end, groups, self._province.total_by_group, _TOTAL)

    def write_dates(self, title: str) -> None:
        """Write when each report was due and when it came."""
        gettext = self._wording.gettext
        sheet = self._book.add_sheet(gettext("On time and late"))
        sheet.widths((6, 40, 16, 16, 16, 28, 12, 30))
        titles = (title, gettext("Reports received on time and late"))
        frame = self._frame(titles, self._date_headings(), {})
        start = write_frame(sheet, frame)
        for row, agency in self._each_agency(sheet, start):
            self._write_dates_of(sheet, row, agency)
        let_filter(sheet, frame, (start, start + len(self._province.agencies)))

    def write_chart(self, title: str, summary: Sheet, first_row: int) -> None:
        """Draw registered beside recognised for every agency."""
        gettext = self._wording.gettext
        sheet = self._book.add_sheet(gettext("Chart"))
        sheet.print_on_a4(heading_rows=None, footer=self._footer())
        agencies = len(self._province.agencies)
        chart = ColumnChart(
            title=title,
            sheet=summary,
            rows=(first_row, first_row + agencies - 1),
            names_column=1,
            series={gettext("Number registered"): 3, gettext("Number recognised"): 6},
            width=min(max(900, 30 * agencies), 4_000),
        )
        sheet.columns_chart((1, 0), chart)

    def write_sources(self) -> None:
        """Write how each figure is counted and where it is explained."""
        if self._province.sources:
            write_sources(
                self._book,
                self._province.sources,
                moment=self._moment(),
                code=self._province.code,
                footer=self._footer(),
                wording=self._wording,
            )

    def _frame(
        self,
        titles: tuple[str, ...],
        headings: Sequence[str],
        shares: Mapping[int, tuple[int, int]],
    ) -> Frame:
        """Frame what is counted today, signed or not: it says so under its title."""
        note = self._wording.gettext(
            "(Provisional figures, counted at %(moment)s; they are not those of accepted reports)",
            moment=self._moment(),
        )
        return self._framed((*titles, note), headings, shares)

    def _framed(
        self,
        titles: tuple[str, ...],
        headings: Sequence[str],
        shares: Mapping[int, tuple[int, int]],
    ) -> Frame:
        return Frame(
            letterhead=self._province.letterhead,
            on=self._province.as_of.astimezone(VIETNAM).date(),
            titles=titles,
            headings=headings,
            counts=numbered(len(headings), shares),
            footer=self._footer(),
        )

    def _each_agency(self, sheet: Sheet, start: int) -> Iterator[tuple[int, AgencyLine]]:
        """Write number and name of each agency, and wait until the rest of its row is written."""
        for place, agency in enumerate(self._province.agencies):
            sheet.number(start + place, 0, place + 1, _MIDDLE)
            sheet.text(start + place, 1, agency.name, _TEXT)
            yield start + place, agency
            self._progress.step()

    def _summary_headings(self) -> list[str]:
        gettext = self._wording.gettext
        return [
            gettext("No."),
            gettext("Agency"),
            gettext("Number eligible"),
            gettext("Number registered"),
            gettext("Number self-assessed"),
            gettext("Number appraised"),
            gettext("Number recognised"),
            gettext("Recognised, as a share of registered"),
            gettext("Recognised, as a share of eligible"),
            gettext("Number outstanding"),
            gettext("Note"),
        ]

    def _group_headings(self, groups: Sequence[int]) -> list[str]:
        gettext = self._wording.gettext
        each = [
            gettext("Number eligible"),
            gettext("Number registered"),
            gettext("Number recognised"),
            gettext("Recognised, as a share of registered"),
        ]
        return [gettext("No."), gettext("Agency"), *each * len(groups)]

    def _group_spans(self, groups: Sequence[int]) -> list[tuple[int, int, str]]:
        """Put the name of each group over its four columns."""
        gettext, spans = self._wording.gettext, [(0, 0, ""), (1, 1, "")]
        for place, group in enumerate(groups):
            name = gettext("Group %(number)s", number=group)
            words = f"{name}: {self._province.groups[group]}"
            spans.append((2 + 4 * place, 5 + 4 * place, words))
        return spans

    def _date_headings(self) -> list[str]:
        gettext = self._wording.gettext
        return [
            gettext("No."),
            gettext("Agency"),
            gettext("Last day in time"),
            gettext("Extended until"),
            gettext("Received on"),
            gettext("Standing of the report"),
            gettext("Days late"),
            gettext("Note"),
        ]

    def _write_totals(self, sheet: Sheet, row: int) -> None:
        gettext = self._wording.gettext
        if self._province.overlap:
            self._write_overlap_head(sheet, row)
            _write_figures(sheet, row, Figures() - self._province.overlap, _RIGHT)
            sheet.blank(row, 10, _TEXT)
            row += 1
        sheet.blank(row, 0, _TOTAL)
        sheet.text(row, 1, gettext("Grand total"), _TOTAL_TEXT)
        _write_figures(sheet, row, self._province.total, _TOTAL)
        sheet.blank(row, 10, _TOTAL)
        head = self._province.letterhead
        write_signatures(sheet, row + 2, head, wording=self._wording, last_column=10)

    def _write_overlap_head(self, sheet: Sheet, row: int) -> None:
        sheet.blank(row, 0, _RIGHT)
        sheet.text(row, 1, self._wording.gettext("Counted in two agencies, taken off"), _TEXT)

    def _write_dates_of(self, sheet: Sheet, row: int, agency: AgencyLine) -> None:
        report = agency.report
        days = (report.last_day, report.extended_until, report.received_on) if report else ()
        for column, day in enumerate((*days, None, None, None)[:3], start=2):
            if day:
                sheet.day(row, column, day, _MIDDLE)
            else:
                sheet.blank(row, column, _MIDDLE)
        sheet.text(row, 5, self._standing(report), _TEXT)
        if report and report.days_late:
            sheet.number(row, 6, report.days_late, _RIGHT)
        else:
            sheet.blank(row, 6, _RIGHT)
        sheet.text(row, 7, agency.note, _TEXT)

    def _standing(self, report: ReportStanding | None) -> str:
        """Say what the room of reports says, word for word."""
        gettext = self._wording.gettext
        if report is None:
            return gettext("No report is expected")
        return {
            ReportTimeliness.AWAITED: gettext("Awaited"),
            ReportTimeliness.EXTENDED: gettext("Awaited, with an extension"),
            ReportTimeliness.OVERDUE: gettext("Not received, overdue"),
            ReportTimeliness.ON_TIME: gettext("Received on time"),
            ReportTimeliness.LATE_EXTENDED: gettext("Late, with an extension"),
            ReportTimeliness.LATE: gettext("Late, without an extension"),
            ReportTimeliness.WAIVED: gettext("Waived with a reason"),
        }[report.timeliness]

    def _footer(self) -> str:
        gettext, code = self._wording.gettext, self._province.code
        told = gettext(
            "Provisional figures as of %(moment)s, export code %(code)s",
            moment=self._moment(),
            code=code,
        )
        return " – ".join(filter(None, (told, self._province.record)))

    def _moment(self) -> str:
        return _written(self._province.as_of)


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def _write_figures(sheet: Sheet, row: int, of: Figures, style: Style) -> None:
    """Write columns C to J of the summary; what is taken off has no shares."""
    counted = (of.eligible, of.registered, of.self_assessed, of.appraised, of.recognised)
    for column, number in enumerate(counted, start=2):
        sheet.number(row, column, number, style)
    for column, whole in ((7, of.registered), (8, of.eligible)):
        sheet.percent(row, column, of.recognised, max(whole, 0), style)
    sheet.number(row, 9, of.outstanding, style)


def _write_by_group(
    sheet: Sheet, row: int, groups: Sequence[int], by_group: Mapping[int, Figures], style: Style
) -> None:
    for place, group in enumerate(groups):
        of, column = by_group.get(group, Figures()), 2 + 4 * place
        sheet.number(row, column, of.eligible, style)
        sheet.number(row, column + 1, of.registered, style)
        sheet.number(row, column + 2, of.recognised, style)
        sheet.percent(row, column + 3, of.recognised, max(of.registered, 0), style)
