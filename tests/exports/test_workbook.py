"""Nothing that people typed becomes a formula, a link or another number in a workbook."""

import io
from datetime import UTC, date, datetime

import pytest

from app.exports.workbook import Style, open_workbook
from tests.exports import reading


CREATED = datetime(2026, 12, 5, 8, 30, tzinfo=UTC)
HOSTILE = (
    "=1+1",
    "{=1+1}",
    '=HYPERLINK("http://e.vil";"here")',
    "@SUM(A1)",
    "+84912345678",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "http://e.vil",
    "mailto:a@e.vil",
    "internal:Sheet2!A1",
    "001099012345",
    "1e5",
    "TRUE",
    "<b>&\"'",
)


def written(write, *, language="vi"):
    content = io.BytesIO()
    with open_workbook(content, language=language, title="Thử", created=CREATED) as book:
        write(book.add_sheet("Thử"))
    content.seek(0)
    return content


def write_hostile(sheet):
    sheet.widths((20, 20, 20))
    for row, text in enumerate(HOSTILE):
        sheet.text(row, 0, text)
        sheet.across(row, (1, 2), text, Style(bold=True))


def test_hostile_text_stays_text():
    rows = reading.values(written(write_hostile), "Thử")
    assert rows == [[text, text] for text in HOSTILE]


def test_hostile_text_makes_no_formula_and_no_link():
    (sheet,) = reading.parts(written(write_hostile), r"worksheets/sheet1\.xml$")
    assert "<f" not in sheet
    assert "<hyperlink" not in sheet
    assert reading.parts(written(write_hostile), r"sheet1\.xml\.rels$") == []


def test_numbers_days_and_shares_are_values_and_not_text():
    def write(sheet):
        sheet.number(0, 0, 12_345)
        sheet.percent(0, 1, 1, 4)
        sheet.day(0, 2, date(2026, 12, 5))
        sheet.digits(0, 3, 12174001234)
        sheet.percent(0, 4, 1, 0)

    (row,) = reading.values(written(write), "Thử")
    assert row[:4] == [12_345, 0.25, date(2026, 12, 5), 12174001234]


@pytest.mark.parametrize(("language", "code"), [("vi", "[$-42A]"), ("en", "[$-409]")])
def test_numbers_are_shown_with_the_readers_separators(language, code):
    content = written(lambda sheet: sheet.number(0, 0, 1), language=language)
    (styles,) = reading.parts(content, "styles")
    assert f'formatCode="{code}#,##0"' in styles


def test_the_same_figures_give_the_same_bytes():
    assert written(write_hostile).getvalue() == written(write_hostile).getvalue()


def test_going_back_up_is_an_error_and_not_a_lost_cell():
    def write(sheet):
        sheet.text(1, 0, "một")
        sheet.text(0, 0, "không")

    with pytest.raises(ValueError, match="row 0 of 'Thử' is written"):
        written(write)


def test_text_too_long_for_a_cell_is_an_error_and_not_cut():
    with pytest.raises(ValueError, match="was not written"):
        written(lambda sheet: sheet.text(0, 0, "a" * 40_000))


def test_a_writing_that_fails_leaves_no_file(tmp_path):
    path = tmp_path / "half.xlsx"

    def fail():
        with open_workbook(path, language="vi", title="Thử", created=CREATED) as book:
            book.add_sheet("Thử").text(0, 0, "một")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert list(tmp_path.iterdir()) == []
