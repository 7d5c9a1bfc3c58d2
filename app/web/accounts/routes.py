"""Gathers the pages about accounts, which hang themselves on their blueprint."""

from app.web.accounts import invitations, sign_in
from app.web.accounts.room import bp


__all__ = ["bp", "invitations", "sign_in"]
