"""Words of the roster: how a row of a list stands to it, and why somebody is not taken over."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.roster import ImportState, NotCopied, Standing


STANDINGS: Mapping[Standing, LazyString] = {
    Standing.NEW: _("New on the roster"),
    Standing.KNOWN: _("Known from an earlier year"),
    Standing.LISTED: _("Already listed for this year"),
}

IMPORT_STATES: Mapping[ImportState, LazyString] = {
    ImportState.UPLOADED: _("Uploaded, columns to be confirmed"),
    ImportState.CHECKING: _("Being checked"),
    ImportState.CHECKED: _("Checked, not yet imported"),
    ImportState.IMPORTING: _("Being imported"),
    ImportState.IMPORTED: _("Imported"),
}

NOT_COPIED: Mapping[NotCopied, LazyString] = {
    NotCopied.LISTED: _("Already on the roster of this year."),
    NotCopied.MOVED_AWAY: _("No longer belongs to the agency."),
    NotCopied.WITHDRAWN: _("Withdrew last time."),
    NotCopied.TRANSFERRED: _("Was transferred to another agency."),
    NotCopied.UNIT_CLOSED: _("The unit has been closed."),
    NotCopied.NO_CRITERIA: _("There is no criteria set for the person's group in this year."),
}
