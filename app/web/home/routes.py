"""Shows an agency's first page: to visitors what it is, to members what waits for them."""

from typing import Any

from flask import Blueprint, abort, current_app, g, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError
from app.domain.results import Figures
from app.domain.settings import deadlines_in_effect
from app.domain.work import Stage, Work, stages_of_year
from app.labels.boards import describe_punctuality
from app.labels.work import time_left
from app.persistence.clock import transaction_time
from app.persistence.queries.adhoc import waiting_lines
from app.persistence.queries.calendar import working_days
from app.persistence.queries.cycles import newest_year
from app.persistence.queries.results import figures_of
from app.persistence.queries.settings import held_deadlines
from app.services.self_assessments import require_registration_open
from app.web.access import find_current_actor, public
from app.web.figure_links import figure_links
from app.web.work import find_work, task_lines


bp = Blueprint("home", __name__)


@bp.get("/home")
@public
def index() -> ResponseReturnValue:
    """Greet whoever comes, and show what waits for them."""
    if g.agency is None:
        abort(404)
    actor, work = find_current_actor(), find_work()
    if actor is None or work is None:
        return render_template("home/visitor.html", **_offers())
    return render_template(
        "home/index.html", tasks=task_lines(work), asked=_asked(actor), **_year(actor, work)
    )


def _asked(actor: Actor) -> list[dict[str, Any]]:
    """Return what is asked of the agency at short notice, each with the days left."""
    if not actor.may(Permission.ADHOC_ANSWER):
        return []
    now = transaction_time()
    return [
        {
            "title": one.row.title,
            "url": url_for("adhoc.reply", line_id=one.row.id),
            "left": describe_punctuality(one.line.standing(now)),
        }
        for one in waiting_lines()
    ]


def _offers() -> dict[str, str | None]:
    return {
        "register_url": _url("registration.index") if _is_registration_open() else None,
        "honours_url": _url("honours.index"),
    }


def _is_registration_open() -> bool:
    year = newest_year()
    try:
        if year is not None:
            require_registration_open(year, is_on_behalf=False)
    except RefusedError:
        return False
    return year is not None


def _url(endpoint: str) -> str | None:
    return url_for(endpoint) if endpoint in current_app.view_functions else None


def _year(actor: Actor, work: Work) -> dict[str, Any]:
    if work.year is None:
        return {"year": None}
    figures = figures_of(g.agency.key, work.year)
    reads_board = actor.may(Permission.BOARD_READ)
    stages = _stages(work, figures)
    return {
        "year": work.year,
        "stages": stages,
        "time_left": time_left,
        "figures": figures if reads_board else None,
        "explain": figure_links(work.year, is_alone=True),
        "next_url": _url("settings.deadlines") if actor.may(Permission.SETTINGS_READ) else None,
    }


def _stages(work: Work, figures: Figures) -> tuple[Stage, ...]:
    year = work.year or 0
    calendar = working_days()
    return stages_of_year(
        deadlines_in_effect(held_deadlines(), year, calendar),
        year,
        calendar,
        figures,
        now=transaction_time(),
        completed_at=work.completed_at,
    )
