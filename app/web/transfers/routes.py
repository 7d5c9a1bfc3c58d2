"""Gathers the pages of transfers, which hang themselves on their blueprint."""

from app.web.transfers import listing, receiving, sending
from app.web.transfers.room import bp


__all__ = ["bp", "listing", "receiving", "sending"]
