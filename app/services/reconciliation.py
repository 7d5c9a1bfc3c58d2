"""Holding the rolled-up figures against the dossiers: what differs is repaired, and said.

The figures are recomputed with every change, so that nothing is ever to be found here. Should it
be, somebody wrote past the house, or the house has a fault: repairing it in silence would hide it.
"""

from app.domain.alarms import AlarmKind
from app.persistence.database import db
from app.persistence.queries.audit_chain import read_at_one_moment
from app.persistence.queries.results import count_marks, differences
from app.services.alarms import raise_alarm
from app.services.results import recompute_result


def find_differences(year: int) -> int:
    """Return in how many places the figures of the agency in scope differ from its dossiers.

    Both are read at one moment. While changes wait to be counted nothing is said: they explain a
    difference, and counting them removes it. Ends the transaction that runs.
    """
    read_at_one_moment()
    found = 0 if count_marks(year) else len(differences(year))
    db.session.rollback()
    return found


def repair(year: int, found: int) -> None:
    """Recompute figures that differed in ``found`` places, and raise the alarm."""
    recompute_result(year, is_forced=True)
    raise_alarm(AlarmKind.FIGURES_REPAIRED, found, year=year)
