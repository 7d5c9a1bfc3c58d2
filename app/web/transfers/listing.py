"""Lists who is offered to this agency, who came, and whom it has proposed elsewhere."""

from collections.abc import Collection
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.transfers import UNTIL_APPRAISAL, TransferState
from app.persistence.queries.cycles import years_opened
from app.persistence.queries.dossiers import states_of
from app.persistence.queries.transfers import (
    transfers_arrived,
    transfers_offered,
    transfers_sent,
)
from app.web.access import requires
from app.web.transfers.room import bp
from app.web.years import chosen_year


@bp.get("/transfers/")
@requires(Permission.ROSTER_EDIT)
def index() -> ResponseReturnValue:
    """List the transfers to this agency and out of it."""
    year = chosen_year()
    arrived = transfers_arrived(year)
    return render_template(
        "transfers/index.html",
        year=year,
        years=years_opened(),
        offered=transfers_offered(),
        arrived=arrived,
        may_go_back=_may_go_back([one.received_id for one in arrived if one.received_id]),
        sent=transfers_sent(year),
        proposed=TransferState.PROPOSED,
    )


def _may_go_back(dossier_ids: Collection[UUID]) -> Collection[UUID]:
    states = states_of(dossier_ids)
    return {one for one, state in states.items() if state in UNTIL_APPRAISAL}
