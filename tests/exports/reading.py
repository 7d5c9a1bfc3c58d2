"""Workbooks read back: their values as a reader program sees them, and their bare XML."""

import re
import zipfile

from python_calamine import load_workbook

from app.exports.wording import Wording


def _say(message, /, **facts):
    return message % facts if facts else message


ENGLISH = Wording(language="en", gettext=_say)


def values(content, sheet):
    """Return the rows of a sheet from A1 on; ``content`` is a path or a file."""
    workbook = load_workbook(content)
    return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def parts(content, pattern):
    """Return the XML of the parts whose name fits."""
    with zipfile.ZipFile(content) as archive:
        return [
            archive.read(name).decode() for name in archive.namelist() if re.search(pattern, name)
        ]
