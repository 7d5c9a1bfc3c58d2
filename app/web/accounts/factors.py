"""The reader's own second factors: an app, passkeys, printed codes."""

from collections.abc import Sequence
from uuid import UUID

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.audit import Act
from app.domain.factors import needs_factor
from app.domain.refusals import RefusedError
from app.domain.sessions import Ending
from app.persistence.queries.factors import (
    count_recovery_codes,
    find_totp,
    passkeys_of,
)
from app.persistence.queries.sessions import OpenSession
from app.persistence.unit_of_work import unit_of_work
from app.services.factors import (
    address_for_app,
    begin_totp,
    confirm_totp,
    make_recovery_codes,
    pending_secret,
    remove_passkey,
    remove_totp,
)
from app.services.passkeys import ask_to_register, register
from app.services.sessions import end_all
from app.web.access import password_given, password_given_lately
from app.web.accounts.record import note
from app.web.accounts.room import bp
from app.web.accounts.site import current_site
from app.web.kept import next_page
from app.web.proving import factor_seal, shown_code
from app.web.refused import problems_of, refusal_of, status_of
from app.web.session import confirm_factor, current_session


@bp.get("/account/factors")
@password_given
def factors() -> ResponseReturnValue:
    """Show what the reader proves themselves with beside the password."""
    return _factors_page(None)


def _factors_page(refusal: RefusedError | None) -> ResponseReturnValue:
    one = current_session()
    account_id = one.account.id
    page = render_template(
        "accounts/factors.html",
        totp=find_totp(account_id),
        passkeys=passkeys_of(account_id),
        codes_left=count_recovery_codes(account_id),
        is_needed=one.needs_factor,
        is_by_role=needs_factor(one.roles),
        is_waiting=one.waits_for_factor,
        has_factor=one.has_factor,
        problems=problems_of(refusal, anchor=None),
    )
    return page, status_of(refusal)


@bp.post("/account/factors/app/new")
@password_given_lately
def new_app() -> ResponseReturnValue:
    """Draw a secret for a code app."""
    with unit_of_work():
        begin_totp(current_session().account.id, factor_seal())
    return redirect(url_for("accounts.confirm_app"), 303)


@bp.route("/account/factors/app", methods=["GET", "POST"])
@password_given_lately
def confirm_app() -> ResponseReturnValue:
    """Show the secret to the app, and take the first code of it."""
    one = current_session()
    secret = pending_secret(one.account.id, factor_seal())
    if secret is None:
        return redirect(url_for("accounts.factors"))
    is_wrong = False
    if request.method == "POST":
        if _is_confirmed(one):
            return _after_adding(one)
        is_wrong = True
    page = render_template(
        "accounts/app.html",
        picture=_picture(address_for_app(secret, one.account.login)),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        is_wrong=is_wrong,
        shown_code=shown_code(),
    )
    return page, 422 if is_wrong else 200


def _picture(address: str) -> str:
    code = segno.make(address, error="m", micro=False)
    return code.svg_data_uri(scale=5, border=4, light="#fff", omitsize=False)


def _is_confirmed(one: OpenSession) -> bool:
    with unit_of_work():
        is_right = confirm_totp(one.account.id, request.form.get("code", ""), factor_seal())
        if is_right:
            _note_change(one, Act.FACTOR_ADDED, kind="totp")
    return is_right


def _note_change(one: OpenSession, act: Act, **facts: str) -> None:
    end_all(one.account.id, Ending.FACTOR_CHANGED, except_id=one.id)
    note(act, one.account, **facts)


def _after_adding(one: OpenSession) -> ResponseReturnValue:
    """Let the reader in whom the first factor was missing, with codes to be printed."""
    was_waiting, account_id = one.factor_at is None, one.account.id
    confirm_factor()
    flash(gettext("The second factor has been set up."), "success")
    if count_recovery_codes(account_id):
        return redirect(url_for("accounts.factors"), 303)
    if was_waiting:
        with unit_of_work():
            note(Act.ACCOUNT_SIGNED_IN, current_session().account)
    return _codes_page()


def _codes_page() -> str:
    one = current_session()
    with unit_of_work():
        codes: Sequence[str] = make_recovery_codes(one.account.id)
        note(Act.RECOVERY_CODES_MADE, one.account)
    return render_template(
        "accounts/codes.html", codes=codes, login=one.account.login, onward=next_page()
    )


@bp.post("/account/factors/codes")
@password_given_lately
def new_codes() -> ResponseReturnValue:
    """Make new printed codes, shown on this page alone; the old ones stop working."""
    if not current_session().has_factor:
        return redirect(url_for("accounts.factors"), 303)
    return _codes_page()


@bp.post("/account/factors/app/remove")
@password_given_lately
def remove_app() -> ResponseReturnValue:
    """Take the code app away."""
    one = current_session()

    def remove() -> None:
        remove_totp(one.account.id)
        _note_change(one, Act.FACTOR_REMOVED, kind="totp")

    return _after_removing(refusal_of(remove))


@bp.post("/account/factors/passkeys/<uuid:passkey_id>/remove")
@password_given_lately
def remove_key(passkey_id: UUID) -> ResponseReturnValue:
    """Take a passkey away."""
    one = current_session()

    def remove() -> None:
        name = remove_passkey(one.account.id, passkey_id)
        _note_change(one, Act.FACTOR_REMOVED, kind="passkey", name=name)

    return _after_removing(refusal_of(remove))


def _after_removing(refusal: RefusedError | None) -> ResponseReturnValue:
    if refusal is not None:
        return _factors_page(refusal)
    flash(gettext("The second factor has been removed."), "success")
    return redirect(url_for("accounts.factors"), 303)


@bp.post("/account/factors/passkeys/ask")
@password_given_lately
def ask_new_key() -> ResponseReturnValue:
    """Tell the browser what it needs to make a passkey."""
    one = current_session()
    with unit_of_work():
        options = ask_to_register(one.account, one.id, current_site())
    return options, {"Content-Type": "application/json"}


@bp.post("/account/factors/passkeys")
@password_given_lately
def add_key() -> ResponseReturnValue:
    """Keep the passkey that the browser has made."""
    one = current_session()
    answer, name = request.form.get("passkey", ""), request.form.get("name", "")

    def add() -> None:
        key = register(
            one.account.id,
            one.id,
            answer,
            name=name or gettext("Passkey"),
            site=current_site(),
        )
        _note_change(one, Act.FACTOR_ADDED, kind="passkey", name=key.name)

    refusal = refusal_of(add)
    return _factors_page(refusal) if refusal else _after_adding(one)
