"""Signing in with one browser and out again: rows that can be ended from anywhere."""

import json
import logging
import secrets
from uuid import UUID

from sqlalchemy import delete, select, update

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.permissions import Actor
from app.domain.refusals import MissingError
from app.domain.sessions import KEPT_FOR, SEEN_EVERY, WRONG_CODES, Ending
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import WebSession
from app.persistence.queries.sessions import OpenSession, hash_of_token
from app.services.record import record_act


_TOKEN_BYTES = 32
_LONGEST_AGENT = 300

log = logging.getLogger(__name__)


def begin(account_id: UUID, *, address: str, agent: str) -> str:
    """Sign an account in with one browser; return the token that the browser keeps."""
    now, token = transaction_time(), _new_token()
    forget_long_over(account_id)
    db.session.add(
        WebSession(
            id=new_id(),
            account_id=account_id,
            token_hash=hash_of_token(token),
            created_at=now,
            seen_at=now,
            address=address,
            agent=agent[:_LONGEST_AGENT],
        )
    )
    db.session.flush()
    return token


def _new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def forget_long_over(account_id: UUID | None = None) -> None:
    """Forget the sessions that were over long ago, of one account or of all."""
    old = delete(WebSession).where(WebSession.seen_at < transaction_time() - KEPT_FOR)
    if account_id is not None:
        old = old.where(WebSession.account_id == account_id)
    db.session.execute(old)


def is_touch_due(one: OpenSession) -> bool:
    """Tell whether it is time to write down that somebody is still here."""
    return transaction_time() - one.seen_at >= SEEN_EVERY


def touch(session_id: UUID) -> None:
    """Write down that somebody is still here."""
    db.session.execute(
        update(WebSession).where(WebSession.id == session_id).values(seen_at=transaction_time())
    )


def confirm_factor(session_id: UUID) -> str:
    """Write down that the second factor was given just now; return the session's new token."""
    now, token = transaction_time(), _new_token()
    db.session.execute(
        update(WebSession)
        .where(WebSession.id == session_id)
        .values(token_hash=hash_of_token(token), factor_at=now, seen_at=now, wrong_codes=0)
    )
    return token


def keep_challenge(session_id: UUID, challenge: bytes) -> None:
    """Keep what a passkey has been asked to sign."""
    db.session.execute(
        update(WebSession).where(WebSession.id == session_id).values(challenge=challenge)
    )


def take_challenge(session_id: UUID) -> bytes:
    """Return what a passkey has been asked to sign, once; nothing, which nobody signs, after."""
    kept = db.session.execute(
        select(WebSession.challenge).where(WebSession.id == session_id).with_for_update()
    ).scalar_one()
    db.session.execute(update(WebSession).where(WebSession.id == session_id).values(challenge=None))
    return kept or secrets.token_bytes(_TOKEN_BYTES)


def count_wrong_code(session_id: UUID) -> bool:
    """Count a wrong code; the last of too many ends the session. Return whether it did."""
    counted = db.session.execute(
        update(WebSession)
        .where(WebSession.id == session_id)
        .values(wrong_codes=WebSession.wrong_codes + 1)
        .returning(WebSession.wrong_codes)
    ).scalar_one()
    is_last: bool = counted >= WRONG_CODES
    if is_last:
        end(session_id, Ending.WRONG_CODES)
    return is_last


def end(session_id: UUID, because: Ending) -> None:
    """End a session: its token opens nothing from the next request on."""
    db.session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.ended_at.is_(None))
        .values(ended_at=transaction_time(), ended_because=because)
    )


def end_own(session_id: UUID, account_id: UUID) -> None:
    """End a session of one's own; raise ``MissingError`` when it is another's, or over."""
    ended = db.session.execute(
        update(WebSession)
        .where(
            WebSession.id == session_id,
            WebSession.account_id == account_id,
            WebSession.ended_at.is_(None),
        )
        .values(ended_at=transaction_time(), ended_because=Ending.ENDED_ELSEWHERE)
        .returning(WebSession.id)
    ).one_or_none()
    if ended is None:
        raise MissingError(session_id)


def end_all(account_id: UUID, because: Ending, *, except_id: UUID | None = None) -> int:
    """End every session of an account, but the one in hand; return how many there were."""
    ended = db.session.execute(
        update(WebSession)
        .where(
            WebSession.account_id == account_id,
            WebSession.ended_at.is_(None),
            WebSession.id.is_distinct_from(except_id),
        )
        .values(ended_at=transaction_time(), ended_because=because)
        .returning(WebSession.id)
    ).all()
    return len(ended)


def record_of_account(
    act: Act, account_id: UUID, *, by: Actor | None, address: str, **facts: str | int
) -> None:
    """Write an act about an account down.

    An agency's record tells of its own people: who has no role at the address in hand, or signs
    in at no agency's, gets a line of JSON in the log instead: it names the account by its id alone.
    """
    if by is not None:
        record_act(
            act, by=by, object_kind="account", object_id=account_id, address=address, **facts
        )
        return
    told = {"act": act.value, "account": str(account_id), "address": address, **facts}
    log.info("%s", json.dumps(told))
