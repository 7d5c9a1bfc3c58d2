"""What a comparison of figures with the dossiers found, in sentences."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext, ngettext

from app.domain.comparisons import Comparison, FigureDifference
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
    if not found:
        yield gettext("0 differences: the figures are what the dossiers say."), "success"
        return
    for one in found[:_TOLD]:
        yield _difference(one), "danger"
    if len(found) > _TOLD:
        more = len(found) - _TOLD
        yield ngettext("%(num)s more difference.", "%(num)s more differences.", more), "danger"
    yield gettext("What differs will be computed again: look once more in some minutes."), "info"


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


def _difference(one: FigureDifference) -> str:
    facts = {"figure": str(NAMES[one.counted]), "shown": one.shown, "found": one.found}
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
