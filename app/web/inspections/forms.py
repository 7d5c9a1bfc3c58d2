"""What is typed about a look into a file: which line, why, and for how long."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange

from app.domain.inspections import LONGEST_HOURS
from app.domain.vietnamese import clean
from app.services.inspections import Line
from app.web.forms import Form


_LAST_LINE = 32_767


def _tidy(typed: str | None) -> str:
    return clean(typed or "")


class AskForm(Form):
    """A line of a decision of an agency below, and why it is to be looked into."""

    agency = SelectField(_("Agency"))
    number = StringField(
        _("Number of the decision"), [DataRequired(), Length(max=60)], filters=[_tidy]
    )
    signed_on = DateField(_("Date of the decision"), [DataRequired()])
    line = IntegerField(_("Line"), [DataRequired(), NumberRange(1, _LAST_LINE)])
    reason = TextAreaField(
        _("Reason"),
        [DataRequired(), Length(max=500)],
        description=_("The agency reads it, and it stays on its record."),
    )

    def chosen_line(self) -> Line:
        """Return the line as it stands on the paper."""
        signed_on, line = self.signed_on.data, self.line.data
        assert signed_on is not None  # noqa: S101 - asked for by the form
        assert line is not None  # noqa: S101 - asked for by the form
        return Line(number=self.number.data or "", signed_on=signed_on, position=line)


class GrantForm(Form):
    """For how long the file lies open."""

    hours = IntegerField(
        _("For how many hours"),
        [DataRequired(), NumberRange(1, LONGEST_HOURS)],
        default=24,
        description=_("At most 72. You can shut the file before."),
    )
