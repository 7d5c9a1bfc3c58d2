"""Gives the heads of agencies' chains upwards, once a day."""

from datetime import date

from app.persistence.clock import today
from app.persistence.queries.audit_chain import due_daily_heads
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.audit_chain import give_daily_head


_AT_ONCE = 50
"""How many agencies a sweep takes: it has other things to look after."""


def give_heads(day: date | None = None) -> int:
    """Give the heads of a day that agencies have not given yet; return of how many.

    Safe to run twice or beside another: the day is the key.
    """
    with unit_of_work():
        wanted = day or today()
        due = due_daily_heads(wanted, _AT_ONCE)
    for key in due:
        with tenant_scope(key), unit_of_work():
            give_daily_head(wanted)
    return len(due)
