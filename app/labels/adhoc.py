"""Words of ad-hoc requests: what a question asks for, and how a line stands."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.adhoc import LineState
from app.domain.adhoc_answers import FieldKind, KnownFigure, KnownShare


FIELD_KINDS: Mapping[FieldKind, LazyString] = {
    FieldKind.NUMBER: _("A whole number"),
    FieldKind.DECIMAL: _("A number with decimals"),
    FieldKind.PERCENT: _("A percentage: so many of so many"),
    FieldKind.YES_NO: _("Yes or no"),
    FieldKind.DATE: _("A day"),
    FieldKind.SHORT: _("A short text, one line"),
    FieldKind.TEXT: _("Text"),
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

KNOWN_SHARES: Mapping[KnownShare, LazyString] = {
    KnownShare.REGISTERED: _("Share of the eligible who registered"),
    KnownShare.RECOGNISED: _("Share of the eligible who are recognised"),
    KnownShare.RECOGNISED_OF_REGISTERED: _("Share of the registered who are recognised"),
    KnownShare.WITH_DIGITAL_SKILLS: _("Share of the recognised with digital skills"),
}

FILLED_IN: Mapping[KnownFigure | KnownShare, LazyString] = dict(
    [*KNOWN_FIGURES.items(), *KNOWN_SHARES.items()]
)

LINE_STATES: Mapping[LineState, LazyString] = {
    LineState.ASKED: _("Waiting for an answer"),
    LineState.ANSWERED: _("Received"),
    LineState.RETURNED: _("Given back"),
}
