"""The register of what people ask about their data, and what everybody may ask about their own."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.data_requests import CLOCKS, RequestChannel, RequestKind, RequestState
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError
from app.persistence.clock import today
from app.persistence.models import DataRequest
from app.persistence.queries.data_requests import (
    load_request,
    requests_of_agency,
)
from app.persistence.queries.people import load_person
from app.persistence.unit_of_work import unit_of_work
from app.services import data_requests
from app.services.erasing import erase_as_asked, plan_erasure
from app.web.access import current_actor, requires
from app.web.data.asking import copy_of, readable_copy_of, try_to_ask
from app.web.data.forms import SettleForm, TakeDownForm
from app.web.refused import problems_of, refusal_of, status_of


bp = Blueprint("data", __name__, url_prefix="/data")

_ACTS: dict[str, Callable[[UUID, str, Actor], None]] = {
    "accept": lambda one, _, by: data_requests.accept(one, by=by),
    "extend": lambda one, words, by: data_requests.extend(one, words, by=by),
    "refuse": lambda one, words, by: data_requests.refuse(one, words, by=by),
    "finish": lambda one, words, by: data_requests.finish(one, words, by=by),
}


@bp.get("/")
@requires(Permission.DATA_MANAGE)
def index() -> ResponseReturnValue:
    """List what is still to be answered or done, then what is settled."""
    return render_template(
        "data/index.html",
        waiting=requests_of_agency(are_open=True),
        settled=requests_of_agency(are_open=False),
        day_now=today(),
    )


@bp.route("/people/<uuid:person_id>/ask", methods=["GET", "POST"])
@requires(Permission.DATA_MANAGE)
def take_down(person_id: UUID) -> ResponseReturnValue:
    """Take down what somebody asked at the office."""
    person, form, refusal = load_person(person_id), TakeDownForm(), None
    form.offer_choices()
    if form.was_submitted():
        channel = RequestChannel(form.channel.data)
        refusal = try_to_ask(person_id, form, channel)
        if refusal is None:
            flash(gettext("The request has been taken down."), "success")
            return redirect(url_for("data.index"), 303)
    page = render_template(
        "data/ask.html",
        person=load_person(person.id),
        form=form,
        problems=problems_of(refusal, anchor="kind"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.route("/<uuid:request_id>", methods=["GET", "POST"])
@requires(Permission.DATA_MANAGE)
def show(request_id: UUID) -> ResponseReturnValue:
    """Show one request, and answer it, do it, extend it or refuse it."""
    form, refusal = SettleForm(), None
    asked = load_request(request_id)
    act = _ACTS.get(request.form.get("act", ""))
    if act is not None and form.was_submitted():
        words, by = form.outcome.data or "", current_actor()
        refusal = refusal_of(lambda: act(request_id, words, by))
        if refusal is None:
            flash(gettext("The request has been brought up to date."), "success")
            return redirect(url_for("data.show", request_id=request_id), 303)
        asked = load_request(request_id)
    return _page_of(asked, form, refusal)


def _page_of(
    asked: DataRequest, form: SettleForm, refusal: RefusedError | None
) -> ResponseReturnValue:
    page = render_template(
        "data/show.html",
        asked=asked,
        person=load_person(asked.person_id),
        form=form,
        clock=CLOCKS[asked.kind],
        is_open=asked.state in {RequestState.RECEIVED, RequestState.ACCEPTED},
        RequestKind=RequestKind,
        day_now=today(),
        problems=problems_of(refusal, anchor="outcome"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.route("/<uuid:request_id>/erase", methods=["GET", "POST"])
@requires(Permission.DATA_MANAGE, fresh_factor=True)
def erase(request_id: UUID) -> ResponseReturnValue:
    """Say what erasing means for this person, and do it."""
    asked = load_request(request_id)
    if asked.kind is not RequestKind.ERASE:
        abort(404)
    if request.method == "POST":
        with unit_of_work():
            erase_as_asked(request_id, by=current_actor())
        flash(gettext("The data have been erased."), "success")
        return redirect(url_for("data.show", request_id=request_id), 303)
    return render_template(
        "data/erase.html",
        asked=asked,
        person=load_person(asked.person_id),
        plan=plan_erasure(asked.person_id),
    )


@bp.post("/people/<uuid:person_id>/lift")
@requires(Permission.DATA_MANAGE)
def lift(person_id: UUID) -> ResponseReturnValue:
    """Let the dossiers of somebody go on again."""
    with unit_of_work():
        reason = request.form.get("reason", "")
        data_requests.lift_restriction(person_id, reason, by=current_actor())
    flash(gettext("The restriction has been lifted."), "success")
    return redirect(url_for("data.index"), 303)


@bp.get("/people/<uuid:person_id>/copy")
@requires(Permission.DATA_MANAGE, fresh_factor=True)
def copy(person_id: UUID) -> ResponseReturnValue:
    """Give a copy of everything the agency keeps of somebody, for machines."""
    return copy_of(person_id)


@bp.get("/people/<uuid:person_id>/copy.pdf")
@requires(Permission.DATA_MANAGE, fresh_factor=True)
def readable_copy(person_id: UUID) -> ResponseReturnValue:
    """Give a copy of everything the agency keeps of somebody, to be read by them."""
    return readable_copy_of(person_id)
