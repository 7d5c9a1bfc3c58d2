"""Long lists of people: looked through, and brought onto the roster part by part."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import current_app
from flask_babel import force_locale

from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.roster import ImportState
from app.domain.roster_files import FileRefusedError, RosterReading
from app.intake.kept import KeptList, list_from_text, list_to_text
from app.intake.review import read_list, review_of, to_json
from app.jobs.lines import Effect, Handler, Turn
from app.jobs.pulse import PULSE
from app.jobs.queues import QueueName
from app.labels.refusals import advice_of, sentence_of
from app.persistence.clock import today
from app.persistence.models import RosterImport
from app.persistence.queries.accounts import find_account, find_actor
from app.persistence.queries.roster_imports import find_import
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import Taken, tell
from app.services.roster_import import Imported, import_roster, stop_import
from app.services.roster_uploads import keep_found, open_upload


PART = 2_500
"""How many people are listed in one transaction. Others who change the roster wait for one part."""
_SECONDS = 600
_DEFAULT_LANGUAGE = "vi"


def check_list(taken: Taken) -> Effect:
    """Look through a list; return what keeps what was found."""
    upload = find_import(taken.subject)
    kept = _open(upload, ImportState.CHECKING)
    if upload is None or kept is None:
        return _nothing
    language, seal = _language_of(upload.asked_by), _seal()
    try:
        reading = read_list(upload, kept.sheet, language=language, on_progress=_teller(taken))
        found = to_json(review_of(upload, reading, seal=seal))
    except FileRefusedError as error:
        found = to_json(error)
    return partial(keep_found, taken.subject, list_to_text(kept.sheet, found), seal=seal)


def bring_in(taken: Taken) -> Effect | None:
    """List the people of a list part by part, until all are listed or the turn is over."""
    turn, upload = Turn(taken), find_import(taken.subject)
    kept = _open(upload, ImportState.IMPORTING)
    if upload is None or kept is None:
        return _nothing
    language = _language_of(upload.confirmed_by)
    try:
        by = _require_actor(upload)
        reading = read_list(upload, kept.sheet, language=language)
        while not _bring_in_part(taken, reading, by=by).is_over:
            if turn.is_over:
                return None
    except RefusedError as refusal:
        with force_locale(language):
            words = f"{sentence_of(refusal)} {advice_of(refusal)}"
        return partial(stop_import, taken.subject, words)
    return _nothing


def _bring_in_part(taken: Taken, reading: RosterReading, *, by: Actor) -> Imported:
    PULSE.get_on()
    with unit_of_work():
        done = import_roster(
            taken.subject,
            reading.rows,
            is_all=not reading.refused_rows,
            seal=_seal(),
            by=by,
            most=PART,
        )
        tell(taken, done.rows, len(reading.rows))
    return done


def _require_actor(upload: RosterImport) -> Actor:
    """Return who has confirmed the list, if they still may bring it in."""
    account = find_account(upload.confirmed_by) if upload.confirmed_by else None
    actor = find_actor(account, on=today()) if account else None
    if actor is None:
        raise RefusedError(Rule.PERMISSION_NEEDED, permission=Permission.ROSTER_EDIT)
    return actor


def _open(upload: RosterImport | None, state: ImportState) -> KeptList | None:
    """Return a list that is in this state; None once it was forgotten, or others have done it."""
    if upload is None or upload.state is not state:
        return None
    text = open_upload(upload, seal=_seal())
    return list_from_text(text) if text is not None else None


def _teller(taken: Taken) -> Callable[[int, int], None]:
    def tell_all(done: int, total: int) -> None:
        PULSE.get_on()
        with unit_of_work():
            tell(taken, done, total)

    return tell_all


def _language_of(account_id: UUID | None) -> str:
    account = find_account(account_id) if account_id else None
    return (account.locale if account else None) or _DEFAULT_LANGUAGE


def _seal() -> NumberSeal:
    seal: NumberSeal = current_app.extensions["number_seal"]
    return seal


def _nothing() -> None:
    """Do nothing: the list is no longer kept, or somebody has done it already."""


CHECK = Handler(queue=QueueName.SHORT, seconds=_SECONDS, prepare=check_list)
IMPORT = Handler(queue=QueueName.SHORT, seconds=_SECONDS, prepare=bring_in)
