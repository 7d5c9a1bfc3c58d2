"""Draws ad-hoc requests up, sends them, and shows what came back."""

from datetime import datetime
from io import BytesIO
from uuid import UUID

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.adhoc import LineState, totals
from app.domain.audit import Act
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.exports.adhoc_workbook import Answers, Row, write_adhoc_workbook
from app.exports.wording import Wording
from app.labels.adhoc import FIELD_KINDS, KNOWN_FIGURES, LINE_STATES
from app.labels.boards import describe_punctuality
from app.persistence.clock import today, transaction_time
from app.persistence.queries.adhoc import (
    NamedLine,
    lines_of,
    load_line_made,
    load_request,
    names_of,
    requests_made,
    tally_of,
)
from app.persistence.queries.tenants import tenants_below
from app.persistence.unit_of_work import unit_of_work
from app.services.adhoc import close, discard, draw_up, give_back, send
from app.services.record import record_act
from app.web.access import current_actor, requires
from app.web.adhoc.forms import RequestForm
from app.web.adhoc.values import shown_value, standing_of
from app.web.language import current_language
from app.web.refused import problems_of, refusal_of, status_of
from app.web.years import chosen_year


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Permission.ADHOC_ASK)
def index() -> ResponseReturnValue:
    """List what this agency asks of those below it, with how many have answered."""
    return render_template("adhoc/index.html", requests=requests_made())


@requires(Permission.ADHOC_ASK)
def new() -> ResponseReturnValue:
    """Draw a request up; it is sent from its own page."""
    below = tenants_below(g.agency.key)
    form = RequestForm(data={"year": chosen_year(), "whom": "communes", "lines": [{}]})
    form.offer(below)
    refusal: RefusedError | None = None
    if not form.is_being_arranged and form.was_submitted():
        made: list[UUID] = []
        refusal = refusal_of(lambda: made.append(draw_up(form.asked(below), by=current_actor())))
        if refusal is None:
            return redirect(url_for("adhoc.show", adhoc_id=made[0]), 303)
    problems = problems_of(refusal, anchor=None)
    page = render_template("adhoc/new.html", form=form, problems=problems)
    return page, 422 if form.errors else status_of(refusal)


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
            known_figures=KNOWN_FIGURES,
        )
    lines, now = lines_of(adhoc_id), transaction_time()
    return render_template(
        "adhoc/show.html",
        asked=asked,
        lines=lines,
        tally=tally_of([one.line for one in lines], now),
        totals=totals(asked.fields, [one.line for one in lines]),
        standing=lambda one: standing_of(one, now),
        shown=shown_value,
    )


@requires(Permission.ADHOC_ASK)
def deliver(adhoc_id: UUID) -> ResponseReturnValue:
    """Put a request on the desks of the agencies that it names."""
    with unit_of_work():
        count = send(adhoc_id, by=current_actor())
    flash(
        ngettext("%(num)s agency has been asked.", "%(num)s agencies have been asked.", count),
        "success",
    )
    return redirect(url_for("adhoc.show", adhoc_id=adhoc_id), 303)


@requires(Permission.ADHOC_ASK)
def drop(adhoc_id: UUID) -> ResponseReturnValue:
    """Drop a draft."""
    with unit_of_work():
        discard(adhoc_id, by=current_actor())
    flash(gettext("The draft is gone."), "success")
    return redirect(url_for("adhoc.index"), 303)


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
    waiting = [one for one in lines if one.line.state is not LineState.ANSWERED]
    return render_template("adhoc/close.html", asked=asked, lines=lines, waiting=waiting)


@requires(Permission.ADHOC_ASK)
def give(line_id: UUID) -> ResponseReturnValue:
    """Give an answer back to the agency that sent it, with the reason."""
    found = load_line_made(line_id)
    reason, refusal = request.form.get("reason", ""), None
    if request.method == "POST":
        refusal = refusal_of(lambda: give_back(line_id, reason, by=current_actor()))
        if refusal is None:
            flash(gettext("The answer has been given back."), "success")
            return redirect(url_for("adhoc.show", adhoc_id=found.row.request_id), 303)
    page = render_template(
        "adhoc/return.html",
        found=found,
        reason=reason,
        shown=shown_value,
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)


@requires(Permission.ADHOC_ASK)
def workbook(adhoc_id: UUID) -> ResponseReturnValue:
    """Hand the answers out as a workbook."""
    asked, now = load_request(adhoc_id), transaction_time()
    lines = lines_of(adhoc_id)
    with unit_of_work():
        record_act(
            Act.EXPORT_ASKED,
            by=current_actor(),
            object_kind="export",
            object_id=adhoc_id,
            kind="adhoc",
            rows=len(lines),
        )
    wording = Wording(language=current_language(), gettext=_say)
    answers = Answers(
        title=asked.title,
        document=asked.document,
        fields=asked.fields,
        rows=[_row(one, now) for one in lines],
        totals=totals(asked.fields, [one.line for one in lines]),
    )
    content = write_adhoc_workbook(answers, created=now, wording=wording)
    return send_file(
        BytesIO(content),
        mimetype=_XLSX,
        as_attachment=True,
        download_name=gettext("Answers %(day)s", day=today().isoformat()) + ".xlsx",
    )


def _row(one: NamedLine, now: datetime) -> Row:
    return Row(
        agency=one.agency,
        state=str(LINE_STATES[one.line.state]),
        standing=describe_punctuality(one.line.standing(now)),
        is_received=one.line.state is LineState.ANSWERED,
        answers=one.line.answers,
    )


def _say(message: str, /, **facts: object) -> str:
    return str(gettext(message, **facts))
