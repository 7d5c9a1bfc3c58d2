"""Who works in the agency: accounts, the roles they hold, and from when to when."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.members import HeldRole, earliest_last_day, is_judge_in_two_places
from app.domain.permissions import Permission
from app.domain.refusals import MissingError, RefusedError
from app.labels import words
from app.persistence.clock import today
from app.persistence.models import Person
from app.persistence.queries.members import (
    Member,
    load_account_of_member,
    load_member,
    load_membership_to_change,
    members_of_agency,
    people_named,
    roles_by_human,
)
from app.persistence.queries.people import load_person
from app.persistence.unit_of_work import unit_of_work
from app.services.members import (
    end_role,
    give_role,
    invite_member,
    make_account,
    may_be_invited,
    take_in,
)
from app.web.access import current_actor, requires
from app.web.members.forms import AccountForm, EndForm, KnownAccountForm, RoleForm
from app.web.refused import problems_of, refusal_of, status_of


bp = Blueprint("members", __name__, url_prefix="/members")


@bp.get("/")
@requires(Permission.MEMBER_MANAGE)
def index() -> ResponseReturnValue:
    """List everybody with a role here, today's before those of the past."""
    day = today()
    members = members_of_agency()
    here = [one for one in members if not _has_left(one.roles)]
    return render_template(
        "members/index.html",
        here=here,
        left=[one for one in members if _has_left(one.roles)],
        day_now=day,
        warned=_warned(here),
    )


def _has_left(roles: Sequence[HeldRole]) -> bool:
    return all(one.has_ended_before(today()) for one in roles)


def _warned(members: Sequence[Member]) -> frozenset[UUID]:
    held = roles_by_human([one.identity_id for one in members], on=today())
    return frozenset(human for human, roles in held.items() if is_judge_in_two_places(roles))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MEMBER_MANAGE)
def new() -> ResponseReturnValue:
    """Make an account, for somebody on the roster or somebody who is not, with a first role."""
    person = _chosen_person()
    form = AccountForm(data={"since": today(), "name": person.name if person else None})
    form.offer_choices()
    refusal = None
    if form.was_submitted():
        made: list[UUID] = []
        refusal = refusal_of(lambda: made.append(_make_member(form)))
        if refusal is None:
            return _welcome(made[0], gettext("The account has been made."))
        person = _chosen_person()
    return _new_page("members/new.html", form, person, refusal)


def _make_member(form: AccountForm) -> UUID:
    account = make_account(
        form.login.data, form.name.data, person=_chosen_person(), by=current_actor()
    )
    give_role(account, form.wanted(), by=current_actor())
    return account.id


@bp.route("/existing", methods=["GET", "POST"])
@requires(Permission.MEMBER_MANAGE)
def existing() -> ResponseReturnValue:
    """Give a role to somebody who has an account already, found by its exact name."""
    person = _chosen_person()
    form = KnownAccountForm(data={"since": today()})
    form.offer_choices()
    refusal = None
    if form.was_submitted():
        taken_in: list[UUID] = []
        refusal = refusal_of(lambda: taken_in.append(_take_in(form)))
        if refusal is None:
            return _welcome(taken_in[0], gettext("The role has been given."))
        person = _chosen_person()
    return _new_page("members/existing.html", form, person, refusal)


def _take_in(form: KnownAccountForm) -> UUID:
    login = form.login.data or ""
    return take_in(login, form.wanted(), person=_chosen_person(), by=current_actor()).id


def _chosen_person() -> Person | None:
    asked = request.args.get("person")
    if not asked:
        return None
    try:
        return load_person(UUID(asked))
    except ValueError:
        raise MissingError(asked) from None


def _new_page(
    template: str, form: RoleForm, person: Person | None, refusal: RefusedError | None
) -> ResponseReturnValue:
    asked = request.args.get("q", "")
    page = render_template(
        template,
        form=form,
        person=person,
        asked=asked,
        found=people_named(asked) if asked and person is None else [],
        problems=problems_of(refusal, anchor="login"),
    )
    return page, 422 if form.errors else status_of(refusal)


def _welcome(account_id: UUID, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("members.show", account_id=account_id), 303)


@bp.get("/<uuid:account_id>")
@requires(Permission.MEMBER_MANAGE)
def show(account_id: UUID) -> ResponseReturnValue:
    """Show an account with its roles here, past ones included."""
    return _member_page(load_member(account_id), _role_form(), None)


def _role_form() -> RoleForm:
    form = RoleForm(data={"since": today()})
    form.offer_choices()
    return form


def _member_page(
    member: Member, form: RoleForm, refusal: RefusedError | None
) -> ResponseReturnValue:
    page = render_template(
        "members/show.html",
        member=member,
        form=form,
        day_now=today(),
        is_warned=bool(_warned([member])),
        may_be_invited=may_be_invited(
            load_account_of_member(member.account_id), by=current_actor()
        ),
        problems=problems_of(refusal, anchor="role"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.post("/<uuid:account_id>")
@requires(Permission.MEMBER_MANAGE)
def give(account_id: UUID) -> ResponseReturnValue:
    """Give one more role to somebody who has one here."""
    load_member(account_id)
    form = _role_form()
    refusal = None
    if form.was_submitted():
        refusal = refusal_of(
            lambda: give_role(load_account_of_member(account_id), form.wanted(), by=current_actor())
        )
        if refusal is None:
            return _welcome(account_id, gettext("The role has been given."))
    return _member_page(load_member(account_id), form, refusal)


@bp.post("/<uuid:account_id>/invite")
@requires(Permission.MEMBER_MANAGE)
def invite(account_id: UUID) -> ResponseReturnValue:
    """Make a link with which the owner chooses a password; it is shown on this page alone."""
    with unit_of_work():
        token = invite_member(load_account_of_member(account_id), by=current_actor())
    return render_template(
        "members/invited.html",
        member=load_member(account_id),
        link=url_for("accounts.invitation", token=token, _external=True),
    )


@bp.route("/<uuid:account_id>/roles/<uuid:membership_id>/end", methods=["GET", "POST"])
@requires(Permission.MEMBER_MANAGE)
def end(account_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """Ask for the last day of a role, then end it."""
    member = load_member(account_id)
    held = next((one for one in member.roles if one.membership_id == membership_id), None)
    if held is None:
        raise MissingError(membership_id)
    form = EndForm.starting(earliest_last_day(today()))
    refusal = None
    if form.was_submitted():
        refusal = refusal_of(lambda: _end(account_id, membership_id, form))
        if refusal is None:
            return _welcome(account_id, gettext("The role ends."))
    page = render_template(
        "members/end.html",
        member=member,
        role=str(words.ROLES[held.role]),
        held=held,
        form=form,
        problems=problems_of(refusal, anchor="last_day"),
    )
    return page, 422 if form.errors else status_of(refusal)


def _end(account_id: UUID, membership_id: UUID, form: EndForm) -> None:
    membership = load_membership_to_change(membership_id, account_id)
    end_role(membership, load_account_of_member(account_id), form.last_day.data, by=current_actor())
