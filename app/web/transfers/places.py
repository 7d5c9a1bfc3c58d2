"""Where a dossier went, for whoever follows it."""

from dataclasses import dataclass
from datetime import datetime

from app.persistence.models import Dossier
from app.persistence.queries.transfers import find_new_place
from app.web.addressing import address_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHome:
    """The agency that took a dossier over, and the page on which its owner finds it."""

    agency: str
    since: datetime | None
    url: str


def new_home_of(dossier: Dossier) -> NewHome | None:
    """Return where a dossier of this agency went on; None while it is here."""
    found = find_new_place(dossier)
    if found is None:
        return None
    agency, transfer = found
    return NewHome(
        agency=agency.name, since=transfer.settled_at, url=address_of(agency.slug, "/own/")
    )
