"""The dossier of whoever is asking: this year's, and what stands around it."""

from flask import abort

from app.domain.dossiers import State
from app.persistence.models import Dossier
from app.persistence.queries.cycles import newest_year
from app.persistence.queries.dossiers import dossiers_of, find_dossier_of, load_dossier
from app.web.access import current_actor
from app.web.years import chosen_year


PUBLISHED = frozenset({State.PUBLISHED, State.APPEALED})
"""States in which the person may see what was agreed and decided."""


def find_my_dossier() -> Dossier | None:
    """Return the dossier of this year of whoever is asking, with person and unit."""
    person_id = current_actor().person_id
    found = find_dossier_of(person_id, this_year()) if person_id else None
    return load_dossier(found.id) if found else None


def my_dossier() -> Dossier:
    """Return the dossier of this year of whoever is asking; 404 without one."""
    dossier = find_my_dossier()
    if dossier is None:
        abort(404)
    return dossier


def this_year() -> int:
    """Return the year that people register and score themselves for."""
    return newest_year() or chosen_year()


def my_past() -> list[Dossier]:
    """Return the dossiers of earlier years in this agency, newest first."""
    person_id = current_actor().person_id
    found = dossiers_of(person_id) if person_id else ()
    return [one for one in found if one.year < this_year()]


def last_with_words() -> Dossier | None:
    """Return the newest earlier dossier in which something was written as evidence."""
    return next((one for one in my_past() if any(one.evidence)), None)
