"""WTForms' own messages, in the house's catalogue, because WTForms ships no Vietnamese."""

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _


# Listed so that they are extracted into the catalogue; WTForms asks for them by these words.
MESSAGES = (
    _("This field is required."),
    _("Not a valid choice."),
    _("Not a valid choice"),
    _("Invalid Choice: could not coerce."),
    _("Not a valid integer value."),
    _("Not a valid decimal value."),
    _("Not a valid float value."),
    _("Not a valid date value."),
    _("Not a valid datetime value."),
    _("Not a valid time value."),
    _("Invalid input."),
    _("Invalid email address."),
)


class FieldMessages:
    """What WTForms asks when it wants a message in the reader's language."""

    def gettext(self, string: str) -> str:
        """Translate a message; its values are put in afterwards by WTForms."""
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Translate a message that counts."""
        return str(ngettext(singular, plural, n))
