"""Writes what happens to an account into the record of the agency in the address, or the log."""

from flask import g, request

from app.domain.audit import Act
from app.persistence.clock import today
from app.persistence.models import Account
from app.persistence.queries.accounts import find_actor
from app.services.sessions import record_of_account


def note(act: Act, account: Account, **facts: str | int) -> None:
    """Write an act about an account down, in the unit of work around it."""
    by = find_actor(account, on=today()) if g.agency is not None else None
    record_of_account(act, account.id, by=by, address=request.remote_addr or "", **facts)
