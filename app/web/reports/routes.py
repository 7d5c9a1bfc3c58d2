"""Gathers the pages of reports, which hang themselves on their blueprint."""

from app.web.reports import below, closing, expected, extensions, own, versions
from app.web.reports.room import bp


__all__ = ["below", "bp", "closing", "expected", "extensions", "own", "versions"]
