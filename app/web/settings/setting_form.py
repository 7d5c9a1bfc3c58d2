"""The form that every page of settings extends."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import Length, Optional

from app.domain.settings import SettingName
from app.domain.vietnamese import clean
from app.web.forms import Form


Values = Mapping[SettingName, Any]

LONGEST_SOURCE = 500


def tidy(typed: str | None) -> str:
    """Return typed words without stray spaces and signs that nobody sees."""
    return clean(typed or "")


class SettingForm(Form):
    """A page of settings: their values, and on whose word they are set."""

    names: ClassVar[tuple[SettingName, ...]]
    hint: ClassVar[Any] = None

    source = StringField(
        _("Document that says so"),
        [Optional(), Length(max=LONGEST_SOURCE)],
        description=_("Its number, date and issuer. Without one, your name stands for it."),
        filters=[tidy],
    )
    seen = HiddenField()

    @classmethod
    def filled(cls, values: Values) -> dict[str, Any]:
        """Return what the fields show of the values in effect."""
        return {"value": values.get(cls.names[0])}

    def values(self) -> dict[SettingName, Any]:
        """Return what was typed, as it is kept; None gives a value back."""
        return {self.names[0]: self["value"].data}
