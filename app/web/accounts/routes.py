"""Gathers the pages about accounts, which hang themselves on their blueprint."""

from app.web.accounts import factor, factors, invitations, password, sessions, sign_in
from app.web.accounts.room import bp


__all__ = ["bp", "factor", "factors", "invitations", "password", "sessions", "sign_in"]
