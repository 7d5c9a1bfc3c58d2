"""What somebody may do with a dossier as it stands: the buttons of its page."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.appraisals import states_open_to_scores
from app.domain.dossiers import TRANSITIONS, Event
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError
from app.domain.separation import is_kept_off_own
from app.persistence.models import Dossier
from app.persistence.queries.rules import is_confirmation_used
from app.services.digital_skills import require_may_state


@dataclass(frozen=True, slots=True)
class Door:
    """A page on which an event is brought about, and the words of the button that leads there."""

    event: Event
    endpoint: str
    label: LazyString
    icon: str
    permission: Permission | None = None


_ENTER = (_("Enter on behalf"), "keyboard", Permission.DOSSIER_ENTER)

DOORS = (
    Door(Event.REGISTER, "entry.form", *_ENTER),
    Door(Event.SUBMIT, "entry.form", *_ENTER),
    Door(Event.CONFIRM, "confirmations.confirm_dossier", _("Confirm"), "user-check"),
    Door(
        Event.UNCONFIRM, "confirmations.take_back", _("Take the confirmation back"), "arrow-back-up"
    ),
    Door(Event.SCORE, "appraisals.score", _("Give scores"), "clipboard-check"),
    Door(Event.AGREE, "appraisals.agreement", _("Agree"), "users-group"),
    Door(Event.RETURN, "appraisals.return_dossier", _("Return"), "arrow-back-up"),
    Door(Event.UNRETURN, "appraisals.take_return_back", _("Take the return back"), "arrow-back-up"),
    Door(Event.REOPEN, "appraisals.reopen_appraisal", _("Open the appraisal again"), "lock-open"),
    Door(Event.UPHOLD, "decisions.uphold", _("Answer the appeal"), "scale"),
    Door(Event.CORRECT, "decisions.correct", _("Correct the decision"), "gavel"),
    Door(
        Event.WITHDRAW,
        "dossiers.withdraw",
        _("Withdraw"),
        "circle-x",
        Permission.DOSSIER_ENTER,
    ),
    Door(Event.TRANSFER, "transfers.propose", _("Transfer"), "arrow-right"),
)


# What the office does for others; with a dossier of one's own one has a page of one's own.
_ON_BEHALF = frozenset({Event.REGISTER, Event.SUBMIT, Event.WITHDRAW})


@dataclass(frozen=True, slots=True)
class Button:
    """A door that stands open."""

    event: Event
    label: str
    url: str
    icon: str


def buttons_for(dossier: Dossier, actor: Actor) -> list[Button]:
    """Return what ``actor`` may do with the dossier now."""
    return [
        Button(
            door.event, str(door.label), url_for(door.endpoint, dossier_id=dossier.id), door.icon
        )
        for door in _open_doors(dossier, actor)
    ]


def may_state_digital(dossier: Dossier, actor: Actor) -> bool:
    """Tell whether ``actor`` may state the digital skills of a dossier now."""
    try:
        require_may_state(dossier, by=actor)
    except RefusedError:
        return False
    return True


def _open_doors(dossier: Dossier, actor: Actor) -> Iterator[Door]:
    for door in DOORS:
        transition = TRANSITIONS[door.event]
        is_own = _is_kept_off(door.event) and dossier.identity_id == actor.identity_id
        if (
            dossier.state in transition.sources
            and actor.may(door.permission or transition.permission)
            and door.endpoint in current_app.view_functions
            and not is_own
            and _is_its_turn(door.event, dossier, actor)
        ):
            yield door


def _is_kept_off(event: Event) -> bool:
    # The door leads to a proposal, which chooses nothing yet; only its acceptance is an event.
    return event is not Event.TRANSFER and is_kept_off_own(event)


def _is_its_turn(event: Event, dossier: Dossier, actor: Actor) -> bool:
    if event in _ON_BEHALF:
        return dossier.person_id != actor.person_id
    if event in {Event.CONFIRM, Event.UNCONFIRM}:
        return is_confirmation_used() and dossier.unit_id in actor.unit_ids
    if event is Event.SCORE:
        return dossier.state in states_open_to_scores(is_confirmation_used=is_confirmation_used())
    return True
