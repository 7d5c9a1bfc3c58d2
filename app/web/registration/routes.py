"""People register themselves at the address of their agency."""

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp, ValidationError

from app.domain.refusals import RefusedError, Rule
from app.domain.vietnamese import clean
from app.persistence.clock import today
from app.persistence.queries.accounts import find_account
from app.persistence.queries.cycles import newest_year
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.rules import criteria_reference, groups_in_effect, load_criteria
from app.persistence.unit_of_work import unit_of_work
from app.services.registration import (
    Credentials,
    Newcomer,
    register_account,
    register_newcomer,
)
from app.services.self_assessments import require_registration_open
from app.web.access import find_current_actor, public
from app.web.forms import Form
from app.web.language import current_language, keep_language, text_in
from app.web.refused import problems_of, status_of
from app.web.session import begin_session, find_current_account


bp = Blueprint("registration", __name__, url_prefix="/registration")

_OLDEST = 120
_YOUNGEST = 6


class NewcomerForm(Form):
    """Who somebody is, and their word that their data may be kept."""

    name = StringField(_("Full name"), [InputRequired(), Length(max=100)])
    birth_year = IntegerField(_("Year of birth"), [InputRequired()])
    unit = SelectField(_("Unit, village or residential group"), [InputRequired()])
    group = SelectField(_("Group"), [InputRequired()], coerce=int)
    consent = BooleanField(_("I have read this, and agree that my data are kept and used so."))

    def validate_name(self, field: StringField) -> None:
        """Ask for a family name and a given name."""
        if len(clean(field.data or "").split()) < 2:  # noqa: PLR2004  (family and given name)
            raise ValidationError(gettext("Enter the family name and the given name."))

    def validate_birth_year(self, field: IntegerField) -> None:
        """Refuse a year in which nobody who takes part can be born."""
        newest = today().year
        NumberRange(
            newest - _OLDEST,
            newest - _YOUNGEST,
            gettext("Enter the year of birth with four digits."),
        )(self, field)


class StrangerForm(NewcomerForm):
    """The same, with what somebody who has no account will sign in with."""

    login = StringField(
        _("Sign-in name"),
        [
            InputRequired(),
            Length(min=3, max=100),
            Regexp(
                r"^\s*[A-Za-z0-9._@+-]+\s*$",
                message=_("Letters without accents, digits and . _ - @ only."),
            ),
        ],
    )
    password = PasswordField(_("Password"), [InputRequired()])


@bp.route("/", methods=["GET", "POST"])
@public
def index() -> ResponseReturnValue:
    """Take somebody onto the roster who registers while registration is open."""
    if g.agency is None:
        abort(404)
    actor = find_current_actor()
    if actor is not None and actor.person_id is not None:
        return redirect(url_for("own.index"))
    year = newest_year()
    closed = _why_closed(year)
    if closed is not None or year is None:
        page = render_template(
            "registration/closed.html", problems=problems_of(closed, anchor=None)
        )
        return page, 200 if request.method == "GET" else 409
    form = _form(year)
    refusal = _try_to_register(form, year) if form.was_submitted() else None
    if request.method == "POST" and refusal is None and not form.errors:
        flash(gettext("You are registered. Now score yourself."), "success")
        return redirect(url_for("own.index"), 303)
    page = render_template(
        "registration/index.html",
        form=form,
        year=year,
        account=find_current_account(),
        problems=problems_of(refusal, anchor=_field_of(refusal)),
    )
    return page, 422 if form.errors else status_of(refusal)


def _why_closed(year: int | None) -> RefusedError | None:
    if year is None:
        return RefusedError(Rule.CYCLE_NOT_OPEN, year=today().year)
    try:
        require_registration_open(year, is_on_behalf=False)
    except RefusedError as refusal:
        return refusal
    return None


def _form(year: int) -> NewcomerForm:
    form = NewcomerForm() if find_current_account() else StrangerForm()
    form.unit.choices = [("", gettext("Choose…"))] + [
        (str(unit.id), unit.name) for unit in units_in_use()
    ]
    form.group.choices = [(number, _group_name(number, year)) for number in groups_in_effect(year)]
    return form


def _group_name(number: int, year: int) -> str:
    group = load_criteria(criteria_reference(number, year)).group(number)
    return f"{number}. {text_in(group.name)}"


def _try_to_register(form: NewcomerForm, year: int) -> RefusedError | None:
    newcomer = Newcomer(
        name=form.name.data or "",
        birth_year=form.birth_year.data or 0,
        unit_id=UUID(form.unit.data),
        group_number=form.group.data,
    )
    try:
        _register(form, newcomer, year)
    except RefusedError as refusal:
        return refusal
    return None


def _register(form: NewcomerForm, newcomer: Newcomer, year: int) -> None:
    account = find_current_account()
    has_consented = bool(form.consent.data)
    if account is not None:
        with unit_of_work():
            register_account(newcomer, account.id, year=year, has_consented=has_consented)
    elif isinstance(form, StrangerForm):
        credentials = Credentials(login=form.login.data or "", password=form.password.data or "")
        with unit_of_work():
            account_id = register_newcomer(
                newcomer, credentials, year=year, has_consented=has_consented
            )
        _sign_in(account_id)


def _sign_in(account_id: UUID) -> None:
    account = find_account(account_id)
    if account is not None:
        language = current_language()
        session.clear()
        begin_session(account)
        keep_language(language)


_FIELDS = {
    Rule.ACCOUNT_NAME_TAKEN: "login",
    Rule.PASSWORD_COMMON: "password",
    Rule.PASSWORD_GUESSABLE: "password",
    Rule.PASSWORD_TOO_LONG: "password",
    Rule.PASSWORD_TOO_SHORT: "password",
    Rule.CONSENT_NEEDED: "consent",
    Rule.UNKNOWN_GROUP: "group",
}


def _field_of(refusal: RefusedError | None) -> str | None:
    return _FIELDS.get(refusal.rule) if refusal else None
