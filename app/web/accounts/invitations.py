"""The page that a link of invitation opens: somebody chooses the first password."""

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from app.domain.refusals import MissingError, RefusedError
from app.labels.refusals import advice_of, sentence_of
from app.persistence.unit_of_work import unit_of_work
from app.services.invitations import accept_invitation, find_invited
from app.web.access import public
from app.web.accounts.room import bp
from app.web.forms import Form


class PasswordForm(Form):
    """A password, typed twice."""

    password = PasswordField(_("New password"), [InputRequired()])
    repeated = PasswordField(
        _("The password again"),
        [InputRequired(), EqualTo("password", _("The two passwords differ. Type both again."))],
    )


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> ResponseReturnValue:
    """Let whoever holds the link choose a password, once."""
    account = find_invited(token)
    if account is None:
        return render_template("accounts/invitation_over.html"), 404
    form, login = PasswordForm(), account.login
    if not form.was_submitted() or not _is_set(token, form):
        status = 422 if request.method == "POST" else 200
        return render_template("accounts/invitation.html", form=form, login=login), status
    session.clear()
    flash(gettext("Your password is set. Sign in as %(login)s.", login=login), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _is_set(token: str, form: PasswordForm) -> bool:
    try:
        with unit_of_work():
            accept_invitation(token, form.password.data or "")
    except MissingError:
        abort(404)
    except RefusedError as refusal:
        form.password.errors = (f"{sentence_of(refusal)} {advice_of(refusal)}",)
        return False
    return True
