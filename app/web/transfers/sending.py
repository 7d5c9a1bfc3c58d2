"""Proposes that a dossier goes on in another agency, and takes such a proposal back."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.models import Dossier, Tenant
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.queries.transfers import (
    agencies_to_join,
    find_last_sent,
    load_agency_to_join,
    load_sent,
)
from app.services.departures import propose_transfer, withdraw_transfer
from app.web.access import current_actor, requires
from app.web.choices import chosen
from app.web.refused import problems_of, refusal_of, sent_version, status_of
from app.web.transfers.room import Question, ask_for_reason, bp


_MOST_SHOWN = 20


@bp.route("/dossiers/<uuid:dossier_id>/transfer", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def propose(dossier_id: UUID) -> ResponseReturnValue:
    """Choose the agency that a dossier goes to, see what that means, and propose it."""
    dossier = load_dossier(dossier_id)
    slug = chosen("to", str)
    if not slug:
        return _choose_agency(dossier)
    receiver = load_agency_to_join(slug)
    refusal = None
    if request.method == "POST":
        refusal = _try_to_propose(dossier_id, slug)
        if refusal is None:
            flash(
                gettext("The transfer waits for the answer of %(agency)s.", agency=receiver.name),
                "success",
            )
            return redirect(url_for("transfers.index"), 303)
        dossier = load_dossier(dossier_id)
    return _show_proposal(dossier, receiver, refusal)


def _choose_agency(dossier: Dossier) -> ResponseReturnValue:
    words = request.args.get("name", "").strip()
    found = agencies_to_join(words)
    page = render_template(
        "transfers/agencies.html",
        dossier=dossier,
        last=find_last_sent(dossier.id),
        words_sought=words,
        agencies=found[:_MOST_SHOWN],
        more=max(0, len(found) - _MOST_SHOWN),
    )
    return page, 422 if request.method == "POST" else 200


def _try_to_propose(dossier_id: UUID, slug: str) -> RefusedError | None:
    return refusal_of(
        lambda: propose_transfer(
            load_dossier_to_change(dossier_id),
            request.form.get("reason", ""),
            to=slug,
            version=sent_version(),
            by=current_actor(),
        )
    )


def _show_proposal(
    dossier: Dossier, receiver: Tenant, refusal: RefusedError | None
) -> ResponseReturnValue:
    page = render_template(
        "transfers/propose.html",
        dossier=dossier,
        receiver=receiver,
        reason=request.form.get("reason", ""),
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)


@bp.route("/transfers/<uuid:transfer_id>/withdrawal", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def withdraw(transfer_id: UUID) -> ResponseReturnValue:
    """Take a proposal back that nobody has answered."""
    transfer = load_sent(transfer_id)
    question = Question(
        title=gettext("Take back the transfer of %(name)s", name=transfer.name),
        will=[
            gettext("%(agency)s no longer sees the proposal.", agency=transfer.receiver_name),
            gettext("The dossier goes on here, as it has until now."),
        ],
        button=gettext("Take back"),
        done=gettext("The proposal has been taken back."),
        back_url=url_for("transfers.index"),
    )
    return ask_for_reason(
        lambda reason: withdraw_transfer(transfer_id, reason, by=current_actor()), question
    )
