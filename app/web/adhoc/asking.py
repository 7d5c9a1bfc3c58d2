"""Shows whoever asked what came back, and who is awaited; reminds, gives back, and closes."""

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.adhoc import (
    LATE,
    is_closed,
    may_be_reminded,
    totals,
)
from app.domain.permissions import Permission
from app.labels.adhoc import FIELD_KINDS, FILLED_IN
from app.persistence.clock import today, transaction_time
from app.persistence.models import AdhocRequest
from app.persistence.queries.adhoc import (
    NamedLine,
    former_of,
    lines_of,
    load_line_made,
    load_request,
    names_of,
    requests_made,
    tally_of,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.adhoc import close, give_back, remind
from app.web.access import current_actor, requires
from app.web.adhoc.values import shown_count, shown_total, shown_value, standing_of
from app.web.refused import problems_of, refusal_of, sent_version, status_of


@requires(Permission.ADHOC_ASK)
def index() -> ResponseReturnValue:
    """List what this agency asks of those below it, with how many have answered."""
    return render_template("adhoc/index.html", requests=requests_made())


@requires(Permission.ADHOC_ASK)
def show(adhoc_id: UUID) -> ResponseReturnValue:
    """Show a draft with what sending it does, or the answers and what they add up to."""
    asked = load_request(adhoc_id)
    if asked.sent_at is None:
        return render_template(
            "adhoc/draft.html",
            asked=asked,
            agencies=list(names_of(asked.addressed).values()),
            field_kinds=FIELD_KINDS,
            filled_in=FILLED_IN,
        )
    lines, now = lines_of(adhoc_id), transaction_time()
    only = request.args.get("only", "")
    return render_template(
        "adhoc/show.html",
        asked=asked,
        is_closed=_is_closed(asked),
        lines=lines,
        only=only,
        picked=[one for one in lines if _is_picked(one, only, now)],
        former=former_of([one.row.id for one in lines if one.row.version > 1]),
        may_remind=any(may_be_reminded(one.line.state, one.row.reminded_at, now) for one in lines),
        tally=tally_of([one.line for one in lines], now),
        totals=totals(asked.fields, [one.line for one in lines]),
        standing=lambda one: standing_of(one, now),
        shown=shown_value,
        shown_count=shown_count,
        shown_total=shown_total,
    )


def _is_closed(asked: AdhocRequest) -> bool:
    return is_closed(asked.closed_at, asked.closes_on, today())


def _is_picked(one: NamedLine, only: str, now: datetime) -> bool:
    if only in {"awaited", "answered"}:
        return one.line.is_received == (only == "answered")
    return only != "late" or one.line.standing(now).timeliness in LATE


@requires(Permission.ADHOC_ASK)
def nudge(adhoc_id: UUID) -> ResponseReturnValue:
    """Remind those who have not answered."""
    with unit_of_work():
        count = remind(adhoc_id, by=current_actor())
    flash(
        ngettext(
            "%(num)s agency has been reminded.", "%(num)s agencies have been reminded.", count
        ),
        "success",
    )
    return redirect(url_for("adhoc.show", adhoc_id=adhoc_id), 303)


@requires(Permission.ADHOC_ASK)
def end(adhoc_id: UUID) -> ResponseReturnValue:
    """Ask, then end a request: who has not answered can no longer."""
    asked = load_request(adhoc_id)
    if request.method == "POST":
        with unit_of_work():
            close(adhoc_id, by=current_actor())
        flash(gettext("The request is closed."), "success")
        return redirect(url_for("adhoc.show", adhoc_id=adhoc_id), 303)
    lines = lines_of(adhoc_id)
    waiting = [one for one in lines if not one.line.is_received]
    return render_template("adhoc/close.html", asked=asked, lines=lines, waiting=waiting)


@requires(Permission.ADHOC_ASK)
def give(line_id: UUID) -> ResponseReturnValue:
    """Give an answer back to the agency that sent it, with the reason."""
    found = load_line_made(line_id)
    reason, refusal = request.form.get("reason", ""), None
    if request.method == "POST":
        refusal = refusal_of(
            lambda: give_back(line_id, reason, version=sent_version(), by=current_actor())
        )
        if refusal is None:
            flash(gettext("The answer has been given back."), "success")
            return redirect(url_for("adhoc.show", adhoc_id=found.row.request_id), 303)
    page = render_template(
        "adhoc/return.html",
        found=found,
        reason=reason,
        version=sent_version() if request.method == "POST" else found.row.version,
        shown=shown_value,
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)
