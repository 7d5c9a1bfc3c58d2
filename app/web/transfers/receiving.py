"""Accepts a dossier that another agency offers, refuses it, or sends it back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.domain.transfers import TransferState
from app.persistence.models import Transfer, Unit
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.dossiers import load_dossier
from app.persistence.queries.transfers import is_name_known, load_received
from app.services.arrivals import NewPlace
from app.services.transfers import (
    Prospect,
    accept_transfer,
    foresee,
    refuse_transfer,
    undo_transfer,
)
from app.web.access import current_actor, requires
from app.web.choices import chosen, whole_number
from app.web.refused import problems_of, refusal_of, sent_version, status_of
from app.web.roster.room import group_names, number_seal
from app.web.transfers.consequences import of_accepting, of_sending_back
from app.web.transfers.room import Question, ask_for_reason, bp


@bp.route("/transfers/<uuid:transfer_id>/acceptance", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def accept(transfer_id: UUID) -> ResponseReturnValue:
    """Choose where somebody belongs here, see what will happen, and take them over."""
    transfer = load_received(transfer_id, TransferState.PROPOSED)
    units, groups = units_in_use(), group_names(transfer.year)
    place = _chosen_place(units, groups)
    if place is None:
        return _choose_place(transfer, units, groups)
    if request.method == "POST":
        refusal = _try_to_accept(transfer_id, place)
        if refusal is None:
            flash(gettext("%(name)s has been taken over.", name=transfer.name), "success")
            return redirect(url_for("transfers.index"), 303)
        return _choose_place(
            load_received(transfer_id, TransferState.PROPOSED), units, groups, refusal
        )
    try:
        prospect = foresee(transfer, place.group_number, by=current_actor())
    except RefusedError as refusal:
        return _choose_place(transfer, units, groups, refusal)
    return _show_consequences(transfer, place, units, prospect)


def _chosen_place(units: Sequence[Unit], groups: Mapping[int, str]) -> NewPlace | None:
    """Return the place that was chosen; the only one, where there is no choice."""
    unit_id = chosen("unit", UUID)
    group = chosen("group", whole_number)
    if unit_id is None and len(units) == 1:
        unit_id = units[0].id
    if group is None and len(groups) == 1:
        [group] = groups
    if unit_id is None or group is None or group not in groups:
        return None
    if all(unit.id != unit_id for unit in units):
        return None
    return NewPlace(unit_id=unit_id, group_number=group)


def _choose_place(
    transfer: Transfer,
    units: Sequence[Unit],
    groups: Mapping[int, str],
    refusal: RefusedError | None = None,
) -> ResponseReturnValue:
    asked = chosen("group", whole_number)
    page = render_template(
        "transfers/place.html",
        transfer=transfer,
        units=units,
        groups=groups,
        unit_id=chosen("unit", UUID),
        group=transfer.group_number if asked is None else asked,
        problems=problems_of(refusal, anchor=None),
    )
    if refusal is None and request.method == "POST":
        return page, 422
    return page, status_of(refusal)


def _show_consequences(
    transfer: Transfer, place: NewPlace, units: Sequence[Unit], prospect: Prospect
) -> ResponseReturnValue:
    offered = prospect.offered
    return render_template(
        "transfers/accept.html",
        transfer=transfer,
        place=place,
        will=of_accepting(
            transfer,
            prospect,
            unit=next(unit.name for unit in units if unit.id == place.unit_id),
            group=place.group_number,
        ),
        has_namesake=is_name_known(offered.name, offered.birth_year, besides=offered.identity_id),
    )


def _try_to_accept(transfer_id: UUID, place: NewPlace) -> RefusedError | None:
    return refusal_of(
        lambda: accept_transfer(transfer_id, place, seal=number_seal(), by=current_actor())
    )


@bp.route("/transfers/<uuid:transfer_id>/refusal", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def refuse(transfer_id: UUID) -> ResponseReturnValue:
    """Say why somebody is not taken over."""
    transfer = load_received(transfer_id, TransferState.PROPOSED)
    question = Question(
        title=gettext("Refuse the transfer of %(name)s", name=transfer.name),
        will=[
            gettext(
                "The dossier stays at %(agency)s, which reads your reason.",
                agency=transfer.sender_name,
            ),
            gettext("The person leaves the list of this agency."),
        ],
        button=gettext("Refuse"),
        done=gettext("The transfer has been refused."),
        back_url=url_for("transfers.index"),
    )
    return ask_for_reason(
        lambda reason: refuse_transfer(transfer_id, reason, by=current_actor()), question
    )


@bp.route("/transfers/<uuid:transfer_id>/undoing", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def undo(transfer_id: UUID) -> ResponseReturnValue:
    """Send somebody back whom this agency took over."""
    transfer = load_received(transfer_id, TransferState.ACCEPTED)
    dossier = load_dossier(transfer.received_id or transfer_id)
    question = Question(
        title=gettext("Undo the transfer of %(name)s", name=transfer.name),
        will=of_sending_back(transfer),
        button=gettext("Undo the transfer"),
        done=gettext("The transfer has been undone."),
        back_url=url_for("transfers.index"),
        version=dossier.version,
        is_danger=True,
    )
    return ask_for_reason(
        lambda reason: undo_transfer(
            transfer_id, reason, version=sent_version(), by=current_actor()
        ),
        question,
    )
