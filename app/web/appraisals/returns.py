"""A dossier is returned to its person for named indicators, and the return taken back."""

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.appraisals import Queue
from app.domain.dossiers import Event
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.clock import today
from app.persistence.models import Dossier
from app.persistence.queries.dossiers import (
    load_dossier,
    load_dossier_to_change,
    team_scores_of,
)
from app.persistence.unit_of_work import unit_of_work
from app.services import appraisals
from app.web.access import current_actor, requires
from app.web.appraisals.sheets import ReturnSheet, field_of
from app.web.dossiers.lines import lines_of
from app.web.reasons import Question, ask_for_reason
from app.web.refused import problems_of, sent_version, status_of


_DAYS_TO_COMPLETE = 5


@requires(Permission.APPRAISAL_RETURN)
def return_dossier(dossier_id: UUID) -> ResponseReturnValue:
    """Name the indicators that the person has to complete, and until when."""
    if request.method == "GET":
        dossier = load_dossier(dossier_id)
        appraisals.require_in_order(dossier, Event.RETURN, by=current_actor())
        due_on = (today() + timedelta(days=_DAYS_TO_COMPLETE)).isoformat()
        return _return_page(dossier, ReturnSheet(chosen=frozenset(), reasons={}, due_on=due_on))
    sheet = ReturnSheet.sent()
    try:
        with unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            appraisals.return_to_person(
                dossier, sheet.named, sheet.day, version=sent_version(), by=current_actor()
            )
            year = dossier.year
    except RefusedError as refusal:
        return _return_page(load_dossier(dossier_id), sheet, refusal), status_of(refusal)
    flash(gettext("The dossier has been returned to be completed."), "success")
    return redirect(url_for(".index", queue=Queue.RETURNED, year=year), 303)


def _return_page(dossier: Dossier, sheet: ReturnSheet, refusal: RefusedError | None = None) -> str:
    given = team_scores_of(dossier.id, dossier.round)
    return render_template(
        "appraisals/return_dossier.html",
        dossier=dossier,
        lines=lines_of(dossier, given=given, reasons=sheet.reasons),
        given=given,
        sheet=sheet,
        tomorrow=today() + timedelta(days=1),
        problems=problems_of(refusal, anchor=field_of(refusal) or "due_on"),
    )


@requires(Permission.APPRAISAL_RETURN)
def take_return_back(dossier_id: UUID) -> ResponseReturnValue:
    """Take a return back, for a reason, before the person resubmits."""
    dossier = load_dossier(dossier_id)
    appraisals.require_in_order(dossier, Event.UNRETURN, by=current_actor())
    question = Question(
        title=gettext("Take the return of %(name)s back", name=dossier.person.name),
        will=[
            gettext("The dossier goes back to the team, with the scores given so far."),
            gettext("What the person has changed since the return is dropped."),
        ],
        button=gettext("Take the return back"),
        done=gettext("The return has been taken back."),
        back_url=url_for("dossiers.show", dossier_id=dossier_id),
    )
    return ask_for_reason(
        dossier,
        appraisals.take_return_back,
        question,
        then=lambda: url_for(".index", queue=Queue.WAITING),
    )
