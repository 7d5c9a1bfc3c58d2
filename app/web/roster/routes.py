"""Gathers the pages of the roster, which hang themselves on its blueprint."""

from app.web.roster import copying, cycle, imports, listing, numbers, people, units, uploads
from app.web.roster.room import bp


__all__ = ["bp", "copying", "cycle", "imports", "listing", "numbers", "people", "units", "uploads"]
