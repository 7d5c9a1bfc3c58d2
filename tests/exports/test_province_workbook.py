"""The province's workbook shows the figures it was given, and of what each share is taken."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.domain.report_standings import ReportStanding
from app.domain.reports import ReportTimeliness
from app.domain.results import Figures
from app.exports.letterhead import Letterhead, in_words
from app.exports.official_sheet import OfficialFigures, OfficialLine
from app.exports.province_workbook import (
    AgencyLine,
    ProvinceFigures,
    write_province_workbook,
)
from tests.exports import reading


SCT = Figures(
    eligible=80, registered=60, self_assessed=58, appraised=57, recognised=45, outstanding=5
)
NOBODY = Figures()
HEAD = Letterhead(
    superior="HỘI KHUYẾN HỌC VIỆT NAM",
    issuer="HỘI KHUYẾN HỌC TỈNH LAI CHÂU",
    symbol="BC-HKH",
    place="Lai Châu",
    signer_title="CHỦ TỊCH",
)
AGENCY = AgencyLine(
    name="=Sở Công Thương",
    figures=SCT,
    by_group={3: SCT},
    report=ReportStanding(
        timeliness=ReportTimeliness.LATE_EXTENDED,
        last_day=date(2026, 12, 4),
        extended_until=date(2026, 12, 10),
        received_on=date(2026, 12, 7),
        days_over=3,
    ),
    note="@cmd",
)
NOBODYS = AgencyLine(name="Xã Bản Bo", figures=NOBODY, by_group={})
PROVINCE = ProvinceFigures(
    letterhead=HEAD,
    year=2026,
    as_of=datetime(2026, 12, 8, 1, 5, tzinfo=UTC),
    code="7F3A & Co",
    groups={2: "Người lao động", 3: "Cán bộ, công chức, viên chức"},
    agencies=(AGENCY, NOBODYS),
    overlap=Figures(eligible=2, registered=2, recognised=1),
    overlap_by_group={3: Figures(eligible=2, registered=2, recognised=1)},
    total=replace(SCT, eligible=78, registered=58, recognised=44),
    total_by_group={3: SCT},
)


OFFICIAL = OfficialFigures(
    lines=(
        OfficialLine(name="Sở Công Thương", figures=SCT, version=2, seal="0123456789ab"),
        OfficialLine(name="Xã Bản Bo", figures=None, note="Waived: Bão lũ"),
    ),
    overlap=Figures(eligible=2, registered=2, recognised=1),
    total=replace(SCT, eligible=78, registered=58, recognised=44),
    counted_at=PROVINCE.as_of,
)


@pytest.fixture
def write(tmp_path):
    def written(province=PROVINCE, **options):
        path = tmp_path / "tinh.xlsx"
        write_province_workbook(path, province, wording=reading.ENGLISH, **options)
        return path

    return written


def test_each_agency_has_its_figures_and_two_shares(write):
    rows = reading.values(write(), "By agency")
    line = next(row for row in rows if row[1] == "=Sở Công Thương")
    assert line == [1, "=Sở Công Thương", 80, 60, 58, 57, 45, 0.75, 0.5625, 5, "@cmd"]


def test_a_share_of_nobody_is_blank_and_not_zero(write):
    rows = reading.values(write(), "By agency")
    assert next(row for row in rows if row[1] == "Xã Bản Bo")[7:9] == ["", ""]


def test_headings_name_of_what_a_share_is_taken(write):
    rows = reading.values(write(), "By agency")
    headings = next(row for row in rows if row[0] == "No.")
    assert headings[7:9] == [
        "Recognised, as a share of registered",
        "Recognised, as a share of eligible",
    ]
    counts = next(row for row in rows if row[0] == "(1)")
    assert counts[7:9] == ["(8) = (7) : (4)", "(9) = (7) : (3)"]


def test_the_total_is_the_one_given_with_the_overlap_on_a_line_of_its_own(write):
    rows = reading.values(write(), "By agency")
    overlap = next(row for row in rows if row[1] == "Counted in two agencies, taken off")
    total = next(row for row in rows if row[1] == "Grand total")
    assert overlap[2:9] == [-2, -2, 0, 0, -1, "", ""]
    assert total[2:9] == [78, 58, 58, 57, 44, 44 / 58, 44 / 78]


def test_each_group_has_its_own_columns(write):
    rows = reading.values(write(), "By group")
    assert any("Group 3: Cán bộ, công chức, viên chức" in row for row in rows)
    assert next(row for row in rows if row[0] == "(1)")[9] == "(10) = (9) : (8)"
    assert rows[-2][1:] == ["Counted in two agencies, taken off", 0, 0, 0, "", -2, -2, -1, ""]
    assert rows[-1][1:] == ["Grand total", 0, 0, 0, "", 80, 60, 45, 0.75]


def test_late_reports_say_by_how_many_days(write):
    rows = reading.values(write(), "On time and late")
    late = next(row for row in rows if row[1] == "=Sở Công Thương")
    days = [date(2026, 12, 4), date(2026, 12, 10), date(2026, 12, 7)]
    assert late[2:] == [*days, "Late, with an extension", 3, "@cmd"]
    unasked = next(row for row in rows if row[1] == "Xã Bản Bo")
    assert unasked[2:7] == ["", "", "", "No report is expected", ""]


def test_the_head_follows_the_decree(write):
    rows = reading.values(write(), "By agency")
    assert rows[0][:6] == [HEAD.superior, "", "", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
    assert rows[1][5] == "Độc lập - Tự do - Hạnh phúc"
    assert rows[2][5] == "Lai Châu, ngày 08 tháng 12 năm 2026"


@pytest.mark.parametrize("sheet", ["By agency", "By group", "On time and late"])
def test_every_table_of_live_figures_says_that_they_are_provisional(write, sheet):
    told = (
        "(Provisional figures, counted at 08:05 08/12/2026; they are not those of accepted reports)"
    )
    assert told in [
        row[0] for row in reading.values(write(replace(PROVINCE, official=OFFICIAL)), sheet)
    ]


def test_official_figures_have_a_sheet_of_their_own_with_versions_waivers_and_overlap(write):
    rows = reading.values(write(replace(PROVINCE, official=OFFICIAL)), "Official figures")
    assert "(Official figures as of 08:05 08/12/2026)" in [row[0] for row in rows]
    assert not any("Provisional" in str(row[0]) for row in rows)
    assert [row[1:] for row in rows[-4:]] == [
        ["Sở Công Thương", 80, 60, 45, 5, 2, "0123456789ab", ""],
        ["Xã Bản Bo", "", "", "", "", "", "", "Waived: Bão lũ"],
        ["Counted in two agencies, taken off", -2, -2, -1, 0, "", "", ""],
        ["Grand total", 78, 58, 44, 5, "", "", ""],
    ]


def test_nothing_accepted_is_said_and_is_no_moment(write):
    nothing = OfficialFigures(lines=(), overlap=NOBODY, total=NOBODY, counted_at=None)
    rows = reading.values(write(replace(PROVINCE, official=nothing)), "Official figures")
    assert "(No report has been accepted yet)" in [row[0] for row in rows]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 15), "ngày 15 tháng 3 năm 2026"),
    ],
)
def test_only_early_days_and_two_months_take_a_zero(day, words):
    assert in_words(day) == words


def test_every_sheet_prints_across_a4_with_page_time_and_code(write):
    sheets = reading.parts(write(), r"worksheets/sheet\d\.xml$")
    assert len(sheets) == 4
    for sheet in sheets:
        assert 'paperSize="9" orientation="landscape"' in sheet.replace(' fitToHeight="0"', "")
        assert "&amp;R&amp;P/&amp;N" in sheet
        assert "08:05 08/12/2026, export code 7F3A &amp;&amp; Co" in sheet


def test_tables_can_be_filtered_and_repeat_their_headings(write):
    path = write()
    (book,) = reading.parts(path, r"xl/workbook\.xml")
    assert book.count("_xlnm.Print_Titles") == 3
    for sheet in reading.parts(path, r"worksheets/sheet[123]\.xml$"):
        assert "<autoFilter" in sheet
        assert 'state="frozen"' in sheet
        assert "<f>" not in sheet


def test_columns_are_drawn_natively_from_the_cells_of_the_table(write):
    (chart,) = reading.parts(write(), r"charts/chart1\.xml")
    rows = reading.values(write(), "By agency")
    first = next(n for n, row in enumerate(rows, start=1) if row[1] == "=Sở Công Thương")
    assert f"<c:f>'By agency'!$G${first}:$G${first + 1}</c:f>" in chart


def test_a_province_without_agencies_still_gets_its_tables(write):
    path = write(replace(PROVINCE, agencies=(), overlap=None))
    assert len(reading.parts(path, r"worksheets/sheet\d\.xml$")) == 3


def test_progress_ends_at_the_last_row(write):
    told = []
    many = tuple(replace(NOBODYS, name=f"Xã {number}") for number in range(40))
    write(replace(PROVINCE, agencies=many), on_progress=lambda *far: told.append(far))
    assert told == [(50, 120), (100, 120), (120, 120)]


def test_the_same_figures_give_the_same_bytes(write):
    assert write().read_bytes() == write().read_bytes()
