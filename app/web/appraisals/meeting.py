"""The meeting on one dossier: about the differences only, and opened again if it must be."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.appraisals import Queue, disputed_indicators, suggested_scores
from app.domain.dossiers import Event
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.models import Dossier
from app.persistence.queries.appraisals import find_last_event
from app.persistence.queries.dossiers import (
    load_dossier,
    load_dossier_to_change,
    team_scores_of,
)
from app.persistence.queries.rules import criteria_of, quorum
from app.persistence.unit_of_work import unit_of_work
from app.services.appraisals import agree, reopen, require_in_order
from app.web.access import current_actor, requires
from app.web.appraisals.sheets import Sheet, field_of
from app.web.dossiers.lines import lines_of
from app.web.reasons import Question, ask_for_reason
from app.web.refused import problems_of, sent_version, status_of
from app.web.score_sheets import written
from app.web.standing import standing_of


@requires(Permission.APPRAISAL_AGREE)
def agreement(dossier_id: UUID) -> ResponseReturnValue:
    """Hold the meeting on one dossier: about the differences only."""
    if request.method == "GET":
        dossier = load_dossier(dossier_id)
        require_in_order(dossier, Event.AGREE, by=current_actor())
        return _agreement_page(dossier, _suggestion(dossier))
    sheet = Sheet.sent()
    try:
        with unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            agreed = sheet.agreement(dossier.rule)
            agree(dossier, agreed, version=sent_version(), by=current_actor())
            year = dossier.year
    except RefusedError as refusal:
        return _agreement_page(load_dossier(dossier_id), sheet, refusal), status_of(refusal)
    flash(gettext("The appraisal is closed with the agreed scores."), "success")
    return redirect(url_for(".index", queue=Queue.TO_AGREE, year=year), 303)


def _suggestion(dossier: Dossier) -> Sheet:
    """Begin where an agreement that was reopened left off, else at the middle."""
    before = find_last_event(dossier.id, Event.AGREE)
    facts = before.facts if before and before.round == dossier.round else {}
    given = [tuple(one.scores) for one in team_scores_of(dossier.id, dossier.round)]
    own = tuple(one for one in dossier.self_scores if one is not None)
    return Sheet(
        scores=tuple(written(one) for one in facts.get("scores") or suggested_scores(own, given)),
        reasons={int(n): text for n, text in facts.get("reasons", {}).items()},
        digital=dossier.digital_skill,
    )


def _agreement_page(dossier: Dossier, sheet: Sheet, refusal: RefusedError | None = None) -> str:
    given = team_scores_of(dossier.id, dossier.round)
    lines = lines_of(dossier, given=given, typed=sheet.scores, reasons=sheet.reasons)
    disputed = disputed_indicators(tuple(dossier.self_scores), [tuple(one.scores) for one in given])
    return render_template(
        "appraisals/agreement.html",
        dossier=dossier,
        criteria=criteria_of(dossier),
        disputed=[line for line in lines if line.number in disputed],
        others=[line for line in lines if line.number not in disputed],
        given=given,
        quorum=quorum(),
        sheet=sheet,
        standing=standing_of(dossier.rule, sheet.readable_scores(dossier.rule)),
        problems=problems_of(refusal, anchor=field_of(refusal)),
    )


@requires(Permission.APPRAISAL_AGREE)
def reopen_appraisal(dossier_id: UUID) -> ResponseReturnValue:
    """Open a closed appraisal again, for a reason, until the dossier is proposed."""
    dossier = load_dossier(dossier_id)
    require_in_order(dossier, Event.REOPEN, by=current_actor())
    question = Question(
        title=gettext("Open the appraisal of %(name)s again", name=dossier.person.name),
        will=[
            gettext("The agreed scores no longer count; they stay in the history."),
            gettext("The team may score, agree or return the dossier again."),
        ],
        button=gettext("Open the appraisal again"),
        done=gettext("The appraisal is open again."),
        back_url=url_for("dossiers.show", dossier_id=dossier_id),
    )
    return ask_for_reason(
        dossier, reopen, question, then=lambda: url_for(".agreement", dossier_id=dossier_id)
    )
