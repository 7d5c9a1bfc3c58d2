"""What is typed about somebody's data."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.domain.data_requests import RequestChannel, RequestKind
from app.labels import words
from app.web.forms import Form


_LONGEST = 1_000


def _own_words(label: LazyString) -> TextAreaField:
    return TextAreaField(
        label,
        [Length(max=_LONGEST)],
        description=_("What is wrong, or what it is about. Write no personal number here."),
    )


class AskForm(Form):
    """What somebody asks about their own data."""

    kind = SelectField(_("What is asked"), [InputRequired()])
    words = _own_words(_("In your own words"))

    def offer_choices(self) -> None:
        """Offer every kind of request."""
        self.kind.choices = [(one.value, words.REQUEST_KINDS[one]) for one in RequestKind]


class TakeDownForm(AskForm):
    """What somebody asked at the office, or in writing."""

    words = _own_words(_("In their own words"))
    channel = SelectField(_("How it was asked"), [InputRequired()])

    def offer_choices(self) -> None:
        """Offer every kind, and the ways that do not go through this site."""
        super().offer_choices()
        offline = (one for one in RequestChannel if one is not RequestChannel.ONLINE)
        self.channel.choices = [(one.value, words.REQUEST_CHANNELS[one]) for one in offline]


class SettleForm(Form):
    """What the office does about a request, and why."""

    outcome = TextAreaField(
        _("What was done, or why not"),
        [Length(max=_LONGEST)],
        description=_("The person reads this."),
    )
