"""Draws ad-hoc requests up, changes drafts of them, and sends them."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.ids import new_id
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError, Rule
from app.persistence.queries.adhoc import load_request
from app.persistence.queries.tenants import tenants_below
from app.persistence.unit_of_work import unit_of_work
from app.services.adhoc import discard, draw_up, redraw, send
from app.web.access import current_actor, requires
from app.web.adhoc.forms import RequestForm, typed_of
from app.web.refused import problems_of, refusal_of, sent_version, status_of
from app.web.years import chosen_year


_FIELDS = {
    Rule.ADHOC_CLOSES_BEFORE_DUE: "closes_on",
    Rule.ADHOC_DUE_OVER: "due_on",
    Rule.ADHOC_NOBODY_ASKED: "whom",
}


@requires(Permission.ADHOC_ASK)
def new() -> ResponseReturnValue:
    """Draw a request up; it is sent from its own page."""
    below = tenants_below(g.agency.key)
    form = RequestForm(data={"year": chosen_year(), "whom": "communes", "lines": [{}]})
    form.offer(below)
    refusal: RefusedError | None = None
    sheet = request.form.get("sheet", type=UUID) or new_id()
    if not form.is_being_arranged and form.was_submitted():
        made: list[UUID] = []
        asked = form.asked(below)
        refusal = refusal_of(lambda: made.append(draw_up(asked, sheet=sheet, by=current_actor())))
        if refusal is None:
            return redirect(url_for("adhoc.show", adhoc_id=made[0]), 303)
    page = render_template(
        "adhoc/new.html",
        form=form,
        # Whoever sends it once more means a second request.
        sheet=new_id() if refusal and refusal.rule is Rule.ADHOC_SHEET_USED else sheet,
        problems=problems_of(refusal, anchor=_anchor(refusal)),
    )
    return page, 422 if form.errors else status_of(refusal)


@requires(Permission.ADHOC_ASK)
def edit(adhoc_id: UUID) -> ResponseReturnValue:
    """Change a draft; once it is sent, its own page shows the answers instead."""
    asked, below = load_request(adhoc_id), tenants_below(g.agency.key)
    if asked.sent_at is not None:
        raise RefusedError(Rule.ADHOC_SENT)
    form = RequestForm(data=typed_of(asked))
    form.offer(below)
    refusal: RefusedError | None = None
    version = sent_version() if request.method == "POST" else asked.version
    if not form.is_being_arranged and form.was_submitted():
        typed = form.asked(below)
        refusal = refusal_of(lambda: redraw(adhoc_id, typed, version=version, by=current_actor()))
        if refusal is None:
            return redirect(url_for("adhoc.show", adhoc_id=adhoc_id), 303)
    page = render_template(
        "adhoc/new.html",
        form=form,
        asked=asked,
        version=version,
        problems=problems_of(refusal, anchor=_anchor(refusal)),
    )
    return page, 422 if form.errors else status_of(refusal)


@requires(Permission.ADHOC_ASK)
def deliver(adhoc_id: UUID) -> ResponseReturnValue:
    """Put a request on the desks of the agencies that it names."""
    with unit_of_work():
        count = send(adhoc_id, version=sent_version(), by=current_actor())
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


def _anchor(refusal: RefusedError | None) -> str | None:
    """Return the id of the field or the question that a refusal is about."""
    if refusal is None:
        return None
    number = refusal.facts.get("number")
    if isinstance(number, int):
        return f"lines-{number - 1}-label"
    return _FIELDS.get(refusal.rule)
