"""The team's queue, and the page on which a member scores."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.appraisals import Queue
from app.domain.dossiers import Event
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.models import Dossier
from app.persistence.queries.appraisals import (
    dossiers_in_queue,
    find_earlier_score,
    find_last_event,
    find_team_score,
    queue_counts,
)
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.dossiers import (
    load_dossier,
    load_dossier_to_change,
    team_scores_of,
)
from app.persistence.queries.rules import criteria_of, groups_in_effect, quorum
from app.persistence.unit_of_work import unit_of_work
from app.services import appraisals
from app.web.access import current_actor, requires
from app.web.appraisals.queues import chosen_desk, chosen_queue, rows_of
from app.web.appraisals.sheets import Sheet, field_of
from app.web.dossiers.lines import lines_of
from app.web.pagination import address_with, chosen_page, page_url
from app.web.refused import problems_of, sent_version, status_of
from app.web.score_sheets import written
from app.web.standing import standing_of


@requires(Permission.APPRAISAL_SCORE)
def index() -> ResponseReturnValue:
    """Show what waits for this member, and what waits for the meeting."""
    actor = current_actor()
    desk = chosen_desk(actor)
    counts = queue_counts(desk)
    queue = chosen_queue(dict(counts))
    page = chosen_page(counts[queue])
    return render_template(
        "appraisals/index.html",
        desk=desk,
        counts=counts,
        queue=queue,
        page=page,
        page_url=page_url,
        address_with=address_with,
        rows=rows_of(queue, desk, page),
        quorum=quorum(),
        may_agree=actor.may(Permission.APPRAISAL_AGREE),
        units=units_in_use(),
        groups=groups_in_effect(desk.year),
    )


@requires(Permission.APPRAISAL_SCORE)
def score(dossier_id: UUID) -> ResponseReturnValue:
    """Let a member score, and see what colleagues gave only afterwards."""
    if request.method == "GET":
        dossier = load_dossier(dossier_id)
        appraisals.require_may_score(dossier, by=current_actor())
        return _score_page(dossier, _sheet_to_begin_with(dossier))
    sheet = Sheet.sent()
    try:
        with unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            scores = sheet.read_scores(dossier.rule)
            appraisals.score(
                dossier, scores, sheet.note, version=sent_version(), by=current_actor()
            )
            year = dossier.year
    except RefusedError as refusal:
        return _score_page(load_dossier(dossier_id), sheet, refusal), status_of(refusal)
    flash(gettext("Your scores have been kept."), "success")
    return redirect(_next_to_score(year) or url_for(".index", year=year), 303)


def _sheet_to_begin_with(dossier: Dossier) -> Sheet:
    identity = current_actor().identity_id
    kept = find_team_score(dossier, identity) or find_earlier_score(dossier, identity)
    return Sheet(
        scores=tuple(
            written(one) for one in (kept.scores if kept else [None] * len(dossier.self_scores))
        ),
        note=kept.note if kept else "",
    )


def _score_page(dossier: Dossier, sheet: Sheet, refusal: RefusedError | None = None) -> str:
    mine = find_team_score(dossier, current_actor().identity_id)
    # Members score independently: who has not scored sees nobody else's scores.
    given = team_scores_of(dossier.id, dossier.round) if mine else ()
    returned = find_last_event(dossier.id, Event.RETURN) if dossier.round > 1 else None
    return render_template(
        "appraisals/score.html",
        dossier=dossier,
        criteria=criteria_of(dossier),
        lines=lines_of(dossier, given=given, typed=sheet.scores),
        given=given,
        mine=mine,
        sheet=sheet,
        returned=returned.facts.get("indicators", {}) if returned else {},
        own=standing_of(dossier.rule, tuple(dossier.self_scores)),
        standing=standing_of(dossier.rule, sheet.readable_scores(dossier.rule)),
        problems=problems_of(refusal, anchor=field_of(refusal)),
    )


def _next_to_score(year: int) -> str | None:
    if request.form.get("then") != "next":
        return None
    desk = chosen_desk(current_actor())
    waiting = dossiers_in_queue(Queue.TO_SCORE, desk, limit=1)
    return url_for(".score", dossier_id=waiting[0].id, year=year) if waiting else None
