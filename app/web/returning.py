"""A form that is sent after its session has ended waits until whoever typed it has signed in.

It travels in hidden fields through the pages of signing in, for the same account alone, and is
then shown once more, ready to be sent. Only files are lost, and passwords: that is said.
"""

from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.web.forms import Form
from app.web.kept import Kept, keep_typed, page_asked_for, send_on
from app.web.session import find_current_session, whose_page_before, whose_pages


_BY_OURSELVES = frozenset({"same-origin", "none"})


class SignInForm(Form):
    """A name and a password."""

    login = StringField(_("Sign-in name"), [InputRequired(), Length(max=100)])
    password = PasswordField(_("Password"), [InputRequired(), Length(max=128)])


def lead_to_sign_in() -> ResponseReturnValue:
    """Ask a stranger to sign in; what somebody typed whose session has ended is kept."""
    if request.method == "POST" and whose_pages():
        return _ask_to_sign_in(keep_typed(waits=True))
    if "HX-Request" in request.headers:
        here = urlsplit(request.headers.get("HX-Current-URL", "")).path
        address = url_for("accounts.sign_in", next=here or None)
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(url_for("accounts.sign_in", next=page_asked_for()))


def _ask_to_sign_in(kept: Kept) -> ResponseReturnValue:
    form = SignInForm()
    # What was sent to another page may have fields of the same names.
    form.login.data = None
    page = render_template("accounts/sign_in.html", form=form, kept=kept)
    if "HX-Request" not in request.headers:
        return page, 401
    answer = make_response(page, 422)
    # The script swaps parts of a page: here it takes the whole of it.
    answer.headers.update({"HX-Retarget": "body", "HX-Reswap": "outerHTML"})
    return answer


def take_up_old_page() -> ResponseReturnValue | None:
    """Keep what was typed on a page that was open while its owner signed out.

    Its token is that of the session before: only a page of ours in this browser can know it.
    Whoever has signed in since as somebody else gets nothing of it.
    """
    owner = whose_page_before(request.form.get("csrf_token", ""))
    if not owner or request.headers.get("Sec-Fetch-Site", "same-origin") not in _BY_OURSELVES:
        return None
    kept = keep_typed(owner, waits=True)
    if find_current_session() is None:
        return _ask_to_sign_in(kept)
    return send_on(kept) if owner == whose_pages() else None
