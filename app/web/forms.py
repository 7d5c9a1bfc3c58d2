"""The form that every form of the web extends."""

from typing import Any

from flask import request
from flask_babel import get_locale
from wtforms import Form as WTForm

from app.web.wording import FieldMessages


class Form(WTForm):
    """A form that speaks the reader's language.

    It needs no token of its own: every change is checked for forgery before it reaches a view.
    """

    class Meta:
        """Read by WTForms each time that a form is made."""

        def get_translations(self, form: WTForm) -> FieldMessages:
            """Complain in the language of the page: WTForms itself has no Vietnamese."""
            del form
            return FieldMessages()

        @property
        def locales(self) -> list[str]:
            """Name the language of the page."""
            return [str(get_locale())]

    def __init__(self, record: object = None, **values: Any) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            request.form if request.method == "POST" else None, obj=record, **values
        )

    def was_submitted(self) -> bool:
        """Tell whether the form was sent, and holds up."""
        return request.method == "POST" and bool(self.validate())  # type: ignore[no-untyped-call]
