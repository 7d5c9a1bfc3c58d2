"""Long lists of people: looked through, and brought onto the roster part by part."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from flask import current_app
from flask_babel import force_locale

from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.roster import ImportState, SortedRow
from app.domain.roster_files import FileRefusedError, RosterReading
from app.intake.kept import KeptList, list_from_text, list_to_text
from app.intake.parts import cut_into_parts
from app.intake.review import read_list, review_of_rows, to_json
from app.intake.sheets import Sheet
from app.jobs.lines import Effect, Handler, Turn, TurnOverError
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
from app.services.roster_import import (
    Imported,
    PartReader,
    import_part,
    sort_rows,
    stop_import,
)
from app.services.roster_uploads import Found, ListPart, keep_found, open_upload


PART = 1_000
"""How many people are listed in one transaction. Others who change the roster wait for one part."""
_SECONDS = 600
_DEFAULT_LANGUAGE = "vi"


def check_list(taken: Taken) -> Effect:
    """Look through a list; return what keeps what was found, with the good rows cut into parts.

    It is read as a whole, since any two rows may name one person: a list that takes longer than a
    turn is long work.
    """
    turn, upload = Turn(taken), find_import(taken.subject)
    kept = _open(upload)
    if upload is None or kept is None:
        return _nothing
    language, seal = _language_of(upload.asked_by), _seal()
    try:
        reading = read_list(upload, kept.sheet, language=language, on_progress=_teller(taken, turn))
        rows = sort_rows(reading.rows, upload, seal=seal)
    except FileRefusedError as error:
        found = Found(sheet=list_to_text(kept.sheet, to_json(error)))
    else:
        found = Found(
            sheet=list_to_text(kept.sheet, to_json(review_of_rows(reading, rows))),
            parts=_parts_of(kept.sheet, rows),
            refused=len(reading.refused_rows),
        )
    return partial(keep_found, taken.subject, found, seal=seal)


def _parts_of(sheet: Sheet, rows: Sequence[SortedRow]) -> Sequence[ListPart]:
    return [
        ListPart(list_to_text(part), len(part.rows)) for part in cut_into_parts(sheet, rows, PART)
    ]


def bring_in(taken: Taken) -> Effect | None:
    """List the people of a list part by part, until all are listed or the turn is over."""
    turn, upload = Turn(taken), find_import(taken.subject)
    if upload is None or upload.state is not ImportState.IMPORTING:
        return _nothing
    language = _language_of(upload.confirmed_by)
    try:
        by = _require_actor(upload)
        while not _bring_in_part(taken, _reader(language), by=by).is_over:
            if turn.is_over:
                return None
    except RefusedError as refusal:
        with force_locale(language):
            words = f"{sentence_of(refusal)} {advice_of(refusal)}"
        return partial(stop_import, taken.subject, words)
    return _nothing


def _reader(language: str) -> PartReader:
    """Return what reads a part against the units and groups as they are at that moment."""

    def read(upload: RosterImport, text: str) -> RosterReading:
        return read_list(upload, list_from_text(text).sheet, language=language)

    return read


def _bring_in_part(taken: Taken, read: PartReader, *, by: Actor) -> Imported:
    PULSE.get_on()
    with unit_of_work():
        done = import_part(taken.subject, read, seal=_seal(), by=by)
        tell(taken, done.rows, done.rows_in_all)
    return done


def _require_actor(upload: RosterImport) -> Actor:
    """Return who has confirmed the list, if they still may bring it in."""
    account = find_account(upload.confirmed_by) if upload.confirmed_by else None
    actor = find_actor(account, on=today()) if account else None
    if actor is None:
        raise RefusedError(Rule.PERMISSION_NEEDED, permission=Permission.ROSTER_EDIT)
    return actor


def _open(upload: RosterImport | None) -> KeptList | None:
    """Return a list to look through; None once it was forgotten, or others have done it."""
    if upload is None or upload.state is not ImportState.CHECKING:
        return None
    text = open_upload(upload, seal=_seal())
    return list_from_text(text) if text is not None else None


def _teller(taken: Taken, turn: Turn) -> Callable[[int, int], None]:
    def tell_all(done: int, total: int) -> None:
        PULSE.get_on()
        if turn.is_over and done < total:
            raise TurnOverError
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
