"""Gathers the pages of reports, which hang themselves on their blueprint."""

from app.web.reports import below, expected, own, versions
from app.web.reports.room import bp


__all__ = ["below", "bp", "expected", "own", "versions"]
