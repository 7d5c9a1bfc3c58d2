"""Signs people in and out, and lets them choose an agency and a language."""

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.audit import Act
from app.persistence.models import Account
from app.persistence.queries.accounts import agencies_of
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import choose_language
from app.web.access import public, signed_in
from app.web.accounts.record import note
from app.web.accounts.room import bp
from app.web.accounts.trying import try_password
from app.web.addressing import address_of
from app.web.kept import carried_along, next_page, send_on
from app.web.known import remember_browser
from app.web.language import LANGUAGES, keep_language
from app.web.limits import told_to_wait
from app.web.proving import show_factor_page
from app.web.returning import SignInForm
from app.web.session import (
    begin_session,
    end_session,
    find_current_account,
    find_current_session,
)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Let somebody in who knows the name and password of an account."""
    form, tried = SignInForm(), None
    if form.was_submitted():
        tried = try_password(form.login.data, form.password.data)
        if tried.account is not None:
            begin_session(tried.account)
            return remember_browser(make_response(_lead_on()), tried.account.login)
        form.password.errors = (tried.problem,)
    page = render_template("accounts/sign_in.html", form=form, kept=carried_along())
    if tried is not None and tried.seconds:
        return told_to_wait(page, tried.status, tried.seconds)
    return page, 422 if request.method == "POST" else 200


def _lead_on() -> ResponseReturnValue:
    """Go where somebody was going, by way of the second factor if there is one to give."""
    one, kept = find_current_session(), carried_along()
    if one is not None and not one.waits_for_factor:
        _note_arrival(one.account)
        return send_on(kept) if kept else redirect(next_page())
    if kept is not None:
        return show_factor_page(kept)
    page = "accounts.factor" if one and one.has_factor else "accounts.factors"
    return redirect(url_for(page, next=request.args.get("next")))


def _note_arrival(account: Account) -> None:
    with unit_of_work():
        note(Act.ACCOUNT_SIGNED_IN, account)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session, and let the browser forget what it has seen."""
    account = find_current_account()
    if account is not None:
        with unit_of_work():
            note(Act.ACCOUNT_SIGNED_OUT, account)
    end_session()
    flash(gettext("You have signed out."), "info")
    answer = redirect(url_for("home.index" if g.agency else "portal.index"))
    # Not the cookies: the one that is left holds a language and the message above.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.get("/agencies")
@signed_in
def agencies() -> ResponseReturnValue:
    """List the agencies that the account has a role in."""
    places: dict[tuple[str, str], list[object]] = {}
    account = find_current_account()
    for one in agencies_of(account.id) if account else ():
        places.setdefault((one.slug, one.name), []).append(one.role)
    return render_template(
        "accounts/agencies.html",
        places=[
            {"name": name, "url": address_of(slug), "roles": roles}
            for (slug, name), roles in places.items()
        ],
    )


@bp.get("/language/<code>")
@public
def language(code: str) -> ResponseReturnValue:
    """Keep the reader's language: in the account of whoever is signed in, else in the session."""
    if code in LANGUAGES:
        keep_language(code)
        account = find_current_account()
        if account is not None:
            with unit_of_work():
                choose_language(account.id, code)
    return redirect(next_page())
