"""The paper of a report says what was signed, in the same bytes each time, and names its hash."""

import io

from pypdf import PdfReader

from app.domain.dossiers import LEFT, Outcome, State
from app.domain.overlaps import CountedFirst
from app.domain.report_contents import fingerprint
from app.domain.reports import ReportState
from app.domain.results import Figures
from app.exports.papers.report import (
    FIGURES,
    ORDERS,
    OUTCOMES,
    REPORT_STATES,
    STATES,
    write_report_paper,
)
from tests.builders.signed import content


ADDRESS = "https://bangvang.test/lai-chau/so-cong-thuong/-/reports/check?fingerprint=ab12"


def write(text):
    return write_report_paper(text, fingerprint(text), address=ADDRESS)


def words_of(paper):
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split()
    )


def test_the_paper_says_what_was_signed_and_names_its_hash():
    text = content()
    said = words_of(write(text))
    for expected in (
        "SỞ CÔNG THƯƠNG",
        "Bản số 2",
        "Sót #link(“x”) một người",
        "được miễn: Đang sáp nhập",
        "1.200",
        "Phòng Ặ",
        "CHÁNH VĂN PHÒNG",
        "10:04 ngày 22/11/2026",
        "tính ở nơi làm việc trước nơi cư trú",
        "Lai Châu, ngày 22 tháng 11 năm 2026",
    ):
        assert expected in said
    # Long runs may be broken between letters by a sign of no width.
    assert fingerprint(text) in said.replace("\u200b", "").replace(" ", "")
    assert ADDRESS in said.replace("\u200b", "").replace(" ", "")


def test_agencies_below_are_not_called_what_parts_of_an_agency_are():
    said = words_of(write(content()))
    assert "Các cơ quan trực thuộc" in said
    assert "đơn vị" not in said.lower()


def test_the_same_version_gives_the_same_bytes_and_another_gives_others():
    assert write(content()) == write(content())
    assert write(content()) != write(content(version=3))


def test_a_version_of_nobody_is_a_paper_too():
    empty = content(rows=[], below=[], parts=[], corrects="")
    assert "không có hồ sơ nào" in words_of(write(empty))


def test_there_are_words_for_everything_that_a_version_may_hold():
    assert STATES.keys() == {one.value for one in State} - {one.value for one in LEFT}
    assert OUTCOMES.keys() == {one.value for one in Outcome}
    assert REPORT_STATES.keys() == {one.value for one in ReportState}
    assert FIGURES.keys() == set(Figures.__slots__)
    assert ORDERS.keys() == {one.value for one in CountedFirst}
