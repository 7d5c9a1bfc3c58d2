"""Shows how many people the agencies of a province have recognised, to whoever comes."""

from flask import Blueprint, abort, g, redirect, render_template
from flask.typing import ResponseReturnValue

from app.persistence.queries.boards import group_names
from app.persistence.queries.publications import load_publication
from app.persistence.queries.tenants import tenants_above
from app.web.access import public
from app.web.addressing import address_of
from app.web.years import chosen_year


bp = Blueprint("published", __name__, url_prefix="/published")


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Show one table for a whole province.

    Agencies below lead there and have none of their own: what one hides, another might give away.
    """
    if g.agency is None:
        abort(404)
    year = chosen_year()
    if g.agency.parent_id is not None:
        top = tenants_above(g.agency.key)[-1]
        return redirect(address_of(top.slug, f"/published/?year={year}"))
    return render_template(
        "published/index.html",
        year=year,
        publication=load_publication(g.agency.key, year),
        group_words=group_names(year),
        roll_of=lambda slug: address_of(slug, f"/honours/?year={year}"),
    )
