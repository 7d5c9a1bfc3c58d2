"""What is typed about an ad-hoc request: what is asked, of whom, until when."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Enclosed
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.adhoc_answers import WITH_UNIT, Field, FieldKind, KnownFigure, to_figure
from app.domain.vietnamese import clean
from app.labels.adhoc import FIELD_KINDS, FILLED_IN
from app.persistence.models import AdhocRequest, Tenant
from app.services.adhoc import Asked
from app.web.forms import Form
from app.web.settings.lines import FormOfLines
from tenants.schema import TenantKind


_FIRST_YEAR, _LAST_YEAR = 2020, 2100
_COMMUNES, _OTHERS, _SOME = "communes", "others", "some"


def _tidy(typed: str | None) -> str:
    return clean(typed or "")


class QuestionLine(Enclosed):
    """One question: a kind, or a figure or share that is filled in."""

    class Meta(Form.Meta):
        """Complain in the language of the page."""

    label = StringField(_("What is asked"), [DataRequired(), Length(max=200)], filters=[_tidy])
    asked = SelectField(_("Kind of answer"))
    unit = StringField(
        _("Unit of the number"),
        [Optional(), Length(max=30)],
        description=_("Of a number: people, classes, million VND."),
        filters=[_tidy],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        plain = [kind for kind in FieldKind if kind is not FieldKind.KNOWN]
        self.asked.choices = [
            *(SelectChoice(kind.value, str(FIELD_KINDS[kind])) for kind in plain),
            *(
                SelectChoice(figure.value, gettext("Filled in: %(figure)s", figure=str(words)))
                for figure, words in FILLED_IN.items()
            ),
        ]

    def question(self) -> Field:
        """Return the question as the rules know it; a unit where no number is asked is dropped."""
        label, asked = self.label.data or "", self.asked.data
        if asked in set(FieldKind):
            kind = FieldKind(asked)
            unit = (self.unit.data or "") if kind in WITH_UNIT else ""
            return Field(label=label, kind=kind, unit=unit)
        figure = to_figure(asked)
        kind = FieldKind.KNOWN if isinstance(figure, KnownFigure) else FieldKind.PERCENT
        return Field(label=label, kind=kind, figure=figure)


class RequestForm(FormOfLines):
    """A form for agencies below."""

    title = StringField(_("Subject"), [DataRequired(), Length(max=200)], filters=[_tidy])
    document = StringField(
        _("Document that asks for it"),
        [Optional(), Length(max=200)],
        description=_("Its number, date and issuer: “Công văn số 25/HKH ngày 20/11/2026”."),
        filters=[_tidy],
    )
    instructions = TextAreaField(_("Reason and instructions"), [Optional(), Length(max=2_000)])
    due_on = DateField(_("Last day for the answer"), [InputRequired()])
    closes_on = DateField(
        _("Closed after"),
        [Optional()],
        description=_(
            "Until this day answers are still taken, and late. Empty: until you close the request."
        ),
    )
    year = IntegerField(
        _("Assessment year"),
        [InputRequired(), NumberRange(_FIRST_YEAR, _LAST_YEAR)],
        description=_("Figures of this year are filled in."),
    )
    whom = RadioField(_("Who is asked"), [InputRequired()])
    agencies = SelectMultipleField(
        _("Agencies"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    lines = FieldList(FormField(QuestionLine), _("Questions"), min_entries=1)

    def offer(self, below: Collection[Tenant]) -> None:
        """Fill the choices with the agencies below."""
        self.whom.choices = [
            SelectChoice(_COMMUNES, gettext("All communes, wards and special zones")),
            SelectChoice(_OTHERS, gettext("All other agencies")),
            SelectChoice(_SOME, gettext("Those ticked below")),
        ]
        self.agencies.choices = [SelectChoice(str(one.id), one.name) for one in below]

    def asked(self, below: Collection[Tenant]) -> Asked:
        """Return what was typed."""
        due_on, year = self.due_on.data, self.year.data
        assert due_on is not None  # noqa: S101 - asked for by the form
        assert year is not None  # noqa: S101 - asked for by the form
        return Asked(
            title=self.title.data or "",
            document=self.document.data or "",
            instructions=self.instructions.data or "",
            due_on=due_on,
            closes_on=self.closes_on.data,
            year=year,
            fields=[line.form.question() for line in self.lines],
            addressed=self._addressed(below),
        )

    def _addressed(self, below: Collection[Tenant]) -> frozenset[UUID]:
        if self.whom.data == _SOME:
            return frozenset(UUID(one) for one in self.agencies.data or ())
        wants_communes = self.whom.data == _COMMUNES
        return frozenset(
            one.id for one in below if (one.kind is TenantKind.COMMUNE) is wants_communes
        )


def typed_of(request: AdhocRequest) -> dict[str, Any]:
    """Return what the form of a draft holds."""
    return {
        "title": request.title,
        "document": request.document,
        "instructions": request.instructions,
        "due_on": request.due_on,
        "closes_on": request.closes_on,
        "year": request.year,
        "whom": _SOME,
        "agencies": [str(one) for one in request.addressed],
        "lines": [
            {
                "label": field.label,
                "asked": field.figure.value if field.figure else field.kind.value,
                "unit": field.unit,
            }
            for field in request.fields
        ],
    }
