"""Files that do harm or are not what they call themselves, made on the spot."""

import io
import zipfile

import xlsxwriter


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEET = """<?xml version="1.0"?>{before}
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{rows}</sheetData></worksheet>"""


def workbook(rows, *, before="", more=None):
    """Return an .xlsx with these rows of XML, and more parts if wanted."""
    empty = io.BytesIO()
    with xlsxwriter.Workbook(empty) as book:
        book.add_worksheet("Sheet1")
    with zipfile.ZipFile(empty) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = _SHEET.format(before=before, rows=rows)
    return packed(parts | {"xl/worksheets/sheet1.xml": sheet} | (more or {}))


def packed(parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def text_cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def corners():
    """Return two cells that span seventeen thousand million."""
    return workbook(
        f'<row r="1">{text_cell("A1", "a")}</row>'
        f'<row r="1048576">{text_cell("XFD1048576", "b")}</row>'
    )


def corners_in_hiding():
    """Return the same two cells, the far one without telling where it is."""
    blanks = "<c/>" * 16_000
    return workbook(
        f'<row r="1">{text_cell("A1", "a")}</row>'
        f'<row r="1048576">{blanks}<c t="inlineStr"><is><t>b</t></is></c></row>'
    )


def bomb():
    """Return 300 MB of blanks in 300 KB."""
    return workbook("", more={"xl/sharedStrings.xml": b" " * (300 << 20)})


def crumbs():
    """Return more parts than any workbook has."""
    return packed({f"{number}.xml": "" for number in range(2_001)})


def laughs():
    """Return entities that unfold to a thousand million laughs."""
    entities = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    return workbook(
        f'<row r="1">{text_cell("A1", "&l9;")}</row>', before=f"<!DOCTYPE x [{entities}]>"
    )


def open_tags():
    """Return a million cells that open and never close."""
    return workbook("<c " * 1_000_000)


def with_macros():
    return workbook("", more={"xl/vbaProject.bin": b"macro"})


def encrypted():
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    )


def old_macros():
    return OLE + "Workbook _VBA_PROJECT_CUR".encode("utf-16-le")


def letter_in_word():
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
