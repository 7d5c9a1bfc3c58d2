"""The golden board as a workbook: the figures are the page's, read in the same way.

An agency with others below it gets a line for each of them; one without, a line for each unit,
whose results were received together with the agency's.
"""

from collections.abc import Sequence
from typing import Any

from app.domain.boards import AgencyLine as BoardLine
from app.domain.boards import Board
from app.domain.reports import ReportState
from app.domain.results import Figures
from app.domain.settings import SettingName, in_effect
from app.domain.tenants import TenantKey
from app.exports.board_sources import Explained, sources_of_board
from app.exports.letterhead import Letterhead
from app.exports.official_sheet import OfficialFigures, OfficialLine
from app.exports.province_workbook import AgencyLine, ProvinceFigures
from app.exports.record_workbook import head_line
from app.exports.wording import Wording
from app.persistence.clock import transaction_time
from app.persistence.queries.audit_chain import find_head
from app.persistence.queries.boards import group_names, load_board
from app.persistence.queries.official_figures import Source, official_of, sources_of
from app.persistence.queries.settings import held_settings


_SYMBOL = "BC"  # báo cáo
_SEAL = 12  # as many signs of a fingerprint as the pages show


def load_workbook_figures(
    key: TenantKey, year: int, *, wording: Wording, code: str, explained: Explained | None = None
) -> ProvinceFigures:
    """Return everything that the workbook of the agency in scope shows."""
    board = load_board(key, year)
    names = group_names(year)
    return ProvinceFigures(
        letterhead=_letterhead(key, board.own.name),
        year=year,
        as_of=board.as_of or transaction_time(),
        code=code,
        groups={
            group: names[group][wording.language] if group in names else str(group)
            for group in board.by_group
        },
        agencies=_lines(board, wording),
        overlap=board.overlap if board.overlaps else None,
        overlap_by_group=board.overlap_by_group,
        total=board.total,
        total_by_group=board.by_group,
        official=_official(key, year, wording) if board.below else None,
        record=head_line(find_head(), wording),
        sources=sources_of_board(key, board, explained, wording) if explained else None,
    )


def _letterhead(key: TenantKey, name: str) -> Letterhead:
    held = held_settings(key)

    def value(setting: SettingName) -> Any:
        found = in_effect(held, setting)
        return found.value if found else None

    signers = value(SettingName.SIGNER) or [{}]
    return Letterhead(
        superior=value(SettingName.SUPERIOR),
        issuer=value(SettingName.PRINTED_NAME) or name.upper(),
        symbol=_SYMBOL,
        place=value(SettingName.PLACE) or "",
        signer_title=signers[0].get("title", ""),
    )


def _lines(board: Board, wording: Wording) -> Sequence[AgencyLine]:
    if board.below:
        return [_agency_line(line, wording) for line in board.lines]
    return [
        AgencyLine(
            name=unit.name,
            figures=unit.figures,
            by_group=unit.by_group,
            report=board.own.report,
        )
        for unit in board.units
    ]


def _agency_line(line: BoardLine, wording: Wording) -> AgencyLine:
    return AgencyLine(
        name=line.name,
        figures=line.figures,
        by_group=line.by_group,
        report=line.report,
        note=_note(line, wording),
    )


def _official(key: TenantKey, year: int, wording: Wording) -> OfficialFigures:
    official, sources = official_of(key, year), sources_of(key, year)
    brought = {one.agency_id: one.figures for one in official.parts if not one.is_overlap}
    lines = [_official_line(one, brought.get(one.agency_id), wording) for one in sources]
    if key.tenant_id in brought:
        own = wording.gettext("The agency's own decisions")
        lines.append(OfficialLine(name=own, figures=brought[key.tenant_id]))
    return OfficialFigures(
        lines=lines,
        overlap=official.overlap,
        total=official.total,
        counted_at=official.counted_at,
    )


def _official_line(source: Source, brought: Figures | None, wording: Wording) -> OfficialLine:
    if source.version is not None:
        return OfficialLine(
            name=source.name,
            figures=brought or Figures(),
            version=source.version,
            seal=(source.hash or "")[:_SEAL],
        )
    if source.state is ReportState.WAIVED:
        note = wording.gettext("Waived: %(reason)s", reason=source.waived_because)
    else:
        note = wording.gettext("No report accepted yet")
    return OfficialLine(name=source.name, figures=None, note=note)


def _note(line: BoardLine, wording: Wording) -> str:
    if not line.is_open:
        return wording.gettext("The year has not been opened")
    return wording.gettext("Changes are being counted") if line.is_pending else ""
