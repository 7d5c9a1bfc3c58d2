"""The list of dossiers, the page of one, and how the office withdraws one."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.appraisals import may_see_team_scores
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import State
from app.domain.people import mask_cccd
from app.domain.permissions import Permission
from app.domain.reach import units_in_reach
from app.domain.refusals import MissingError
from app.domain.scoring import assess
from app.persistence.models import Dossier
from app.persistence.queries.cycles import years_opened
from app.persistence.queries.dossier_lists import (
    Order,
    Wanted,
    count_dossiers,
    list_dossiers,
    units_in_use,
)
from app.persistence.queries.dossiers import history_of, load_dossier, team_scores_of
from app.persistence.queries.rules import criteria_of, groups_in_effect
from app.persistence.queries.transfers import find_arrival, find_last_sent
from app.services import self_assessments
from app.web.access import current_actor, requires
from app.web.dossiers.actions import buttons_for, may_state_digital
from app.web.dossiers.lines import lines_of
from app.web.dossiers.stages import stages_of
from app.web.filters import chosen_group, chosen_unit
from app.web.pagination import address_with, chosen_page, page_url
from app.web.reasons import Question, ask_for_reason
from app.web.years import chosen_year


bp = Blueprint("dossiers", __name__, url_prefix="/dossiers")


@bp.get("/")
@requires(Permission.DOSSIER_READ)
def index() -> ResponseReturnValue:
    """List the dossiers of a year that the reader may see."""
    wanted = _wanted()
    order, is_descending = _chosen_order()
    page = chosen_page(count_dossiers(wanted))
    dossiers = list_dossiers(
        wanted, order, is_descending=is_descending, limit=page.size, offset=page.offset
    )
    return render_template(
        "dossiers/index.html",
        wanted=wanted,
        order=order,
        is_descending=is_descending,
        page=page,
        page_url=page_url,
        address_with=address_with,
        rows=[(one, assess(one.rule, _best_scores(one))) for one in dossiers],
        units=[u for u in units_in_use() if wanted.units is None or u.id in wanted.units],
        groups=groups_in_effect(wanted.year),
        years=years_opened(),
        states=list(State),
    )


def _wanted() -> Wanted:
    state, digital = request.args.get("state"), request.args.get("digital")
    return Wanted(
        year=chosen_year(),
        units=units_in_reach(current_actor()),
        unit_id=chosen_unit(),
        group=chosen_group(),
        state=State(state) if state in set(State) else None,
        digital=DigitalSkill(digital) if digital in set(DigitalSkill) else None,
        name=request.args.get("name", "").strip(),
    )


def _chosen_order() -> tuple[Order, bool]:
    asked = request.args.get("order")
    order = Order(asked) if asked in set(Order) else Order.NAME
    return order, request.args.get("direction") == "down"


def _best_scores(dossier: Dossier) -> tuple[int | None, ...]:
    return tuple(dossier.agreed_scores or dossier.self_scores)


@bp.get("/<uuid:dossier_id>")
@requires(Permission.DOSSIER_READ)
def show(dossier_id: UUID) -> ResponseReturnValue:
    """Show one dossier: whose it is, where it stands, how it got there and its scores."""
    dossier = load_readable(dossier_id)
    actor = current_actor()
    given = team_scores_of(dossier.id, dossier.round)
    is_team_seen = may_see_team_scores(
        dossier.identity_id,
        dossier.state,
        has_scored=any(one.appraiser_identity_id == actor.identity_id for one in given),
        by=actor,
    )
    history = history_of(dossier.id)
    criteria = criteria_of(dossier)
    return render_template(
        "dossiers/show.html",
        dossier=dossier,
        group=criteria.group(dossier.group_number),
        criteria=criteria,
        cccd=mask_cccd(dossier.person.cccd_last_four),
        lines=lines_of(dossier, given=given if is_team_seen else ()),
        given=given if is_team_seen and actor.may(Permission.APPRAISAL_SCORE) else (),
        is_team_seen=is_team_seen and dossier.unit_scores is not None,
        history=history,
        stages=stages_of(dossier, history),
        buttons=buttons_for(dossier, actor),
        may_state_digital=may_state_digital(dossier, actor),
        totals=_totals(dossier),
        sent=find_last_sent(dossier.id),
        arrival=find_arrival(dossier.id),
    )


def _totals(dossier: Dossier) -> dict[str, int | None]:
    columns = {
        "own": dossier.self_scores,
        "team": dossier.unit_scores,
        "agreed": dossier.agreed_scores,
    }
    return {
        name: sum(one for one in scores if one is not None) if scores else None
        for name, scores in columns.items()
    }


def load_readable(dossier_id: UUID) -> Dossier:
    """Return a dossier in the reader's reach; anything else is not there for them."""
    dossier = load_dossier(dossier_id)
    units = units_in_reach(current_actor())
    if units is not None and dossier.unit_id not in units:
        raise MissingError(dossier_id)
    return dossier


@bp.route("/<uuid:dossier_id>/withdrawal", methods=["GET", "POST"])
@requires(Permission.DOSSIER_ENTER)
def withdraw(dossier_id: UUID) -> ResponseReturnValue:
    """Withdraw somebody's dossier on their behalf."""
    dossier = load_dossier(dossier_id)
    question = Question(
        title=gettext("Withdraw the dossier of %(name)s", name=dossier.person.name),
        will=[
            gettext("The dossier leaves the assessment of %(year)s.", year=dossier.year),
            gettext("The person's consent of this year ends."),
            gettext("The person no longer counts in the figures of this agency."),
            gettext("This cannot be undone."),
        ],
        button=gettext("Withdraw"),
        done=gettext("The dossier has been withdrawn."),
        back_url=url_for(".show", dossier_id=dossier_id),
        is_danger=True,
    )
    return ask_for_reason(
        dossier, self_assessments.withdraw, question, then=lambda: url_for(".index")
    )
