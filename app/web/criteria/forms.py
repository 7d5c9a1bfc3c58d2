"""The fields of a draft's pages, made from its cells, and what is asked when it is published."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FileField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.validators import ValidationError as Complaint

from app.domain.criteria import Cells
from app.domain.criteria_faults import CellFault, is_number
from app.domain.vietnamese import clean
from app.labels.criteria import EVIDENCE_DEMANDS, describe_fault, short_label_of
from app.web.forms import Form
from tenants.schema import CriteriaSet, Verification


_LONG = frozenset({"text", "guidance", "notice", "source"})
_MAY_BE_BLANK = frozenset({"guidance", "valid_to_year"})


def page_form(cells: Cells) -> Form:
    """Return a form with a field for each cell of a page, named by its path."""
    fields: Mapping[str, Any] = {path: _field(path) for path in cells}
    form: Form = type("PageForm", (Form,), dict(fields))(data=dict(cells))
    return form


def _field(path: str) -> Field:
    name = path.removesuffix(".vi").removesuffix(".en").rpartition(".")[2]
    label, checks = short_label_of(path), [Optional()] if name in _MAY_BE_BLANK else []
    if name == "evidence":
        choices = [SelectChoice(one.value, str(said)) for one, said in EVIDENCE_DEMANDS.items()]
        return SelectField(label, choices=choices)
    if name in _LONG:
        return TextAreaField(label, checks, render_kw={"rows": 2})
    return StringField(label, checks, render_kw={"inputmode": "numeric"} if is_number(path) else {})


def typed_in(form: Form) -> dict[str, str]:
    """Return what was typed into the fields of a page."""
    return {path: str(value or "") for path, value in form.data.items()}


def complain(form: Form, faults: Iterable[CellFault]) -> None:
    """Put each fault beside the field that has it."""
    for fault in faults:
        field = form[fault.path]
        field.errors = (*field.errors, describe_fault(fault))


def _tidy(typed: str | None) -> str:
    return clean(typed or "")


class UploadForm(Form):
    """A file with texts."""

    file = FileField(
        _("File"), description=_("The Excel workbook of this draft (.xlsx), or a TOML file.")
    )


class MayWait(Optional):
    """Leaves a blank field alone, without calling it optional: another field decides that."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.field_flags: dict[str, bool] = {}


class PublishForm(Form):
    """Whether the texts were compared with the signed document, with which, and by whom."""

    is_verified = BooleanField(
        _("Every text was compared with the signed document, letter by letter"),
        description=_("Leave this out if it was not: the set is then shown as not compared."),
    )
    document = StringField(_("Number of the signed document"), [Length(max=100)], filters=[_tidy])
    signed_on = DateField(_("Date of the signed document"), [MayWait()])
    issuer = StringField(_("Issued by"), [Length(max=300)], filters=[_tidy])
    compared_by = StringField(_("Compared by (full name)"), [Length(max=100)], filters=[_tidy])
    compared_on = DateField(_("Compared on"), [MayWait()])

    @classmethod
    def for_set(cls, criteria: CriteriaSet, *, name: str, day: date) -> "PublishForm":
        """Begin with what the draft says of its document, and with whoever publishes it."""
        return cls(
            data={
                "document": criteria.document,
                "signed_on": criteria.issued_on,
                "issuer": criteria.issuer,
                "compared_by": name,
                "compared_on": day,
            }
        )

    def validate_is_verified(self, field: BooleanField) -> None:
        """Ask for all of the signed document when the box is ticked."""
        asked = (self.document, self.signed_on, self.issuer, self.compared_by, self.compared_on)
        if field.data and not all(one.data for one in asked):
            raise Complaint(gettext("Fill in everything about the signed document."))

    def verification(self) -> Verification | None:
        """Return what was said of the signed document; None when nothing was compared."""
        if not self.is_verified.data:
            return None
        return Verification(
            document=self.document.data,
            signed_on=self.signed_on.data,
            issuer=self.issuer.data,
            compared_by=self.compared_by.data,
            compared_on=self.compared_on.data,
        )
