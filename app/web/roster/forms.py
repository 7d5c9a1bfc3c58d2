"""The forms of the roster."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, FileField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.domain.people import mask_cccd
from app.domain.roster import PersonDetails
from app.domain.roster_files import WARNINGS, CellFault
from app.intake.cells import Birth, Finding, read_birth, read_name, read_personal_number
from app.labels.intake import CELL_FAULTS
from app.persistence.models import Person, Unit
from app.web.forms import Form


_LONGEST = 100
_FIRST_YEAR, _LAST_YEAR = 2020, 2100


def _unit(typed: object) -> UUID | None:
    return UUID(str(typed)) if typed else None


def _number(typed: object) -> int | None:
    return int(str(typed)) if typed else None


class PersonForm(Form):
    """Everything that an entry of the roster says of somebody."""

    name = StringField(_("Full name"), [InputRequired(), Length(max=_LONGEST)])
    birth = StringField(
        _("Date or year of birth"),
        [InputRequired()],
        description=_("Write it as 15/08/1974, or the year alone: 1974."),
    )
    unit_id = SelectField(_("Unit"), [InputRequired()], coerce=_unit)
    group_number = SelectField(_("Group"), [InputRequired()], coerce=_number)
    position = StringField(_("Position"), [Optional(), Length(max=_LONGEST)])
    cccd = StringField(_("Personal identification number (CCCD)"), [Optional()])

    def __init__(
        self,
        *,
        year: int,
        units: Sequence[Unit],
        groups: Mapping[int, str],
        person: Person | None = None,
    ) -> None:
        super().__init__(**_prefilled(person, groups))
        self.year = year
        self.born = Birth()
        self.digits: str | None = None
        please = ("", gettext("Choose…"))
        self.unit_id.choices = [please, *((str(unit.id), unit.name) for unit in units)]
        self.group_number.choices = [
            please,
            *((str(number), f"{number} – {name}") for number, name in groups.items()),
        ]

    def validate_name(self, field: StringField) -> None:
        """Refuse what cannot be a name."""
        _complain(read_name(field.data.strip()))

    def validate_birth(self, field: StringField) -> None:
        """Read the day or the year; what a list may leave in doubt is asked again here."""
        self.born = read_birth(field.data, year=self.year)
        for finding in self.born.findings:
            if finding.fault is not CellFault.BIRTH_YEAR_ONLY:
                _complain(_unreadable() if finding.fault in WARNINGS else finding)

    def validate_cccd(self, field: StringField) -> None:
        """Hold the number against the year of birth."""
        self.digits, finding = read_personal_number(field.data, birth_year=self.born.year)
        _complain(finding)

    @property
    def details(self) -> PersonDetails:
        """What was typed, once it holds up."""
        return PersonDetails(
            name=self.name.data,
            birth_year=self.born.year or 0,
            birth_on=self.born.on,
            unit_id=self.unit_id.data,
            group_number=self.group_number.data,
            position=(self.position.data or "").strip() or None,
            cccd=self.digits,
        )


class NewPersonForm(PersonForm):
    """An entry that is not there yet."""

    is_another = BooleanField(
        _("This is another person with the same name, year of birth and unit")
    )


class KnownPersonForm(PersonForm):
    """An entry to be corrected."""

    is_active = BooleanField(_("Still belongs to this agency"))
    forgets_number = BooleanField(_("Remove the personal number that is kept"))


def _prefilled(person: Person | None, groups: Mapping[int, str]) -> dict[str, Any]:
    if person is None:
        return {"group_number": next(iter(groups)) if len(groups) == 1 else None}
    born = person.birth_on
    return {
        "name": person.name,
        "birth": f"{born:%d/%m/%Y}" if born else str(person.birth_year),
        "unit_id": person.unit_id,
        "group_number": person.group_number,
        "position": person.position,
        "is_active": person.is_active,
    }


def _complain(finding: Finding | None) -> None:
    if finding is not None:
        raise ValidationError(str(CELL_FAULTS[finding.fault]) % finding.facts)


def _unreadable() -> Finding:
    return Finding(CellFault.BIRTH_UNREADABLE, {})


class CycleForm(Form):
    """An assessment year and when people may begin to register."""

    year = IntegerField(
        _("Assessment year"), [InputRequired(), NumberRange(min=_FIRST_YEAR, max=_LAST_YEAR)]
    )
    registration_opens_on = DateField(_("Registration opens on"), [InputRequired()])
    reports_close_on = DateField(
        _("Reports are closed at the end of"),
        [Optional()],
        description=_(
            "Chosen once, as the year opens. Left empty: 31 December, or the last day on which a"
            " report is on time if that is later."
        ),
    )


class UploadForm(Form):
    """A list to be read."""

    file = FileField(
        _("List of people"), description=_("An Excel file (.xlsx, .xls or .ods), at most 20 MB.")
    )


def masked(text: str) -> str:
    """Return what a cell holds, a personal number by its last four digits only."""
    digits = "".join(filter(str.isdigit, text))
    looks_personal = len(digits) in range(9, 13) and "/" not in text
    return (mask_cccd(digits[-4:]) or "") if looks_personal else text
