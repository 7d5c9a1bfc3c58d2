"""Whatever is uploaded, the process that was asked to read it lives, and says what was wrong."""

from datetime import UTC, date, datetime

import pytest
import xlsxwriter

from app.domain.roster_files import FileFault, FileRefusedError
from app.intake import guard
from app.intake.sheets import read_sheets
from tests.intake import hostile


def fault_of(content, tmp_path, name="danh-sach.xlsx", **limits):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(path, **limits)
    return refused.value


HOSTILE = {
    "nothing": (lambda: b"", FileFault.EMPTY),
    "far corners": (hostile.corners, FileFault.TOO_MANY_CELLS),
    "far corners that hide": (hostile.corners_in_hiding, FileFault.TOO_HEAVY),
    "zip bomb": (hostile.bomb, FileFault.TOO_HEAVY),
    "thousand parts": (hostile.crumbs, FileFault.TOO_HEAVY),
    "laughs": (hostile.laughs, FileFault.DAMAGED),
    "open tags": (hostile.open_tags, FileFault.DAMAGED),
    "cut off": (lambda: hostile.workbook("")[:700], FileFault.DAMAGED),
    "macros": (hostile.with_macros, FileFault.HAS_MACROS),
    "old macros": (hostile.old_macros, FileFault.HAS_MACROS),
    "password": (hostile.encrypted, FileFault.HAS_PASSWORD),
    "letter": (hostile.letter_in_word, FileFault.NOT_A_SPREADSHEET),
    "old letter": (lambda: hostile.OLE + b"\0" * 600, FileFault.NOT_A_SPREADSHEET),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", FileFault.NOT_A_SPREADSHEET),
    "web page": (lambda: b"<html><table><tr><td>STT", FileFault.TEXT_IN_DISGUISE),
    "csv": ("STT;Họ và tên\r\n1;Lò Thị Mai".encode, FileFault.TEXT_IN_DISGUISE),
    "utf-16": (lambda: "STT\tHọ và tên".encode("utf-16"), FileFault.TEXT_IN_DISGUISE),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_name(name, tmp_path):
    make, fault = HOSTILE[name]
    assert fault_of(make(), tmp_path).fault is fault


def test_a_web_page_renamed_to_xls_is_told_from_a_workbook(tmp_path):
    refused = fault_of(b"<table>", tmp_path, name="danh-sach.xls")
    assert refused.fault is FileFault.TEXT_IN_DISGUISE


def test_a_file_over_the_limit_is_not_even_opened(tmp_path):
    refused = fault_of(b"PK\x03\x04" + b"\0" * guard.MAX_BYTES, tmp_path)
    assert refused.fault is FileFault.TOO_BIG
    assert refused.facts["limit"] == 20


def test_the_sheet_that_is_too_wide_says_how_wide(tmp_path):
    refused = fault_of(hostile.corners(), tmp_path)
    assert refused.facts == {"rows": 1_048_576, "columns": 16_384}


def test_a_list_longer_than_allowed_is_refused(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 12))
    refused = fault_of(hostile.workbook(rows), tmp_path, max_rows=10)
    assert (refused.fault, refused.facts) == (FileFault.TOO_MANY_ROWS, {"limit": 10})


def test_a_reader_that_does_not_come_back_is_stopped(tmp_path):
    # Long enough that the reader is still at it, however late this process looks at the clock.
    cells = (f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 90_001))
    heavy = hostile.workbook("".join(cells))
    assert fault_of(heavy, tmp_path, timeout=0.001).fault is FileFault.TOO_HEAVY


def test_rows_and_columns_keep_the_numbers_that_excel_shows(tmp_path):
    path = tmp_path / "renamed.xls"
    with xlsxwriter.Workbook(path, {"remove_timezone": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.write_string("C4", "Lò Thị Mai")
        sheet.write_number("D4", 12174001234)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_datetime("E4", datetime(1974, 8, 15, tzinfo=UTC), day)
        book.add_worksheet("Nháp").hide()
    (only,) = read_sheets(path)
    assert only.name == "Danh sách"
    cells = (None, None, "Lò Thị Mai", 12174001234, date(1974, 8, 15))
    assert only.rows == ((4, cells),)


def test_cells_with_nothing_but_a_colour_do_not_make_a_sheet_too_big(tmp_path):
    path = tmp_path / "coloured.xlsx"
    path.write_bytes(
        hostile.workbook(
            f'<row r="1">{hostile.text_cell("A1", "a")}</row>'
            '<row r="1048576"><c r="T1048576" s="0"/><c r="U1048576" s="0"></c></row>'
        )
    )
    assert read_sheets(path)[0].rows == ((1, ("a",)),)
