"""What a transfer means, in sentences that are read before anybody agrees to it."""

from collections.abc import Iterator

from flask_babel import gettext, ngettext

from app.domain.dossiers import State
from app.labels.words import CONSENT_CHANNELS, STATES
from app.persistence.models import Transfer
from app.persistence.queries.transfers import Offered
from app.services.transfers import Prospect
from app.web.language import show_date


_JUDGED = frozenset({State.CONFIRMED, State.IN_APPRAISAL, State.APPRAISED})


def of_accepting(transfer: Transfer, prospect: Prospect, *, unit: str, group: int) -> list[str]:
    """Return what accepting does to the person, their dossier and the two agencies."""
    return [
        _entry(prospect, unit=unit, group=group),
        gettext(
            "The dossier of %(year)s begins here in the state “%(state)s”.",
            year=transfer.year,
            state=STATES[prospect.arrival.state],
        ),
        *_what_comes_along(prospect),
        *_consent(transfer, prospect.offered),
        gettext(
            "%(agency)s closes its dossier and no longer counts the person. Earlier years of"
            " recognition stay with the person.",
            agency=transfer.sender_name,
        ),
        gettext("Until the appraisal of the dossier begins here, this can be undone."),
    ]


def _entry(prospect: Prospect, *, unit: str, group: int) -> str:
    facts = {"name": prospect.offered.name, "unit": unit, "group": group}
    if prospect.is_on_roster:
        return gettext(
            "%(name)s is on the roster of this agency already; the entry is kept, in %(unit)s,"
            " group %(group)s.",
            **facts,
        )
    return gettext(
        "%(name)s comes onto the roster of this agency, in %(unit)s, group %(group)s.", **facts
    )


def _what_comes_along(prospect: Prospect) -> Iterator[str]:
    offered, arrival = prospect.offered, prospect.arrival
    given = sum(score is not None for score in offered.self_scores)
    kept = sum(score is not None for score in arrival.scores)
    if given and not kept:
        yield gettext("The self scores are on another scale and stay behind; the evidence comes.")
    elif kept:
        yield ngettext(
            "%(num)s self score comes along, with its evidence.",
            "%(num)s self scores come along, with their evidence.",
            kept,
        )
    if offered.state in _JUDGED:
        yield gettext(
            "What the other agency has confirmed or appraised does not count here: the dossier is"
            " appraised anew."
        )
    if arrival.state is State.REGISTERED and offered.state is not State.REGISTERED:
        yield gettext("The person has to look at the scores here and submit them once more.")
    if offered.cccd_sealed is not None:
        yield gettext("The personal number comes along and is sealed anew.")


def _consent(transfer: Transfer, offered: Offered) -> Iterator[str]:
    if offered.consent is None or offered.consent_given_at is None:
        return
    yield gettext(
        "The consent of %(day)s (%(channel)s) is recorded here and ends at %(agency)s.",
        day=show_date(offered.consent_given_at),
        channel=CONSENT_CHANNELS[offered.consent],
        agency=transfer.sender_name,
    )


def of_sending_back(transfer: Transfer) -> list[str]:
    """Return what undoing an accepted transfer does."""
    agency = transfer.sender_name
    return [
        gettext("At %(agency)s the dossier stands again where it stood.", agency=agency),
        gettext("Here the dossier is closed, and the person no longer counts in this agency."),
        gettext("What has been typed here since then stays here and does not go back."),
        gettext("The consent ends here and stands again at %(agency)s.", agency=agency),
    ]
