"""Shows who belongs to a unit today, whatever year they were listed for."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.reach import units_in_reach
from app.domain.refusals import MissingError
from app.persistence.queries.units import count_people_in, load_unit, people_in
from app.web.access import current_actor, requires
from app.web.pagination import chosen_page, page_url
from app.web.roster.room import bp


@bp.get("/units/<uuid:unit_id>")
@requires(Permission.ROSTER_READ)
def unit(unit_id: UUID) -> ResponseReturnValue:
    """List the people of a unit that the reader may look into."""
    reach, found = units_in_reach(current_actor()), load_unit(unit_id)
    if reach is not None and found.id not in reach:
        raise MissingError(unit_id)
    page = chosen_page(count_people_in(found.id))
    return render_template(
        "roster/unit.html",
        unit=found,
        people=people_in(found.id, limit=page.size, offset=page.offset),
        page=page,
        page_url=page_url,
        may_edit=current_actor().may(Permission.ROSTER_EDIT),
    )
