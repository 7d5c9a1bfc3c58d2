"""A paper prints what people typed as it is, and whoever typed it learns and breaks nothing."""

import io
import re
import subprocess
import unicodedata

import pytest
from pypdf import PdfReader

from app.exports.papers import typesetter_child, typesetting
from app.exports.papers.data_copy import (
    DataCopy,
    Fact,
    Facts,
    Layout,
    Line,
    Section,
    Table,
    visible,
    write_data_copy,
)
from app.exports.papers.typesetting import TEMPLATES, NotTypesetError, typeset
from tests.conftest import THE_DAY


VIETNAMESE = "Nguyễn Thị Ởn – Ẵm Ẫu Ỷ Ợ Ệ Ữ ặ ậ đ Đ ỹ ỵ"
HOSTILE = [
    '#import "@preview/evil:1.0.0": *',
    '#read("/etc/passwd")',
    "#panic()",
    "$x^2$ *b* _i_ `c`",
    r"\u{202E} \ #",
    "= Heading",
    "// nothing",
    '"], ) } #{ (',
    "@label <label>",
    "https://example.org/~",
    "a -- b --- c ... 'q' \"q\"",
]


def paper_of(*values, footer="foot", language="vi"):
    facts = Facts(
        title="Title",
        facts=tuple(Fact(label=one, value=one) for one in values),
        blank="".join(values),
    )
    table = Table(
        title="",
        layout=Layout.EVENTS,
        headings=("a", "b", "c", "d"),
        lines=tuple(Line(cells=(one, one, one, one), small=one) for one in values),
    )
    return DataCopy(
        language=language,
        superior="",
        agency=values[0],
        dated="",
        title=values[0],
        person=values[0],
        summary="",
        sections=(Section(title="Section", parts=(facts, table), nothing=""),),
        footer=footer,
        page="Trang",
    )


def reader_of(*values, **more):
    return PdfReader(io.BytesIO(write_data_copy(paper_of(*values, **more), made_at=THE_DAY)))


def text_of(reader):
    return re.sub(r"[\s\u200b]+", "", "".join(page.extract_text() for page in reader.pages))


def test_what_people_type_is_printed_and_never_obeyed():
    text = text_of(reader_of(*HOSTILE))
    for one in HOSTILE:
        # As label, as value, and five times in the table.
        assert text.count(re.sub(r"\s+", "", one)) >= 7, one


def test_vietnamese_comes_out_letter_by_letter_however_it_was_typed():
    for form in ("NFC", "NFD"):
        text = text_of(reader_of(unicodedata.normalize(form, VIETNAMESE)))
        assert VIETNAMESE.replace(" ", "") in text
        assert unicodedata.is_normalized("NFC", text)


def test_a_sign_that_hides_or_turns_the_text_is_shown_by_its_number():
    assert visible("a\u202eb\u200dc\x00d\ne") == "a[U+202E]b[U+200D]c[U+0000]d\ne"
    text = text_of(reader_of("bình\u202ethường\u2067"))
    assert "bình[U+202E]thường[U+2067]" in text


def test_a_sign_that_no_font_has_leaves_the_rest_to_be_read():
    assert "trước" in text_of(reader_of("trước \N{GRINNING FACE} ༀ sau"))


def test_nothing_runs_off_the_page():
    reader = reader_of("m" * 600)
    lines = "\n".join(page.extract_text() for page in reader.pages).replace("\u200b", "")
    assert max(len(one) for one in lines.splitlines()) < 150  # as many as small letters fit in
    assert text_of(reader).count("m") >= 600 * 8


def test_the_same_paper_made_at_the_same_second_is_the_same_file():
    paper = paper_of(VIETNAMESE)
    first, again = (write_data_copy(paper, made_at=THE_DAY) for _ in range(2))
    assert first == again


def test_the_file_tells_its_title_its_language_and_how_it_is_read_aloud():
    reader = reader_of("Bản sao")
    assert reader.metadata.title == "Bản sao – Bản sao"
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert float(reader.pages[0].mediabox.width) == pytest.approx(595.3, abs=0.1)


def test_every_page_is_numbered_and_has_the_foot():
    reader = reader_of(*("đoạn văn " * 40 for _ in range(30)), footer="Dấu nhật ký: 12-ab")
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, start=1):
        text = re.sub(r"\s+", "", page.extract_text())
        assert f"Trang{number}/{len(reader.pages)}" in text
        assert "Dấunhậtký:12-ab" in text


def test_a_template_evaluates_nothing_and_brings_nothing_in():
    for template in TEMPLATES.glob("*.typ"):
        words = re.sub(r"//.*", "", template.read_text())
        assert not re.search(r"#?\b(import|include|eval|read|plugin|csv|yaml)\b", words)
        assert not re.search(r"\bimage\b(?!\(bytes\()", words)


@pytest.fixture
def template(tmp_path, monkeypatch):
    """Typeset with a template of the test's own."""

    def put(text):
        (tmp_path / "test.typ").write_text(text)
        monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)

    return put


@pytest.mark.parametrize(
    "text",
    [
        '#read("/etc/passwd")',
        '#read("../../etc/passwd")',
        '#import "@preview/cetz:0.3.0": *',
        "#let f(n) = f(n + 1)\n#f(0)",
        "#panic()",
    ],
)
def test_even_a_template_gone_wrong_reads_no_file_fetches_nothing_and_ends(template, text):
    template(text)
    with pytest.raises(NotTypesetError):
        typeset("test.typ", {}, made_at=THE_DAY)


def test_a_paper_that_takes_too_long_ends(template):
    template("#for i in range(100000000) { let x = i * i }")
    with pytest.raises(NotTypesetError):
        typeset("test.typ", {}, made_at=THE_DAY, timeout=3)


def test_a_paper_that_takes_too_much_memory_ends(template, monkeypatch):
    seen = []
    run = subprocess.run

    def watched(*positional, **named):
        seen.append(run(*positional, **named))
        return seen[-1]

    monkeypatch.setattr(subprocess, "run", watched)
    template("#let s = range(500).map(str).join() \n#for i in range(30) { s = s + s }\n#s")
    with pytest.raises(NotTypesetError):
        typeset("test.typ", {}, made_at=THE_DAY)
    assert seen[0].returncode != 0
    assert typesetter_child.MEMORY == 2 << 30
