"""Everybody's own data: what is kept, on what basis, and what they may ask."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.data_requests import RequestChannel
from app.domain.permissions import Permission
from app.persistence.queries.consents import consents_of
from app.persistence.queries.data_requests import requests_of_person
from app.persistence.queries.people import load_person
from app.web.access import current_actor, requires
from app.web.data.asking import copy_of, readable_copy_of, try_to_ask
from app.web.data.forms import AskForm
from app.web.refused import problems_of, status_of


bp = Blueprint("own_data", __name__, url_prefix="/my-data")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.DOSSIER_OWN)
def index() -> ResponseReturnValue:
    """Show somebody what is kept of them and on what basis, and take down what they ask."""
    person_id = current_actor().person_id
    if person_id is None:
        return render_template("data/nothing.html")
    form, refusal = AskForm(), None
    form.offer_choices()
    if form.was_submitted():
        refusal = try_to_ask(person_id, form, RequestChannel.ONLINE)
        if refusal is None:
            flash(gettext("Your request has been taken down."), "success")
            return redirect(url_for("own_data.index"), 303)
    page = render_template(
        "data/mine.html",
        person=load_person(person_id),
        consents=consents_of(person_id),
        requests=requests_of_person(person_id),
        form=form,
        problems=problems_of(refusal, anchor="kind"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.get("/copy")
@requires(Permission.DOSSIER_OWN)
def copy() -> ResponseReturnValue:
    """Give somebody a copy of everything the agency keeps of them, for machines."""
    return copy_of(_own_person())


@bp.get("/copy.pdf")
@requires(Permission.DOSSIER_OWN)
def readable_copy() -> ResponseReturnValue:
    """Give somebody a copy of everything the agency keeps of them, to be read."""
    return readable_copy_of(_own_person())


def _own_person() -> UUID:
    person_id = current_actor().person_id
    if person_id is None:
        abort(404)
    return person_id
