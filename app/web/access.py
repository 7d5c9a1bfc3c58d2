"""Marks each route with the permission that it takes, and says who is asking."""

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec, TypeAlias, TypeVar

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Actor, Permission
from app.persistence.clock import today
from app.persistence.queries.accounts import find_actor
from app.web.session import find_current_account


P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)

Access: TypeAlias = Permission | Literal["public", "signed-in"]

_declared: dict[object, Access] = {}


def find_current_actor() -> Actor | None:
    """Return who is asking and what they may do in this agency; None for a stranger."""
    if "actor" not in g:
        account = find_current_account() if g.agency is not None else None
        g.actor = find_actor(account, on=today()) if account else None
    actor: Actor | None = g.actor
    return actor


def current_actor() -> Actor:
    """Return who is asking, on a route that only members may open."""
    actor = find_current_actor()
    if actor is None:
        abort(404)
    return actor


def requires(
    permission: Permission,
) -> Callable[[Callable[P, R]], Callable[P, ResponseReturnValue]]:
    """Let in whoever holds ``permission`` in this agency.

    Who has not signed in is sent to do so; who has no role here gets the same 404 as for a page
    that does not exist; who has another role gets 403, and is told so.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if g.agency is None:
                abort(404)
            if find_current_account() is None:
                return redirect(url_for("accounts.sign_in", next=_here()))
            if not current_actor().may(permission):
                abort(403)
            return view(*args, **kwargs)

        _declared[guarded] = permission
        return guarded

    return decorate


def signed_in(view: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
    """Let in anyone who has signed in, whatever their role."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if find_current_account() is None:
            return redirect(url_for("accounts.sign_in", next=_here()))
        return view(*args, **kwargs)

    _declared[guarded] = "signed-in"
    return guarded


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a route that anyone may open, signed in or not."""
    _declared[view] = "public"
    return view


def access_of(view: object) -> Access | None:
    """Return what was declared of ``view``."""
    return _declared.get(view)


def _here() -> str:
    # Only a page that can be opened again: a form that was sent is not.
    return request.full_path.rstrip("?") if request.method == "GET" else ""
