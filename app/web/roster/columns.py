"""What each column of a list tells: shown with examples, and changed by whoever knows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext

from app.domain.roster_files import Field, FileFault, FileRefusedError
from app.intake.cells import text_of
from app.intake.roster_header import ColumnMapping, column_letter
from app.intake.sheets import Sheet
from app.labels.intake import FIELDS, describe_refused_file
from app.web.roster.forms import masked


_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoice:
    """A column of the list, and what it is taken for."""

    name: str
    letter: str
    heading: str
    examples: tuple[str, ...]
    field: Field | None


def choices_of(sheet: Sheet, mapping: ColumnMapping) -> list[ColumnChoice]:
    """Return every column that holds something."""
    told = {column: field for field, column in mapping.columns.items()}
    columns = [
        ColumnChoice(
            name=_name(column),
            letter=column_letter(column),
            heading=heading,
            examples=_examples(sheet, mapping, column),
            field=told.get(column),
        )
        for column, heading in enumerate(mapping.headings)
    ]
    return [one for one in columns if one.heading or one.examples]


def _examples(sheet: Sheet, mapping: ColumnMapping, column: int) -> tuple[str, ...]:
    texts = (
        text_of(cells[column])
        for number, cells in sheet.rows
        if number >= mapping.first_row and column < len(cells)
    )
    return tuple(masked(text) for text, _ in zip(filter(None, texts), range(_EXAMPLES)))  # noqa: B905 - as many as there are


def chosen_mapping(mapping: ColumnMapping, sent: Mapping[str, str]) -> ColumnMapping:
    """Return the mapping with what somebody chose for each column."""
    told = {
        Field(sent[_name(column)]): column
        for column in reversed(range(len(mapping.headings)))
        if sent.get(_name(column)) in set(Field)
    }
    return replace(mapping, columns=told)


def problems_with(
    mapping: ColumnMapping, sent: Mapping[str, str]
) -> Iterator[tuple[str, str | None]]:
    """Say what is missing and what was chosen twice, each with the field to go to."""
    for field in mapping.missing:
        refused = FileRefusedError(FileFault.UNMAPPED_COLUMN, field=field)
        yield describe_refused_file(refused), None
    chosen = Counter(sent.get(_name(column)) for column in range(len(mapping.headings)))
    for field in Field:
        if chosen[field.value] > 1:
            text = gettext("Two columns have been chosen for “%(field)s”.", field=FIELDS[field])
            yield text, _name(mapping.columns[field])
    if Field.UNIT not in mapping.columns and not sent.get("unit_id"):
        yield gettext("Choose the unit for everybody, for no column tells it."), "unit_id"
    if Field.GROUP not in mapping.columns and not sent.get("group_number"):
        yield gettext("Choose the group for everybody, for no column tells it."), "group_number"


def _name(column: int) -> str:
    return f"column-{column}"
