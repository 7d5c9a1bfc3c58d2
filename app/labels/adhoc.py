"""Words of ad-hoc requests: what a question asks for, and how a line stands."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.adhoc import FieldKind, KnownFigure, LineState


FIELD_KINDS: Mapping[FieldKind, LazyString] = {
    FieldKind.NUMBER: _("A number"),
    FieldKind.TEXT: _("Text"),
    FieldKind.YES_NO: _("Yes or no"),
    FieldKind.KNOWN: _("A figure that is filled in"),
}

KNOWN_FIGURES: Mapping[KnownFigure, LazyString] = {
    KnownFigure.ELIGIBLE: _("Eligible people"),
    KnownFigure.REGISTERED: _("Registered people"),
    KnownFigure.SELF_ASSESSED: _("Self-assessed people"),
    KnownFigure.APPRAISED: _("Appraised people"),
    KnownFigure.RECOGNISED: _("Recognised people"),
    KnownFigure.OUTSTANDING: _("Outstanding people"),
    KnownFigure.WITH_DIGITAL_SKILLS: _("Recognised people with digital skills"),
    KnownFigure.DIGITALLY_FLUENT: _("Recognised people who are digitally fluent"),
}

LINE_STATES: Mapping[LineState, LazyString] = {
    LineState.ASKED: _("Waiting for an answer"),
    LineState.ANSWERED: _("Received"),
    LineState.RETURNED: _("Given back"),
}
