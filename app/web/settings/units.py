"""The units of an agency: a list, and the pages on which they are renamed and retired."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.labels import words
from app.persistence.queries.units import load_unit, load_unit_to_change, units_with_people
from app.persistence.unit_of_work import unit_of_work
from app.services.units import add_unit, change_unit, reopen_unit, retire_unit
from app.web.access import current_actor, requires
from app.web.forms import Form
from app.web.refused import problems_of, refusal_of, status_of
from app.web.settings.setting_form import tidy
from tenants.schema import UnitKind


class UnitForm(Form):
    """A unit's name and kind."""

    name = StringField(_("Name of the unit"), [DataRequired(), Length(max=200)], filters=[tidy])
    kind = SelectField(_("Kind of unit"))

    def offer_choices(self) -> None:
        """Fill the menu."""
        self.kind.choices = [
            SelectChoice(one.value, str(words.UNIT_KINDS[one])) for one in UnitKind
        ]


def _form(**values: object) -> UnitForm:
    form = UnitForm(data=values)
    form.offer_choices()
    return form


@requires(Permission.SETTINGS_READ)
def units() -> ResponseReturnValue:
    """List the units with how many people belong to each."""
    return _units_page(_form(), None)


def _units_page(form: UnitForm, refusal: RefusedError | None) -> ResponseReturnValue:
    page = render_template(
        "settings/units.html",
        units=units_with_people(),
        kinds={one.value: str(label) for one, label in words.UNIT_KINDS.items()},
        form=form,
        problems=problems_of(refusal, anchor="name"),
        may_edit=current_actor().may(Permission.SETTINGS_EDIT),
        reads_names=current_actor().may(Permission.ROSTER_READ),
    )
    return page, 422 if form.errors else status_of(refusal)


@requires(Permission.SETTINGS_EDIT)
def add() -> ResponseReturnValue:
    """Add a unit."""
    form = _form()
    if not form.was_submitted():
        return _units_page(form, None)
    refusal = refusal_of(
        lambda: add_unit(form.name.data, UnitKind(form.kind.data), by=current_actor())
    )
    if refusal is not None:
        return _units_page(form, refusal)
    flash(gettext("The unit %(name)s has been added.", name=form.name.data), "success")
    return redirect(url_for("settings.units"), 303)


@requires(Permission.SETTINGS_EDIT)
def edit(unit_id: UUID) -> ResponseReturnValue:
    """Give a unit another name or kind."""
    unit = load_unit(unit_id)
    form = _form(name=unit.name, kind=unit.kind)
    refusal = None
    if form.was_submitted():
        kind = UnitKind(form.kind.data)
        refusal = refusal_of(
            lambda: change_unit(
                load_unit_to_change(unit_id), form.name.data, kind, by=current_actor()
            )
        )
        if refusal is None:
            flash(gettext("Saved. It holds from now on."), "success")
            return redirect(url_for("settings.units"), 303)
    page = render_template(
        "settings/unit.html",
        form=form,
        unit=load_unit(unit_id),
        problems=problems_of(refusal, anchor="name"),
    )
    return page, 422 if form.errors else status_of(refusal)


@requires(Permission.SETTINGS_EDIT)
def retire(unit_id: UUID) -> ResponseReturnValue:
    """Ask, then take a unit out of use."""
    refusal = None
    if request.method == "POST":
        refusal = refusal_of(lambda: retire_unit(load_unit_to_change(unit_id), by=current_actor()))
        if refusal is None:
            flash(gettext("The unit is no longer in use."), "success")
            return redirect(url_for("settings.units"), 303)
    page = render_template(
        "settings/retire_unit.html",
        unit=load_unit(unit_id),
        problems=problems_of(refusal, anchor=None),
    )
    return page, status_of(refusal)


@requires(Permission.SETTINGS_EDIT)
def reopen(unit_id: UUID) -> ResponseReturnValue:
    """Take a retired unit into use again."""
    with unit_of_work():
        reopen_unit(load_unit_to_change(unit_id), by=current_actor())
    flash(gettext("The unit is in use again."), "success")
    return redirect(url_for("settings.units"), 303)
