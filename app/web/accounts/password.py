"""The page on which people change their own password."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from app.domain.audit import Act
from app.domain.passwords import LONGEST
from app.domain.refusals import RefusedError, Rule
from app.labels.refusals import advice_of, sentence_of
from app.persistence.queries.sessions import OpenSession
from app.services.accounts import change_password
from app.web.access import has_fresh_factor, signed_in
from app.web.accounts.record import note
from app.web.accounts.room import bp
from app.web.forms import Form
from app.web.refused import refusal_of
from app.web.session import current_session


class PasswordForm(Form):
    """The present password, and another one typed twice."""

    present = PasswordField(_("Present password"), [InputRequired(), Length(max=LONGEST)])
    password = PasswordField(_("New password"), [InputRequired()])
    repeated = PasswordField(
        _("The password again"),
        [InputRequired(), EqualTo("password", _("The two passwords differ. Type both again."))],
    )


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Let the reader choose another password, who knows the present one and has the factor."""
    one, form = current_session(), PasswordForm()
    if one.has_factor and not has_fresh_factor():
        return redirect(url_for("accounts.factor", next=request.path), 303)
    if form.was_submitted() and _is_changed(one, form):
        flash(gettext("Your password is changed. You are signed out everywhere else."), "success")
        return redirect(url_for("accounts.sessions"), 303)
    page = render_template("accounts/password.html", form=form, login=one.account.login)
    return page, 422 if request.method == "POST" else 200


def _is_changed(one: OpenSession, form: PasswordForm) -> bool:
    def change() -> None:
        change_password(
            one.account.id,
            form.present.data or "",
            form.password.data or "",
            session_id=one.id,
        )
        note(Act.PASSWORD_CHANGED, one.account)

    refusal = refusal_of(change)
    if refusal is not None:
        _tell(form, refusal)
    return refusal is None


def _tell(form: PasswordForm, refusal: RefusedError) -> None:
    field = form.present if refusal.rule is Rule.PASSWORD_WRONG else form.password
    field.errors = (f"{sentence_of(refusal)} {advice_of(refusal)}",)
