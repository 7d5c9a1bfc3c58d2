"""Marks each route with the permission that it takes, and says who is asking."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Literal, ParamSpec, TypeAlias, TypeVar

from flask import abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.factors import is_fresh
from app.domain.permissions import Actor, Permission
from app.persistence.clock import today, transaction_time
from app.persistence.queries.accounts import find_actor
from app.web.kept import keep_typed, page_asked_for
from app.web.proving import show_factor_page
from app.web.returning import lead_to_sign_in
from app.web.session import find_current_account, find_current_session


P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)

Access: TypeAlias = Permission | Literal["public", "password-given", "signed-in"]

_declared: dict[object, Access] = {}
_with_fresh_factor: set[object] = set()


def find_current_actor() -> Actor | None:
    """Return who is asking and what they may do in this agency; None for a stranger."""
    if "actor" not in g:
        g.actor = _find_actor() if g.agency is not None else None
    actor: Actor | None = g.actor
    return actor


def _find_actor() -> Actor | None:
    account, one = find_current_account(), find_current_session()
    actor = find_actor(account, on=today()) if account else None
    return replace(actor, session_id=one.id) if actor and one else None


def current_actor() -> Actor:
    """Return who is asking, on a route that only members may open."""
    actor = find_current_actor()
    if actor is None:
        abort(404)
    return actor


def requires(
    permission: Permission, *, fresh_factor: bool = False
) -> Callable[[Callable[P, R]], Callable[P, ResponseReturnValue]]:
    """Let in whoever holds ``permission`` in this agency.

    Who has not signed in is sent to do so; who has no role here gets the same 404 as for a page
    that does not exist; who has another role gets 403, and is told so. With ``fresh_factor`` the
    second factor must have been given in the last minutes; looking at a form takes none, sending
    it does, and what was typed waits until it is given.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if g.agency is None:
                abort(404)
            if find_current_account() is None:
                return _lead_in()
            if not current_actor().may(permission):
                abort(403)
            if fresh_factor and _is_the_act() and not has_fresh_factor():
                return _ask_for_factor()
            return view(*args, **kwargs)

        _declared[guarded] = permission
        if fresh_factor:
            _with_fresh_factor.add(guarded)
        return guarded

    return decorate


def signed_in(view: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
    """Let in anyone who has signed in, whatever their role."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if find_current_account() is None:
            return _lead_in()
        return view(*args, **kwargs)

    _declared[guarded] = "signed-in"
    return guarded


def password_given(view: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
    """Let in anyone who has typed their password, even before the second factor is given."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if find_current_session() is None:
            return _lead_in()
        return view(*args, **kwargs)

    _declared[guarded] = "password-given"
    return guarded


def password_given_lately(view: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
    """Let in anyone who has just proved who they are: with the factor, where they have one."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        one = find_current_session()
        if one is None:
            return _lead_in()
        if one.has_factor and not has_fresh_factor():
            return _ask_for_factor()
        if not one.has_factor and not is_fresh(one.created_at, transaction_time()):
            flash(gettext("Type your password once more before you change this."), "info")
            return redirect(url_for("accounts.sign_in", next=url_for("accounts.factors")), 303)
        return view(*args, **kwargs)

    _declared[guarded] = "password-given"
    return guarded


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a route that anyone may open, signed in or not."""
    _declared[view] = "public"
    return view


def access_of(view: object) -> Access | None:
    """Return what was declared of ``view``."""
    return _declared.get(view)


def takes_fresh_factor(view: object) -> bool:
    """Tell whether ``view`` wants the second factor to have been given lately."""
    return view in _with_fresh_factor


def has_fresh_factor() -> bool:
    """Tell whether the reader gave the second factor in the last minutes."""
    one = find_current_session()
    return one is not None and one.has_fresh_factor(transaction_time())


def _is_the_act() -> bool:
    # Where a form is shown and sent at one address, the sending is what counts.
    methods = request.url_rule.methods if request.url_rule else None
    return request.method == "POST" or "POST" not in (methods or ())


def _lead_in() -> ResponseReturnValue:
    one = find_current_session()
    if one is None:
        return lead_to_sign_in()
    # The password was right; what is missing is the second factor, given or set up.
    page = "accounts.factor" if one.has_factor else "accounts.factors"
    return redirect(url_for(page, next=page_asked_for()))


def _ask_for_factor() -> ResponseReturnValue:
    if request.method == "POST":
        return show_factor_page(keep_typed()), 403
    return redirect(url_for("accounts.factor", next=page_asked_for()))
