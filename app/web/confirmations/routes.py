"""One screen for a head of unit: one click for who is clear, the doubtful on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.appraisals import Doubt, doubts_about
from app.domain.dossiers import State
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError
from app.domain.scoring import Assessment, assess
from app.labels.refusals import sentence_of
from app.labels.words import DOUBTS
from app.persistence.models import Dossier
from app.persistence.queries.confirmations import dossiers_of_units, totals_of_year
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.queries.rules import is_confirmation_used
from app.persistence.unit_of_work import unit_of_work
from app.services.confirmations import (
    confirm,
    require_may_confirm,
    require_may_take_back,
    take_confirmation_back,
)
from app.web.access import current_actor, requires
from app.web.reasons import Question, ask_for_reason
from app.web.refused import sent_version
from app.web.selections import Choice, chosen_dossiers
from app.web.years import chosen_year


bp = Blueprint("confirmations", __name__, url_prefix="/confirmations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A dossier that waits to be confirmed, and why to look at it twice."""

    dossier: Dossier
    standing: Assessment
    last_total: int | None
    doubts: tuple[Doubt, ...]
    obstacle: str | None

    @property
    def is_clear(self) -> bool:
        """Tell whether one click is enough."""
        return not self.doubts and self.obstacle is None


@bp.get("/")
@requires(Permission.DOSSIER_CONFIRM)
def index() -> ResponseReturnValue:
    """Show who waits to be confirmed, and who has been."""
    actor, year = current_actor(), chosen_year()
    rows = rows_to_confirm(actor, year)
    return render_template(
        "confirmations/index.html",
        year=year,
        doubtful=[row for row in rows if not row.is_clear],
        clear=[row for row in rows if row.is_clear],
        confirmed=dossiers_of_units(actor.unit_ids, year, State.CONFIRMED),
        is_used=is_confirmation_used(),
        heads_no_unit=not actor.unit_ids,
    )


def rows_to_confirm(actor: Actor, year: int) -> list[Row]:
    """Return the dossiers of the units that ``actor`` heads, with their doubts."""
    dossiers = dossiers_of_units(actor.unit_ids, year, State.SUBMITTED)
    last_year = totals_of_year([one.person_id for one in dossiers], year - 1)
    return [_row(one, last_year.get(one.person_id), actor) for one in dossiers]


def _row(dossier: Dossier, last_total: int | None, actor: Actor) -> Row:
    own = tuple(dossier.self_scores)
    return Row(
        dossier=dossier,
        standing=assess(dossier.rule, own),
        last_total=last_total,
        doubts=doubts_about(dossier.rule, own, dossier.evidence, last_total=last_total),
        obstacle=_obstacle(dossier, actor),
    )


def _obstacle(dossier: Dossier, actor: Actor) -> str | None:
    try:
        require_may_confirm(dossier, by=actor)
    except RefusedError as refusal:
        return sentence_of(refusal)
    return None


@bp.post("/<uuid:dossier_id>")
@requires(Permission.DOSSIER_CONFIRM)
def confirm_dossier(dossier_id: UUID) -> ResponseReturnValue:
    """Confirm one dossier."""
    with unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        confirm(dossier, version=sent_version(), by=current_actor())
        name, year = dossier.person.name, dossier.year
    flash(gettext("The dossier of %(name)s has been confirmed.", name=name), "success")
    return redirect(url_for(".index", year=year), 303)


@bp.route("/together", methods=["GET", "POST"])
@requires(Permission.DOSSIER_CONFIRM)
def confirm_together() -> ResponseReturnValue:
    """Show who would be confirmed and who not, then confirm those who were shown."""
    actor, year = current_actor(), chosen_year()
    if request.method == "POST":
        _confirm_each(chosen_dossiers(), actor)
        return redirect(url_for(".index", year=year), 303)
    rows = rows_to_confirm(actor, year)
    return render_template(
        "confirmations/together.html",
        clear=[row for row in rows if row.is_clear],
        wont=[(row.dossier.person.name, _why_not(row)) for row in rows if not row.is_clear],
        year=year,
    )


def _why_not(row: Row) -> str:
    return row.obstacle or "; ".join(str(DOUBTS[doubt]) for doubt in row.doubts)


def _confirm_each(chosen: Sequence[Choice], actor: Actor) -> None:
    refused = []
    with unit_of_work():
        for dossier_id, version in chosen:
            dossier = load_dossier_to_change(dossier_id)
            try:
                confirm(dossier, version=version, by=actor)
            except RefusedError as refusal:
                refused.append(f"{dossier.person.name}: {sentence_of(refusal)}")
    count = len(chosen) - len(refused)
    words = ngettext(
        "%(num)s dossier has been confirmed.", "%(num)s dossiers have been confirmed.", count
    )
    flash(words, "success" if count else "info")
    for reason in refused:
        flash(reason, "warning")


@bp.route("/<uuid:dossier_id>/undo", methods=["GET", "POST"])
@requires(Permission.DOSSIER_CONFIRM)
def take_back(dossier_id: UUID) -> ResponseReturnValue:
    """Take a confirmation back, for a reason, until appraisal starts."""
    dossier = load_dossier(dossier_id)
    require_may_take_back(dossier, by=current_actor())
    question = Question(
        title=gettext("Take the confirmation of %(name)s back", name=dossier.person.name),
        will=[gettext("The dossier waits to be confirmed again; the team cannot score it.")],
        button=gettext("Take the confirmation back"),
        done=gettext("The confirmation has been taken back."),
        back_url=url_for(".index", year=dossier.year),
    )
    year = dossier.year
    return ask_for_reason(
        dossier, take_confirmation_back, question, then=lambda: url_for(".index", year=year)
    )
