"""Closes together the dossiers that nobody disputes, after showing which, and which not."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.appraisals import Queue, require_unanimous
from app.domain.dossiers import Event
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError
from app.labels.refusals import sentence_of
from app.persistence.models import Dossier, TeamScore
from app.persistence.queries.appraisals import Desk, dossiers_in_queue, queue_counts, scores_of_each
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.appraisals import agree_unanimous, require_in_order
from app.web.access import current_actor, requires
from app.web.appraisals.queues import chosen_desk
from app.web.appraisals.sheets import sent_skill
from app.web.selections import Choice, chosen_dossiers


_AT_ONCE = 200
"""Dossiers closed in one transaction; the next ones follow on the next page."""


@requires(Permission.APPRAISAL_AGREE)
def agree_together() -> ResponseReturnValue:
    """Show what would be closed and what not, then close what stayed ticked."""
    desk = chosen_desk(current_actor())
    if request.method == "POST":
        _close(chosen_dossiers(), current_actor())
        return redirect(url_for(".index", year=desk.year), 303)
    return render_template(
        "appraisals/agree_together.html", desk=desk, plan=_plan(desk, current_actor())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The dossiers that may be closed together, and why the others may not."""

    clear: list[Dossier]
    wont: list[tuple[str, str]]


def _plan(desk: Desk, actor: Actor) -> Plan:
    dossiers = dossiers_in_queue(Queue.TO_AGREE, desk, limit=_AT_ONCE)
    scores = scores_of_each(dossiers)
    refusals = {one.id: _obstacle(one, scores[one.id], actor) for one in dossiers}
    wont = [
        (one.person.name, sentence_of(refusal))
        for one in dossiers
        if (refusal := refusals[one.id]) is not None
    ]
    return Plan(
        clear=[one for one in dossiers if refusals[one.id] is None],
        wont=wont + _short_of_quorum(desk),
    )


def _obstacle(dossier: Dossier, given: Sequence[TeamScore], actor: Actor) -> RefusedError | None:
    try:
        require_in_order(dossier, Event.AGREE, by=actor)
        require_unanimous(tuple(dossier.self_scores), [tuple(one.scores) for one in given])
    except RefusedError as refusal:
        return refusal
    return None


def _short_of_quorum(desk: Desk) -> list[tuple[str, str]]:
    waiting = queue_counts(desk)[Queue.WAITING]
    if not waiting:
        return []
    who = ngettext("%(num)s dossier", "%(num)s dossiers", waiting)
    return [(who, gettext("Not enough members have scored yet."))]


def _close(chosen: Sequence[Choice], actor: Actor) -> None:
    refused = []
    with unit_of_work():
        for dossier_id, version in chosen:
            dossier = load_dossier_to_change(dossier_id)
            try:
                digital = sent_skill(f"digital-{dossier_id}")
                agree_unanimous(dossier, digital, version=version, by=actor)
            except RefusedError as refusal:
                refused.append(f"{dossier.person.name}: {sentence_of(refusal)}")
    _report(len(chosen) - len(refused), refused)


def _report(closed: int, refused: list[str]) -> None:
    flash(
        ngettext(
            "%(num)s appraisal has been closed.", "%(num)s appraisals have been closed.", closed
        ),
        "success" if closed else "info",
    )
    for words in refused:
        flash(words, "warning")
