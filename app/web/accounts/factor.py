"""The page that asks for the second factor: after the password, and before a weighty act."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.audit import Act
from app.persistence.queries.sessions import OpenSession
from app.persistence.unit_of_work import unit_of_work
from app.services.factors import accept_code
from app.services.passkeys import accept_signature, ask_to_sign
from app.services.sessions import count_wrong_code
from app.web.access import has_fresh_factor, password_given
from app.web.accounts.record import note
from app.web.accounts.room import bp
from app.web.accounts.site import current_site
from app.web.kept import carried_along, next_page, send_on
from app.web.proving import factor_seal, show_factor_page
from app.web.session import confirm_factor, current_session, end_session


@bp.route("/factor", methods=["GET", "POST"])
@password_given
def factor() -> ResponseReturnValue:
    """Ask for the second factor, and lead on to where the reader was going."""
    one, kept = current_session(), carried_along()
    if has_fresh_factor():
        return _lead_on()
    if not one.has_factor and kept is None:
        return redirect(url_for("accounts.factors", next=request.args.get("next")))
    if request.method == "GET" or not one.has_factor:
        return show_factor_page(kept)
    if _is_proved(one):
        return _lead_on()
    return _refuse(one)


def _is_proved(one: OpenSession) -> bool:
    code, answer = request.form.get("code", ""), request.form.get("passkey", "")
    account_id = one.account.id
    with unit_of_work():
        is_right = (
            accept_signature(account_id, one.id, answer, site=current_site())
            if answer
            else accept_code(account_id, code, factor_seal())
        )
        if is_right and one.factor_at is None:
            note(Act.ACCOUNT_SIGNED_IN, one.account)
    if is_right:
        confirm_factor()
    return is_right


def _lead_on() -> ResponseReturnValue:
    kept = carried_along()
    return send_on(kept) if kept else redirect(next_page())


def _refuse(one: OpenSession) -> ResponseReturnValue:
    with unit_of_work():
        note(Act.FACTOR_FAILED, one.account)
        is_last = count_wrong_code(one.id)
    if is_last:
        end_session()
        flash(gettext("Too many wrong codes. Sign in again with your password."), "warning")
        return redirect(url_for("accounts.sign_in"), 303)
    wrong = gettext("This is not right, or was used before. Wait for the next code and try again.")
    return show_factor_page(carried_along(), wrong), 422


@bp.post("/factor/passkey")
@password_given
def ask_passkey() -> ResponseReturnValue:
    """Tell the browser what its passkey has to sign."""
    one = current_session()
    with unit_of_work():
        options = ask_to_sign(one.account.id, one.id, current_site())
    return options, {"Content-Type": "application/json"}
