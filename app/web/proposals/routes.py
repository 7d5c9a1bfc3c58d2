"""Shows lists, seals new ones, submits them and takes them back."""

from collections.abc import Callable, Collection
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.decisions import Addressee, ProposalState
from app.domain.permissions import Permission
from app.domain.proposals import Obstacle
from app.domain.refusals import MissingError, RefusedError, Rule
from app.labels.words import OBSTACLES
from app.persistence.models import Proposal
from app.persistence.queries.cycles import years_opened
from app.persistence.queries.decisions import find_decision_on
from app.persistence.queries.proposals import lines_of, load_proposal, proposals_of
from app.persistence.unit_of_work import unit_of_work
from app.services.proposals import (
    Candidate,
    preview_list,
    seal_list,
    submit_list,
    take_list_back,
)
from app.services.seals import is_unchanged
from app.web.access import current_actor, requires
from app.web.choices import chosen
from app.web.refused import problems_of, refusal_of, status_of
from app.web.years import chosen_year


bp = Blueprint("proposals", __name__, url_prefix="/proposals")

# People whom the page only counts: they have their list or their decision already.
_ON_THEIR_WAY = frozenset({Obstacle.ALREADY_DECIDED, Obstacle.ALREADY_ON_LIST})

# People who may be proposed, on a list that is addressed to somebody else.
_ON_ANOTHER_LIST = frozenset({Obstacle.NOT_THE_HEAD, Obstacle.ONE_LEVEL_UP})


@bp.get("/")
@requires(Permission.PROPOSAL_READ)
def index() -> ResponseReturnValue:
    """List the lists of a year, or all that are sealed and go no further by themselves."""
    year, is_waiting = chosen_year(), request.args.get("only") == "sealed"
    return render_template(
        "proposals/index.html",
        year=year,
        years=years_opened(),
        proposals=proposals_of(None if is_waiting else year),
        is_waiting=is_waiting,
        may_seal=current_actor().may(Permission.PROPOSAL_SEAL),
    )


@bp.get("/new")
@requires(Permission.PROPOSAL_SEAL)
def new() -> ResponseReturnValue:
    """Show who may be put on a list, those who are clear already chosen."""
    return _show_candidates(chosen=None)


@bp.post("/new")
@requires(Permission.PROPOSAL_SEAL)
def seal() -> ResponseReturnValue:
    """Say what would be sealed; once that is confirmed, seal it."""
    chosen = _chosen_dossiers()
    if "edit" in request.form:
        return _show_candidates(chosen)
    if "is_confirmed" not in request.form:
        return _ask_to_seal(chosen)
    try:
        with unit_of_work():
            proposal = seal_list(chosen, addressee=_addressee(), by=current_actor())
            proposal_id, number = proposal.id, proposal.number
    except RefusedError as refusal:
        return _show_candidates(chosen, refusal)
    flash(gettext("List %(number)s has been sealed.", number=number), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal_id), 303)


def _addressee() -> Addressee:
    asked = chosen("addressee", str)
    return Addressee(asked) if asked in set(Addressee) else Addressee.HEAD


def _chosen_dossiers() -> frozenset[UUID]:
    try:
        return frozenset(UUID(one) for one in request.form.getlist("dossier"))
    except ValueError as error:
        raise MissingError from error


def _show_candidates(
    chosen: Collection[UUID] | None, refusal: RefusedError | None = None
) -> ResponseReturnValue:
    """Show who may be chosen: the doubtful first, then the clear, then those who cannot be."""
    year, addressee = chosen_year(), _addressee()
    found = preview_list(year, addressee=addressee, by=current_actor())
    page = render_template(
        "proposals/new.html",
        year=year,
        addressee=addressee,
        addressees=list(Addressee),
        doubtful=[one for one in found if one.obstacle is None and not one.is_clear],
        clear=[one for one in found if one.is_clear],
        elsewhere=[one for one in found if one.obstacle in _ON_ANOTHER_LIST],
        kept_out=[one for one in found if one.obstacle not in {None, *_ON_ANOTHER_LIST}],
        chosen={one.dossier.id for one in found if one.is_clear} if chosen is None else chosen,
        problems=problems_of(refusal, anchor=None),
    )
    return page, status_of(refusal)


def _ask_to_seal(chosen: Collection[UUID]) -> ResponseReturnValue:
    year, addressee = chosen_year(), _addressee()
    found = preview_list(year, addressee=addressee, by=current_actor())
    going = [one for one in found if one.dossier.id in chosen and one.obstacle is None]
    if not going:
        return _show_candidates(chosen, RefusedError(Rule.LIST_EMPTY))
    waiting = [one for one in found if one not in going and one.obstacle not in _ON_THEIR_WAY]
    return render_template(
        "proposals/seal.html",
        year=year,
        addressee=addressee,
        going=going,
        earned=[one for one in going if one.is_clear],
        left_out=[(one.dossier.person.name, _why_not(one)) for one in waiting],
        on_their_way=len(found) - len(going) - len(waiting),
    )


def _why_not(candidate: Candidate) -> str:
    if candidate.obstacle is None:
        return gettext("appraised, but not chosen")
    return str(OBSTACLES[candidate.obstacle])


@bp.get("/<uuid:proposal_id>")
@requires(Permission.PROPOSAL_READ)
def show(proposal_id: UUID) -> ResponseReturnValue:
    """Show a list as it was sealed, ready to be printed."""
    proposal = load_proposal(proposal_id)
    may = current_actor().may
    is_sealed = proposal.state is ProposalState.SEALED
    is_waiting = proposal.state is ProposalState.SUBMITTED
    return render_template(
        "proposals/show.html",
        proposal=proposal,
        lines=lines_of(proposal),
        is_unchanged=proposal.state is ProposalState.WITHDRAWN or is_unchanged(proposal),
        decision=find_decision_on(proposal_id),
        may_submit=is_sealed and may(Permission.PROPOSAL_SUBMIT),
        may_take_back=is_sealed and may(Permission.PROPOSAL_SEAL),
        may_decide=is_waiting and may(Permission.DECISION_MAKE),
    )


@bp.route("/<uuid:proposal_id>/submit", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_SUBMIT)
def submit(proposal_id: UUID) -> ResponseReturnValue:
    """Put a list before whom it is addressed to."""
    return _act_on(
        proposal_id,
        "proposals/submit.html",
        lambda: submit_list(proposal_id, by=current_actor()),
        gettext("The list has been submitted."),
    )


@bp.route("/<uuid:proposal_id>/take-back", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_SEAL)
def take_back(proposal_id: UUID) -> ResponseReturnValue:
    """Take a list back that has not been submitted."""
    reason = request.form.get("reason", "")
    return _act_on(
        proposal_id,
        "proposals/take_back.html",
        lambda: take_list_back(proposal_id, reason=reason, by=current_actor()),
        gettext("The list has been taken back; it stays here as it was."),
    )


def _act_on(
    proposal_id: UUID, template: str, act: Callable[[], Proposal], done: str
) -> ResponseReturnValue:
    """Ask whether to act on a list, or act, and say so."""
    refusal = None
    if request.method == "POST":
        refusal = refusal_of(act)
        if refusal is None:
            flash(done, "success")
            return redirect(url_for("proposals.show", proposal_id=proposal_id), 303)
    proposal = load_proposal(proposal_id)
    lines = [line for line in lines_of(proposal) if not line.is_struck]
    page = render_template(
        template,
        proposal=proposal,
        lines=lines,
        earned=sum(line.is_earned for line in lines),
        people=ngettext("%(num)s person", "%(num)s people", len(lines)),
        problems=problems_of(refusal, anchor="reason"),
        reason=request.form.get("reason", ""),
    )
    return page, status_of(refusal)
