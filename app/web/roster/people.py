"""Adds people to the roster, corrects them, lists them for a year and takes them off."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.domain.streaks import streak_ending
from app.persistence.models import Person
from app.persistence.queries.cycles import find_cycle
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.dossiers import dossiers_of, find_dossier_of, recognised_years_of
from app.persistence.queries.people import has_begun, load_person
from app.persistence.unit_of_work import unit_of_work
from app.services.roster import add_person, change_person, list_for_year, remove_from_year
from app.web.access import current_actor, requires
from app.web.refused import problems_of, refusal_of, sent_version, status_of
from app.web.roster.forms import KnownPersonForm, NewPersonForm
from app.web.roster.numbers import refusal_to_look_up
from app.web.roster.room import bp, group_names, number_seal
from app.web.years import chosen_year


@bp.route("/add", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def add() -> ResponseReturnValue:
    """Put somebody on the roster."""
    year = chosen_year()
    form = NewPersonForm(year=year, units=units_in_use(), groups=group_names(year))
    refusal = None
    if form.was_submitted():
        refusal = _try_to_add(form, year)
        if refusal is None:
            name = form.details.tidy_name
            flash(
                gettext("%(name)s is on the roster of %(year)s.", name=name, year=year), "success"
            )
            goes_on = request.form.get("then") == "add"
            return redirect(url_for("roster.add" if goes_on else "roster.index", year=year), 303)
    page = render_template(
        "roster/add.html",
        form=form,
        year=year,
        cycle=find_cycle(year),
        problems=problems_of(refusal, anchor="name"),
        alike=_alike(refusal),
        is_certain=bool(refusal and refusal.facts.get("is_certain")),
    )
    return page, 422 if form.errors else status_of(refusal)


def _try_to_add(form: NewPersonForm, year: int) -> RefusedError | None:
    return refusal_to_look_up(form.details.cccd) or refusal_of(
        lambda: add_person(
            form.details,
            year=year,
            is_another=bool(form.is_another.data),
            seal=number_seal(),
            by=current_actor(),
        )
    )


def _alike(refusal: RefusedError | None) -> Person | None:
    """Return whom the roster already has in the place of the one who was typed."""
    person_id = refusal.facts.get("person_id") if refusal else None
    return load_person(person_id) if isinstance(person_id, UUID) else None


@bp.route("/people/<uuid:person_id>", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def person(person_id: UUID) -> ResponseReturnValue:
    """Show an entry of the roster, and correct it."""
    year, known = chosen_year(), load_person(person_id)
    form = _form_of(known, year)
    refusal = None
    if form.was_submitted():
        refusal = _try_to_change(person_id, form)
        if refusal is None:
            flash(gettext("The changes have been saved."), "success")
            return redirect(url_for("roster.person", person_id=person_id, year=year), 303)
        known = load_person(person_id)
    return _show(known, form, year, refusal)


def _form_of(known: Person, year: int) -> KnownPersonForm:
    units = list(units_in_use())
    if all(unit.id != known.unit_id for unit in units):
        units += [one.unit for one in dossiers_of(known.id) if one.unit_id == known.unit_id][:1]
    groups = group_names(year)
    groups.setdefault(known.group_number, gettext("no longer in use"))
    return KnownPersonForm(year=year, units=units, groups=groups, person=known)


def _try_to_change(person_id: UUID, form: KnownPersonForm) -> RefusedError | None:
    return refusal_to_look_up(form.details.cccd) or refusal_of(
        lambda: change_person(
            person_id,
            form.details,
            version=sent_version(),
            is_active=bool(form.is_active.data),
            forgets_number=bool(form.forgets_number.data),
            seal=number_seal(),
            by=current_actor(),
        )
    )


def _show(
    known: Person, form: KnownPersonForm, year: int, refusal: RefusedError | None
) -> ResponseReturnValue:
    dossiers = dossiers_of(known.id)
    years = recognised_years_of([known.id])[known.id]
    current = next((one for one in dossiers if one.year == year), None)
    cycle = find_cycle(year)
    page = render_template(
        "roster/person.html",
        person=known,
        form=form,
        year=year,
        is_open=cycle is not None and cycle.closed_at is None,
        # A stale screen may be sent again once its reader has seen what stands now.
        version=known.version if refusal or request.method == "GET" else sent_version(),
        dossiers=dossiers,
        current=current,
        has_begun=current is not None and has_begun(current.id),
        recognised_years=sorted(years, reverse=True),
        streak=max(streak_ending(year, years), streak_ending(year - 1, years)),
        problems=problems_of(refusal, anchor=None),
        alike=_alike(refusal),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.post("/people/<uuid:person_id>/list")
@requires(Permission.ROSTER_EDIT)
def list_person(person_id: UUID) -> ResponseReturnValue:
    """List somebody who is on the roster for the year."""
    year = chosen_year()
    with unit_of_work():
        list_for_year(person_id, year, by=current_actor())
    name = load_person(person_id).name
    flash(gettext("%(name)s is on the roster of %(year)s.", name=name, year=year), "success")
    return redirect(url_for("roster.person", person_id=person_id, year=year), 303)


@bp.route("/people/<uuid:person_id>/remove", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def remove(person_id: UUID) -> ResponseReturnValue:
    """Say what taking somebody off a year's roster means, and do it."""
    year, known = chosen_year(), load_person(person_id)
    name = known.name
    if request.method == "POST":
        with unit_of_work():
            remove_from_year(person_id, year, by=current_actor())
        text = gettext("%(name)s is no longer on the roster of %(year)s.", name=name, year=year)
        flash(text, "success")
        return redirect(url_for("roster.index", year=year), 303)
    if find_dossier_of(person_id, year) is None:
        return redirect(url_for("roster.person", person_id=person_id, year=year))
    others = [one.year for one in dossiers_of(person_id) if one.year != year]
    return render_template("roster/remove.html", person=known, year=year, others=others)
