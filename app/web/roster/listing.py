"""Shows a year's roster: searched, narrowed, sorted, a page at a time."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.dossiers import LEFT, State
from app.domain.permissions import Permission
from app.domain.reach import units_in_reach
from app.persistence.queries.cycles import find_cycle, years_opened
from app.persistence.queries.dossier_lists import (
    Order,
    Wanted,
    count_dossiers,
    list_dossiers,
    units_in_use,
)
from app.persistence.queries.roster import counts_by_state
from app.web.access import current_actor, requires
from app.web.filters import chosen_group, chosen_unit
from app.web.pagination import address_with, chosen_page, page_url
from app.web.roster.room import bp, group_names
from app.web.years import chosen_year


SORTABLE = (Order.NAME, Order.UNIT, Order.GROUP, Order.STATE)


@bp.get("/")
@requires(Permission.ROSTER_READ)
def index() -> ResponseReturnValue:
    """List who is assessed in a year."""
    year, actor = chosen_year(), current_actor()
    reach = units_in_reach(actor)
    wanted = Wanted(
        year=year,
        units=reach,
        unit_id=chosen_unit(),
        group=chosen_group(),
        state=request.args.get("state", type=State),
        name=request.args.get("name", ""),
    )
    order = request.args.get("sort", Order.NAME, type=Order)
    is_descending = request.args.get("order") == "descending"
    page = chosen_page(count_dossiers(wanted))
    counts = counts_by_state(year, reach)
    return render_template(
        "roster/index.html",
        year=year,
        cycle=find_cycle(year),
        years=years_opened(),
        wanted=wanted,
        dossiers=list_dossiers(
            wanted, order, is_descending=is_descending, limit=page.size, offset=page.offset
        ),
        page=page,
        page_url=page_url,
        heads=[
            (one, _address_sorted_by(one, order, is_descending=is_descending)) for one in SORTABLE
        ],
        order=order,
        direction="descending" if is_descending else "ascending",
        units=[one for one in units_in_use() if reach is None or one.id in reach],
        groups=group_names(year),
        counts=counts,
        people=sum(counts.values()),
        people_left=sum(counts.get(state, 0) for state in LEFT),
        may_edit=actor.may(Permission.ROSTER_EDIT),
        may_manage=actor.may(Permission.CYCLE_MANAGE),
    )


def _address_sorted_by(column: Order, now: Order, *, is_descending: bool) -> str:
    """Return the address of the list sorted by a column, the other way round if it is already."""
    turns = column is now and not is_descending
    return address_with(sort=column.value, order="descending" if turns else None, page=None)
