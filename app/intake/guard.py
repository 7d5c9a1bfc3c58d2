"""What an uploaded file must be before anything opens it.

A file of 5 KB with two far-apart cells, or a small zip that unfolds to gigabytes, ends any process
that reads it. These checks look at the container only, in a second at most; whatever they let pass
is read in a child process all the same (``app.intake.sheets``).
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from app.domain.roster_files import FileFault, FileRefusedError


MAX_BYTES = 20 << 20
MAX_UNPACKED_BYTES = 256 << 20
MAX_ENTRIES = 2_000
MAX_CELLS = 5_000_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_XLSX_PARTS = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
# Words of an OLE directory: Excel's encrypted packages, and Visual Basic in an old workbook.
_OLE_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_OLE_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
_OLE_WORKBOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))

_CHUNK = 1 << 20
_OVERLAP = 4096  # a cell's opening tag is shorter, so none is missed at the seam of two chunks
# Bounded on every side: tags that never close must not cost the time they are made to cost.
_FILLED_CELL = re.compile(
    rb'<(?:\w{1,20}:)?c\s(?:[^<>]{0,300}?\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]{0,300}(?<!/)>(?!</)'
)


def require_safe(path: Path) -> None:
    """Raise ``FileRefusedError`` unless the file may be given to the reader."""
    size = path.stat().st_size
    if size == 0:
        raise FileRefusedError(FileFault.EMPTY)
    if size > MAX_BYTES:
        raise FileRefusedError(FileFault.TOO_BIG, megabytes=-(-size >> 20), limit=MAX_BYTES >> 20)
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(_ZIP):
        _require_safe_zip(path)
    elif start.startswith(_OLE):
        _require_safe_ole(path)
    else:
        raise FileRefusedError(_fault_of_text(start))


def _fault_of_text(start: bytes) -> FileFault:
    """Tell a web page or CSV that calls itself a workbook from what is no table at all."""
    letters = start.replace(b"\0", b"") if start.startswith(_UTF_16) else start
    is_text = not any(byte < ord("\t") for byte in letters)
    return FileFault.TEXT_IN_DISGUISE if is_text else FileFault.NOT_A_SPREADSHEET


def _require_safe_ole(path: Path) -> None:
    content = path.read_bytes()
    if _OLE_PASSWORD in content:
        raise FileRefusedError(FileFault.HAS_PASSWORD)
    if _OLE_MACROS in content:
        raise FileRefusedError(FileFault.HAS_MACROS)
    if not any(name in content for name in _OLE_WORKBOOKS):
        raise FileRefusedError(FileFault.NOT_A_SPREADSHEET)


def _require_safe_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            _require_modest(archive)
            _require_spreadsheet(archive)
            _require_small_grids(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise FileRefusedError(FileFault.DAMAGED) from error


def _require_modest(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES:
        raise FileRefusedError(FileFault.TOO_HEAVY)


def _require_spreadsheet(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise FileRefusedError(FileFault.HAS_PASSWORD)
    if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names):
        raise FileRefusedError(FileFault.HAS_MACROS)
    is_ods = "mimetype" in names and archive.read("mimetype").strip() == _ODS
    if not is_ods and not names >= _XLSX_PARTS:
        raise FileRefusedError(FileFault.NOT_A_SPREADSHEET)


def _require_small_grids(archive: zipfile.ZipFile) -> None:
    """Refuse sheets whose last row and last column span too many cells: readers hold them all."""
    unpacked = 0
    for entry in archive.infolist():
        # A hostile workbook may keep a sheet under any name, so every part is looked through.
        if not entry.filename.endswith(".xml"):
            continue
        rows = columns = 0
        for chunk in _chunks(archive, entry):
            unpacked += len(chunk) - _OVERLAP
            rows, columns = _grow(rows, columns, chunk)
            if unpacked > MAX_UNPACKED_BYTES:
                raise FileRefusedError(FileFault.TOO_HEAVY)
        if rows * columns > MAX_CELLS:
            raise FileRefusedError(FileFault.TOO_MANY_CELLS, rows=rows, columns=columns)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    overlap = b""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            yield overlap + chunk
            overlap = chunk[-_OVERLAP:]


def _grow(rows: int, columns: int, chunk: bytes) -> tuple[int, int]:
    for letters, row in _FILLED_CELL.findall(chunk):
        rows = max(rows, int(row))
        columns = max(columns, _column_number(letters))
    return rows, columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
