"""Where the reader is signed in, and how to end that from here."""

import re
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.audit import Act
from app.domain.sessions import Ending
from app.persistence.queries.sessions import sessions_of
from app.persistence.unit_of_work import unit_of_work
from app.services.sessions import end_all, end_own
from app.web.access import signed_in
from app.web.accounts.record import note
from app.web.accounts.room import bp
from app.web.session import current_session


# The first that is named: Edge calls itself Chrome too, and Chrome calls itself Safari.
_BROWSERS = re.compile(r"(Edg|CocCoc|Firefox|Chrome|Safari)\w*/")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
_ORDER = ("Edg", "CocCoc", "Firefox", "Chrome", "Safari")
_NAMES = {"Edg": "Edge", "CocCoc": "Cốc Cốc", "Macintosh": "macOS"}


@bp.get("/account/sessions")
@signed_in
def sessions() -> ResponseReturnValue:
    """List where the reader is signed in: with what, from where, since when."""
    here = current_session()
    rows = [
        {"session": one, "device": _device(one.agent), "is_here": one.id == here.id}
        for one in sessions_of(here.account.id)
    ]
    return render_template("accounts/sessions.html", rows=rows)


def _device(agent: str) -> str:
    found = set(_BROWSERS.findall(agent))
    browser = next((one for one in _ORDER if one in found), None)
    system = next((one for one in _SYSTEMS if one in agent), None)
    named = [_NAMES.get(one, one) for one in (browser, system) if one]
    return " · ".join(named) or gettext("Unknown device")


@bp.post("/account/sessions/<uuid:session_id>/end")
@signed_in
def end_one(session_id: UUID) -> ResponseReturnValue:
    """Sign the reader out somewhere else."""
    one = current_session()
    with unit_of_work():
        end_own(session_id, one.account.id)
        note(Act.SESSIONS_ENDED, one.account, count=1)
    flash(gettext("You are signed out there."), "success")
    return redirect(url_for("accounts.sessions"), 303)


@bp.post("/account/sessions/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """Sign the reader out everywhere but here."""
    one = current_session()
    with unit_of_work():
        count = end_all(one.account.id, Ending.ENDED_ELSEWHERE, except_id=one.id)
        note(Act.SESSIONS_ENDED, one.account, count=count)
    flash(gettext("You are signed out everywhere but here."), "success")
    return redirect(url_for("accounts.sessions"), 303)
