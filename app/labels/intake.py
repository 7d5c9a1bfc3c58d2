"""What is said of an uploaded list: each fault in a sentence, and what to do about it."""

from collections.abc import Mapping

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.roster_files import (
    SCORE_FIELDS,
    CellFault,
    CellProblem,
    Field,
    FileFault,
    FileRefusedError,
)


FIELDS: Mapping[Field, LazyString] = {
    Field.NUMBER: _("No."),
    Field.NAME: _("Full name"),
    Field.GIVEN_NAME: _("Given name (in a column of its own)"),
    Field.BIRTH: _("Date or year of birth"),
    Field.BIRTH_OF_WOMEN: _("Year of birth of women (in a column of its own)"),
    Field.GROUP: _("Group"),
    Field.UNIT: _("Unit"),
    Field.POSITION: _("Position"),
    Field.CCCD: _("Personal identification number (CCCD)"),
} | {
    field: _("Indicator %(number)s", number=number)
    for number, field in enumerate(SCORE_FIELDS, start=1)
}

FILE_FAULTS: Mapping[FileFault, LazyString] = {
    FileFault.DAMAGED: _("The file is damaged and cannot be opened."),
    FileFault.EMPTY: _("The file is empty."),
    FileFault.HAS_MACROS: _("The file contains macros."),
    FileFault.HAS_PASSWORD: _("The file is protected by a password."),
    FileFault.NO_HEADER: _("No “Full name” heading was found in the first %(rows)s rows."),
    FileFault.NO_PEOPLE: _("Nobody is listed from row %(row)s on."),
    FileFault.NOT_A_CRITERIA_FILE: _("The file is neither an Excel workbook nor TOML."),
    FileFault.NOT_A_SPREADSHEET: _("The file is not an Excel workbook."),
    FileFault.TEXT_IN_DISGUISE: _("The file is a web page or plain text, not an Excel workbook."),
    FileFault.TOO_BIG: _("The file is %(megabytes)s MB; at most %(limit)s MB are accepted."),
    FileFault.TOO_HEAVY: _("The file takes too much memory or time to open."),
    FileFault.TOO_MANY_CELLS: _(
        "A sheet spans %(rows)s rows and %(columns)s columns, far more than a list needs."
    ),
    FileFault.TOO_MANY_ROWS: _("The list has more than %(limit)s rows."),
    FileFault.UNMAPPED_COLUMN: _("No column has been chosen for “%(field)s”."),
}

FILE_ADVICE: Mapping[FileFault, LazyString] = {
    FileFault.DAMAGED: _("Open it in Excel, save it again as .xlsx, then upload it once more."),
    FileFault.EMPTY: _("Check that the right file was chosen."),
    FileFault.HAS_MACROS: _("In Excel choose “Save as”, type “Excel Workbook (.xlsx)”."),
    FileFault.HAS_PASSWORD: _("Remove the password in Excel (File, Info, Protect Workbook)."),
    FileFault.NO_HEADER: _("Put the headings in one row, or start from the template."),
    FileFault.NO_PEOPLE: _("Check which sheet holds the list, and that it is not hidden."),
    FileFault.NOT_A_CRITERIA_FILE: _(
        "Upload the workbook made for this draft, or a file like those that ship."
    ),
    FileFault.NOT_A_SPREADSHEET: _("Upload a file of the type .xlsx, .xls or .ods."),
    FileFault.TEXT_IN_DISGUISE: _(
        "Open it in Excel and choose “Save as”, type “Excel Workbook (.xlsx)”."
    ),
    FileFault.TOO_BIG: _("Remove pictures from the file, or divide the list by unit."),
    FileFault.TOO_HEAVY: _("Copy the list into a new workbook, or start from the template."),
    FileFault.TOO_MANY_CELLS: _(
        "Delete what stands far below or to the right of the list, or copy it into a new workbook."
    ),
    FileFault.TOO_MANY_ROWS: _("Divide the list by unit and upload the parts one after another."),
    FileFault.UNMAPPED_COLUMN: _("Choose the column that holds it."),
}

CELL_FAULTS: Mapping[CellFault, LazyString] = {
    CellFault.BIRTH_DATE_IMPOSSIBLE: _("This day does not exist; only the year %(year)s was kept."),
    CellFault.BIRTH_MISSING: _("The year of birth is missing."),
    CellFault.BIRTH_OUT_OF_RANGE: _(
        "The year of birth %(year)s is not between %(earliest)s and %(latest)s."
    ),
    CellFault.BIRTH_SERIAL_NUMBER: _("Excel's number of a day was read as %(day)s."),
    CellFault.BIRTH_TWO_DIGIT_YEAR: _("The year has two digits; it was read as %(year)s."),
    CellFault.BIRTH_UNREADABLE: _("This is not a date or year of birth."),
    CellFault.BIRTH_YEAR_ONLY: _("Day or month is missing; only the year %(year)s was kept."),
    CellFault.CCCD_IS_CMND: _("This is an old identity card number (CMND) of 9 digits."),
    CellFault.CCCD_NOT_DIGITS: _("The personal number holds something other than digits."),
    CellFault.CCCD_OTHER_BIRTH_YEAR: _(
        "The personal number says born in %(year_in_number)s, the list says %(year)s."
    ),
    CellFault.CCCD_UNKNOWN_PLACE: _("No province has the first three digits of this number."),
    CellFault.CCCD_WRONG_LENGTH: _("The personal number has %(digits)s digits instead of 12."),
    CellFault.CCCD_ZEROS_ADDED: _("Excel had dropped zeros in front: %(zeros)s put back."),
    CellFault.DUPLICATE_CCCD: _("Row %(first_row)s has the same personal number."),
    CellFault.DUPLICATE_PERSON: _("Row %(first_row)s names the same person."),
    CellFault.GROUP_MISSING: _("The group is missing."),
    CellFault.GROUP_UNKNOWN: _("There is no such group; the groups are %(groups)s."),
    CellFault.NAME_HAS_DIGITS: _("The name contains digits."),
    CellFault.NAME_IN_OLD_FONT: _("The name is typed in an old font (TCVN3, such as .VnTime)."),
    CellFault.NAME_MISSING: _("The name is missing."),
    CellFault.NAME_TOO_LONG: _("The name is longer than %(limit)s characters."),
    CellFault.SCORE_BLANK: _("Indicator %(indicator)s is blank; it was not taken for a zero."),
    CellFault.SCORE_NOT_A_NUMBER: _("The score of indicator %(indicator)s is not a number."),
    CellFault.SCORE_NOT_WHOLE: _("The score of indicator %(indicator)s is not a whole number."),
    CellFault.SCORE_OFF_SCALE: _(
        "The score of indicator %(indicator)s is not between %(lowest)s and %(highest)s."
    ),
    CellFault.UNIT_MISSING: _("The unit is missing."),
    CellFault.UNIT_UNKNOWN: _("The agency has no unit of this name."),
}

CELL_ADVICE: Mapping[CellFault, LazyString] = {
    CellFault.BIRTH_DATE_IMPOSSIBLE: _("Correct the day if it is known."),
    CellFault.BIRTH_MISSING: _("Enter the year, for example 1974."),
    CellFault.BIRTH_OUT_OF_RANGE: _("Check the year against the person's papers."),
    CellFault.BIRTH_SERIAL_NUMBER: _("Check that the date is right."),
    CellFault.BIRTH_TWO_DIGIT_YEAR: _("Write four digits if this is wrong."),
    CellFault.BIRTH_UNREADABLE: _("Write it as 15/08/1974, or the year alone: 1974."),
    CellFault.BIRTH_YEAR_ONLY: _("Nothing need be done: the year is enough."),
    CellFault.CCCD_IS_CMND: _("Enter the 12 digits of the CCCD, or leave the cell blank."),
    CellFault.CCCD_NOT_DIGITS: _(
        "Format the column as Text and enter the 12 digits again, or leave the cell blank."
    ),
    CellFault.CCCD_OTHER_BIRTH_YEAR: _("One of the two is mistyped: compare with the card."),
    CellFault.CCCD_UNKNOWN_PLACE: _("Compare the number with the card."),
    CellFault.CCCD_WRONG_LENGTH: _("Compare the number with the card, or leave the cell blank."),
    CellFault.CCCD_ZEROS_ADDED: _("Check the number; format the column as Text next time."),
    CellFault.DUPLICATE_CCCD: _("Delete one of the rows, or correct the number."),
    CellFault.DUPLICATE_PERSON: _(
        "Delete one of the rows; if they are two people, enter the date of birth of both."
    ),
    CellFault.GROUP_MISSING: _("Enter one of the groups: %(groups)s."),
    CellFault.GROUP_UNKNOWN: _("Enter the number of the group."),
    CellFault.NAME_HAS_DIGITS: _("Remove the digits; a note belongs in another column."),
    CellFault.NAME_IN_OLD_FONT: _("Convert the list to Unicode, then upload it again."),
    CellFault.NAME_MISSING: _("Enter the full name, or delete the row."),
    CellFault.NAME_TOO_LONG: _("Enter the name alone; a note belongs in another column."),
    CellFault.SCORE_BLANK: _("The person can be listed; the score must come before submission."),
    CellFault.SCORE_NOT_A_NUMBER: _("Enter a whole number from %(lowest)s to %(highest)s."),
    CellFault.SCORE_NOT_WHOLE: _("Enter a whole number from %(lowest)s to %(highest)s."),
    CellFault.SCORE_OFF_SCALE: _("Enter a whole number from %(lowest)s to %(highest)s."),
    CellFault.UNIT_MISSING: _("Enter the unit the person belongs to."),
    CellFault.UNIT_UNKNOWN: _("Did you mean “%(nearest)s”? Otherwise add the unit first."),
}


def describe_problem(problem: CellProblem) -> str:
    """Say in the reader's language what is wrong with a cell."""
    return str(CELL_FAULTS[problem.fault]) % problem.facts


def advise_on_problem(problem: CellProblem) -> str:
    """Say in the reader's language what to do about a cell."""
    return str(CELL_ADVICE[problem.fault]) % problem.facts


def describe_refused_file(error: FileRefusedError) -> str:
    """Say in the reader's language why a file was refused."""
    return str(FILE_FAULTS[error.fault]) % _spoken(error.facts)


def advise_on_refused_file(error: FileRefusedError) -> str:
    """Say in the reader's language what to do about a refused file."""
    return str(FILE_ADVICE[error.fault]) % _spoken(error.facts)


def _spoken(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: _word(value) for name, value in facts.items()}


def _word(value: object) -> str:
    if isinstance(value, Field):
        return str(FIELDS[value])
    return str(format_decimal(value)) if isinstance(value, int) else str(value)
