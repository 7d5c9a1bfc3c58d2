"""Shows everybody who was recognised: name, unit and year of birth, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, abort, g, render_template, url_for
from flask.typing import ResponseReturnValue

from app.persistence.models import Decision, Dossier
from app.persistence.queries.decisions import honours_of, years_published
from app.persistence.queries.rules import group_of
from app.web.access import public
from app.web.years import chosen_year


bp = Blueprint("honours", __name__, url_prefix="/honours")


@dataclass(slots=True, kw_only=True)
class Roll:
    """The people of one decision.

    Lists of pupils are internal: they are neither named nor, since they are few, counted.
    """

    decision: Decision
    named: list[Dossier] = field(default_factory=list)
    has_pupils: bool = False


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Show the honour roll of a year to whoever comes."""
    if g.agency is None:
        abort(404)
    years = years_published()
    year = chosen_year()
    rolls = _rolls(honours_of(year))
    named = [dossier for roll in rolls for dossier in roll.named]
    return render_template(
        "honours/index.html",
        year=year,
        years=years,
        rolls=rolls,
        recognised=len(named),
        outstanding=sum(dossier.is_outstanding for dossier in named),
        published_url=url_for("published.index", year=year),
    )


def _rolls(honours: Sequence[tuple[Decision, Dossier]]) -> list[Roll]:
    rolls: dict[object, Roll] = {}
    for decision, dossier in honours:
        roll = rolls.setdefault(decision.id, Roll(decision=decision))
        if group_of(dossier).is_internal:
            roll.has_pupils = True
        else:
            roll.named.append(dossier)
    return list(rolls.values())
