"""What a comparison of figures with the dossiers found, in sentences."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.comparisons import Against, Comparison, FigureDifference
from app.labels.explanations import NAMES


_TOLD = 8


def sentences_about(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Yield what to tell whoever asked, each sentence with the mood of its message."""
    found = comparison.differences
    if comparison.waiting:
        waiting = ngettext(
            "%(num)s agency was left out: changes wait there to be counted.",
            "%(num)s agencies were left out: changes wait there to be counted.",
            comparison.waiting,
        )
        yield waiting, "info"
    if not found and not comparison.is_unexplained:
        yield gettext("0 differences: the figures are what the dossiers say."), "success"
        return
    if comparison.is_unexplained:
        yield gettext("The figure shown here and what it is made of do not add up."), "danger"
    for one in found[:_TOLD]:
        yield _difference(one), "danger"
    if len(found) > _TOLD:
        more = len(found) - _TOLD
        yield ngettext("%(num)s more difference.", "%(num)s more differences.", more), "danger"
    again = gettext(
        "What differs will be computed again: look once more in some minutes."
        " The agencies whose figures these are, and those above them, find it among their"
        " background work."
    )
    yield again, "info"


def sentences_about_official(found: Sequence[FigureDifference]) -> Iterator[tuple[str, str]]:
    """Yield what to tell whoever had official figures counted again."""
    if not found:
        yield gettext("0 differences: the official figure is what the versions say."), "success"
        return
    for one in found[:_TOLD]:
        told = gettext(
            "%(agency)s, “%(figure)s”: the official figure was %(shown)s,"
            " the versions say %(found)s.",
            agency=one.place.agency or gettext("The agency itself"),
            figure=str(NAMES[one.counted]),
            shown=one.shown,
            found=one.found,
        )
        yield told, "danger"
    yield gettext("The official figures are now as they were counted."), "info"


_OF_AGENCIES: Mapping[Against, LazyString] = {
    Against.OVERLAPS: _(
        "%(agency)s, people found in two agencies there, “%(figure)s”: %(shown)s are taken off,"
        " those found are %(found)s."
    ),
    Against.UNITS: _(
        "%(agency)s, “%(figure)s”: the sum shown is %(shown)s, its units add up to %(found)s."
    ),
    Against.VERSIONS: _(
        "%(agency)s, “%(figure)s”: the official figure was %(shown)s, the versions say %(found)s."
    ),
}


def _difference(one: FigureDifference) -> str:
    facts = {"figure": str(NAMES[one.counted]), "shown": one.shown, "found": one.found}
    if one.against in _OF_AGENCIES:
        return str(_OF_AGENCIES[one.against]) % {"agency": one.place.agency, **facts}
    if one.place.agency_id is None:
        return gettext(
            "Counted in two agencies, “%(figure)s”: %(shown)s are taken off,"
            " the dossiers say %(found)s.",
            **facts,
        )
    return gettext(
        "%(agency)s, %(unit)s, “%(figure)s”: the figure is %(shown)s, the dossiers say %(found)s.",
        agency=one.place.agency,
        unit=one.place.unit,
        **facts,
    )
