"""Takes a roster over into another year, after showing whom."""

from collections import Counter

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.domain.permissions import Permission
from app.domain.roster import NotCopied
from app.labels.roster import NOT_COPIED
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.roster import years_with_a_roster
from app.persistence.unit_of_work import unit_of_work
from app.services.roster_copy import CopyPlan, copy_roster, plan_copy
from app.web.access import current_actor, requires
from app.web.choices import whole_number
from app.web.roster.room import bp
from app.web.years import chosen_year


@bp.route("/copy", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def copy() -> ResponseReturnValue:
    """Show who would be taken over into the year, and take them over."""
    year = chosen_year()
    require_open_cycle(year)
    source = _year_to_copy(year)
    if source is None:
        return render_template("roster/nothing_to_copy.html", year=year)
    if request.method == "POST":
        with unit_of_work():
            people = copy_roster(source, year, by=current_actor())
        flash(
            ngettext("%(num)s person has been listed.", "%(num)s people have been listed.", people),
            "success",
        )
        return redirect(url_for("roster.index", year=year), 303)
    plan = plan_copy(source, year)
    return render_template(
        "roster/copy.html", year=year, source=source, plan=plan, wont=_left_behind(plan)
    )


def _year_to_copy(year: int) -> int | None:
    """Return the year asked for in ``?from=``, else the newest before ``year`` with a roster."""
    earlier = [one for one in years_with_a_roster() if one < year]
    asked = request.args.get("from", type=whole_number)
    return asked if asked in earlier else next(iter(earlier), None)


def _left_behind(plan: CopyPlan) -> list[tuple[str, str]]:
    """Name who is left behind, and count those who are there already: they need no name."""
    counts = Counter(reason for _, reason in plan.left)
    listed = counts[NotCopied.LISTED]
    counted = [(_people(listed), str(NOT_COPIED[NotCopied.LISTED]))] if listed else []
    return counted + [
        (f"{one.person.name} ({one.person.birth_year})", str(NOT_COPIED[reason]))
        for one, reason in plan.left
        if reason is not NotCopied.LISTED
    ]


def _people(number: int) -> str:
    return str(ngettext("%(num)s person", "%(num)s people", number))
