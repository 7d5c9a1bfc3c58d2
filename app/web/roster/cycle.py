"""Opens and closes assessment years, and shows which deadlines bind the agency."""

from dataclasses import dataclass
from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.deadlines import Term, require_opening, term_of
from app.domain.dossiers import LEFT, State
from app.domain.permissions import Permission
from app.domain.settings import HeldDeadline, deadlines_in_effect
from app.labels.refusals import advice_of, sentence_of
from app.persistence.clock import today, transaction_time
from app.persistence.queries.calendar import working_days
from app.persistence.queries.cycles import find_cycle, require_open_cycle, years_opened
from app.persistence.queries.reports import children_of
from app.persistence.queries.roster import counts_by_state
from app.persistence.queries.settings import held_deadlines
from app.persistence.unit_of_work import unit_of_work
from app.services.cycles import close_cycle, open_cycle
from app.web.access import current_actor, requires
from app.web.refused import refusal_of
from app.web.roster.forms import CycleForm
from app.web.roster.room import bp
from app.web.years import chosen_year
from tenants.schema import DeadlineKind


_SETTLED = LEFT | {State.DECIDED, State.PUBLISHED, State.APPEALED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline as the page shows it."""

    held: HeldDeadline
    term: Term
    is_over: bool


@bp.route("/cycle", methods=["GET", "POST"])
@requires(Permission.CYCLE_MANAGE)
def cycle() -> ResponseReturnValue:
    """Show the years that were opened, and open one."""
    coming = _next_year()
    form = CycleForm(year=coming, registration_opens_on=date(coming, 1, 1))
    if form.was_submitted() and _opens_in_time(form) and _is_opened(form):
        year = form.year.data
        flash(gettext("The year %(year)s is open.", year=year), "success")
        return redirect(url_for("roster.cycle", year=year), 303)
    year = chosen_year()
    page = render_template(
        "roster/cycle.html",
        form=form,
        year=year,
        is_reported_to=bool(children_of(g.agency.key)),
        cycles=[find_cycle(one) for one in years_opened()],
        deadlines=_deadlines(year),
    )
    return page, 422 if form.errors else 200


@bp.route("/cycle/<int(max=2100):year>/close", methods=["GET", "POST"])
@requires(Permission.CYCLE_MANAGE)
def close(year: int) -> ResponseReturnValue:
    """Say what closing a year means, and close it."""
    require_open_cycle(year)
    if request.method == "POST":
        with unit_of_work():
            close_cycle(year, by=current_actor())
        flash(gettext("The year %(year)s is closed.", year=year), "success")
        return redirect(url_for("roster.cycle", year=year), 303)
    counts = counts_by_state(year, None)
    under_way = sum(people for state, people in counts.items() if state not in _SETTLED)
    return render_template("roster/close.html", year=year, under_way=under_way)


def _next_year() -> int:
    """Return the year that is most likely to be opened: the first that is not open yet."""
    return max([*years_opened(), today().year - 1]) + 1


def _is_opened(form: CycleForm) -> bool:
    """Open the year; else the field of what stands in the way says so."""
    refusal = refusal_of(
        lambda: open_cycle(
            form.year.data,
            form.registration_opens_on.data,
            reports_close_on=form.reports_close_on.data,
            by=current_actor(),
        )
    )
    if refusal is not None:
        form.reports_close_on.errors = (f"{sentence_of(refusal)} {advice_of(refusal)}",)
    return refusal is None


def _opens_in_time(form: CycleForm) -> bool:
    """Tell whether registration opens near its year and before it ends; else the field says so."""
    year, opens_on = form.year.data, form.registration_opens_on.data
    refusal = refusal_of(lambda: require_opening(opens_on, year))
    if refusal is not None:
        form.registration_opens_on.errors = (f"{sentence_of(refusal)} {advice_of(refusal)}",)
        return False
    for due in _deadlines(year):
        if due.held.deadline.kind is DeadlineKind.REGISTRATION and opens_on > due.term.last_day:
            form.registration_opens_on.errors = (
                gettext(
                    "Registration would open after its last day, %(day)s.",
                    day=f"{due.term.last_day:%d/%m/%Y}",
                ),
            )
            return False
    return True


def _deadlines(year: int) -> list[Due]:
    now, calendar = transaction_time(), working_days()
    found = [
        (held, term_of(held.deadline, year, calendar))
        for held in deadlines_in_effect(held_deadlines(), year, calendar)
    ]
    return [Due(held=held, term=term, is_over=term.ends_at <= now) for held, term in found]
