"""What is typed about reports: who signs, by when they close, why somebody gets more time."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from app.domain.vietnamese import clean
from app.web.forms import Form


def _tidy(typed: str | None) -> str:
    return clean(typed or "")


class SubmitForm(Form):
    """As what somebody signs, and why there is a further version."""

    revision = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    title = StringField(
        _("You sign as"),
        [DataRequired(), Length(max=120)],
        filters=[_tidy],
        description=_("Your title, as it stands under the report."),
    )
    reason = TextAreaField(
        _("Why there is a further version"),
        [Length(max=500)],
        description=_("Needed from the second version on. Everybody above reads it."),
    )


class ActForm(Form):
    """Why a report is moved; for a return also what has to be looked at again."""

    revision = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    reason = TextAreaField(_("Reason"), [Length(max=500)])
    items = TextAreaField(
        _("What has to be looked at again"),
        [Length(max=2000)],
        description=_("Each figure or unit on a line of its own."),
    )

    def named(self) -> list[str]:
        """Return the items, one for each line that says something."""
        return [clean(line) for line in (self.items.data or "").splitlines() if clean(line)]


class ExpectForm(Form):
    """Until when reports are taken in at all."""

    closes_on = DateField(
        _("Reports are closed at the end of"),
        [DataRequired()],
        description=_("After this day nothing is taken in any more, unless you extend it."),
    )


class ClosingForm(Form):
    """Until which later day reports are taken in, and why."""

    revision = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    closes_on = DateField(_("New last day"), [DataRequired()])
    reason = TextAreaField(
        _("Reason"),
        [DataRequired(), Length(max=500)],
        description=_("It stands on the page of reports, and the agencies below read it."),
    )


class ReasonForm(Form):
    """Why the frozen list is changed, or a closing undone."""

    reason = TextAreaField(
        _("Reason"),
        [DataRequired(), Length(max=500)],
        description=_("It stands on the page of reports, and the agency reads it."),
    )


class RequestForm(Form):
    """Until which day an agency asks for more time, and why."""

    until = DateField(_("Until the end of"), [DataRequired()])
    reason = TextAreaField(
        _("Reason"),
        [DataRequired(), Length(max=500)],
        description=_("The agency above reads it; it stays on record with your name."),
    )


class GrantForm(Form):
    """Until which day the time that was asked for is given."""

    until = DateField(
        _("New last day"), [DataRequired()], description=_("Another day than asked for is allowed.")
    )


class RefuseForm(Form):
    """Why no more time is given."""

    reason = TextAreaField(
        _("Reason"), [DataRequired(), Length(max=500)], description=_("The agency reads it.")
    )


class ExtendForm(Form):
    """Who asked for more time, why, and until when it is given."""

    until = DateField(_("New last day"), [DataRequired()])
    requester = StringField(
        _("Who asked, and with which letter"), [DataRequired(), Length(max=200)], filters=[_tidy]
    )
    reason = TextAreaField(_("Reason"), [DataRequired(), Length(max=500)])
