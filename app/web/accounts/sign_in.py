"""Signs people in and out, and lets them choose an agency and a language."""

from urllib.parse import urlsplit

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.persistence.queries.accounts import agencies_of
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import choose_language, find_account_by_password
from app.web.access import public, signed_in
from app.web.accounts.room import bp
from app.web.addressing import address_of, portal_address
from app.web.forms import Form
from app.web.language import LANGUAGES, keep_language
from app.web.session import begin_session, end_session, find_current_account


class SignInForm(Form):
    """A name and a password."""

    login = StringField(_("Sign-in name"), [InputRequired(), Length(max=100)])
    password = PasswordField(_("Password"), [InputRequired(), Length(max=128)])


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Let somebody in who knows the name and password of an account."""
    form = SignInForm()
    if form.was_submitted():
        account = find_account_by_password(form.login.data, form.password.data)
        if account is not None:
            session.clear()
            begin_session(account)
            return redirect(_next_page())
        wrong = gettext("The name or the password is wrong. Check both and try again.")
        form.password.errors = (wrong,)
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/sign_in.html", form=form), status


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session."""
    end_session()
    session.clear()
    flash(gettext("You have signed out."), "info")
    return redirect(url_for("home.index" if g.agency else "portal.index"))


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
    return redirect(_next_page())


def _next_page() -> str:
    """Return the page asked for, if it is one of ours; an address elsewhere is never followed."""
    asked = request.args.get("next", "")
    parts = urlsplit(asked)
    is_ours = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    if is_ours and not parts.scheme and not parts.netloc:
        return asked if asked.startswith(request.script_root) else request.script_root + asked
    return url_for("home.index") if g.agency else portal_address("/agencies")
