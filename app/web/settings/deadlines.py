"""An agency's deadlines: which date binds, from whom, and whether the plan can be met."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.domain.deadlines import Term, term_of
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.domain.settings import (
    HeldDeadline,
    conflicts_in_line,
    deadlines_in_effect,
    inherited_deadline,
    own_deadlines,
)
from app.labels import words
from app.labels.settings import conflict_in_words, until_when, when_due
from app.persistence.queries.calendar import office_year, working_days
from app.persistence.queries.cycles import years_opened
from app.persistence.queries.settings import deadlines_below, held_deadlines
from app.persistence.unit_of_work import unit_of_work
from app.services.settings import remove_deadline, set_deadline
from app.web.access import current_actor, requires
from app.web.forms import Form
from app.web.refused import problems_of, refusal_of, status_of
from app.web.settings.setting_form import tidy
from app.web.years import chosen_year
from tenants.schema import Deadline, DeadlineKind, DeadlineRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A kind of deadline as the list shows it."""

    kind: DeadlineKind
    binding: HeldDeadline | None
    inherited: HeldDeadline | None
    own: Sequence[HeldDeadline]


class DeadlineForm(Form):
    """A date of the agency's own."""

    scope = RadioField(_("For which years"), [InputRequired()])
    day = IntegerField(_("Day"), [InputRequired(), NumberRange(1, 31)])
    month = IntegerField(_("Month"), [InputRequired(), NumberRange(1, 12)])
    rule = RadioField(_("Is the day itself still in time?"), [InputRequired()])
    rolls_off_non_working_days = BooleanField(
        _("If it falls on a weekend or a public holiday, the next working day is the last")
    )
    wording = StringField(
        _("As published"),
        [Optional(), Length(max=300)],
        description=_("In Vietnamese, as the document words it: “Trước ngày 05/12 hằng năm”."),
        filters=[tidy],
    )
    source = StringField(_("Document that says so"), [Optional(), Length(max=500)], filters=[tidy])
    seen_always = HiddenField()
    seen_year = HiddenField()

    def offer_choices(self, year: int) -> None:
        """Fill the choices for a year."""
        self.scope.choices = [
            SelectChoice("always", gettext("Every year")),
            SelectChoice("year", gettext("Only %(year)s", year=year)),
        ]
        self.rule.choices = [
            SelectChoice(
                DeadlineRule.BEFORE.value,
                gettext("No: “before the day”, the day before is the last"),
            ),
            SelectChoice(DeadlineRule.BY.value, gettext("Yes: “on the day at the latest”")),
        ]

    def deadline(self, kind: DeadlineKind, year: int) -> Deadline:
        """Return what was typed."""
        return Deadline(
            kind=kind,
            month=self.month.data,
            day=self.day.data,
            rule=DeadlineRule(self.rule.data),
            year=year if self.scope.data == "year" else None,
            rolls_off_non_working_days=self.rolls_off_non_working_days.data,
            wording=self.wording.data,
            source=self.source.data or None,
        )

    def seen(self) -> datetime | None:
        """Return since when the date that would be replaced stood on the screen."""
        written = self.seen_year.data if self.scope.data == "year" else self.seen_always.data
        try:
            return datetime.fromisoformat(written or "")
        except ValueError:
            return None


@requires(Permission.SETTINGS_READ)
def deadlines() -> ResponseReturnValue:
    """List the deadlines of a year, and say in words what cannot be met."""
    year = chosen_year()
    held = held_deadlines()
    return render_template(
        "settings/deadlines.html",
        year=year,
        years=sorted({year, *years_opened()}, reverse=True),
        rows=[_row(kind, held, year) for kind in DeadlineKind],
        conflicts=[conflict_in_words(one) for one in conflicts_in_line(held, year, working_days())],
        when_due=when_due,
        until_when=_until_when,
        term_in=_term_in,
        office_year=office_year(year),
        may_edit=current_actor().may(Permission.SETTINGS_EDIT),
    )


def _until_when(deadline: Deadline, year: int) -> str:
    return until_when(deadline, year, working_days())


def _term_in(deadline: Deadline, year: int) -> Term:
    return term_of(deadline, year, working_days())


def _row(kind: DeadlineKind, held: Sequence[HeldDeadline], year: int) -> Row:
    of_kind = [one for one in held if one.deadline.kind is kind]
    return Row(
        kind=kind,
        binding=next(iter(deadlines_in_effect(of_kind, year, working_days())), None),
        inherited=inherited_deadline(held, kind, year, working_days()),
        own=own_deadlines(of_kind, year),
    )


@requires(Permission.SETTINGS_EDIT)
def edit(kind: str) -> ResponseReturnValue:
    """Set a date of the agency's own, no later than the one from above."""
    year = chosen_year()
    row = _row(_kind(kind), held_deadlines(), year)
    form = DeadlineForm(data=_filled(row))
    form.offer_choices(year)
    refusal = None
    if form.was_submitted():
        refusal = _try_to_set(form, row.kind, year)
        if refusal is None:
            flash(gettext("Saved. It holds from now on."), "success")
            return redirect(url_for("settings.deadlines", year=year), 303)
        row = _row(row.kind, held_deadlines(), year)
        form.seen_always.data, form.seen_year.data = _seen(row)
    page = render_template(
        "settings/deadline.html",
        form=form,
        year=year,
        row=row,
        title=str(words.DEADLINES[row.kind]),
        problems=problems_of(refusal, anchor="day"),
        overtaken=_overtaken_below(row, year),
        when_due=when_due,
        until_when=_until_when,
    )
    return page, 422 if form.errors else status_of(refusal)


def _kind(word: str) -> DeadlineKind:
    try:
        return DeadlineKind(word)
    except ValueError:
        abort(404)


def _filled(row: Row) -> dict[str, object]:
    always, this_year = _seen(row)
    of_year = [one for one in row.own if one.deadline.year is not None]
    shown = next(iter([*of_year, *row.own]), None) or row.binding
    values: dict[str, object] = {"scope": "always", "rule": DeadlineRule.BY.value}
    if shown is not None:
        values = {
            "scope": "year" if shown.is_own and shown.deadline.year else "always",
            "day": shown.deadline.day,
            "month": shown.deadline.month,
            "rule": shown.deadline.rule.value,
            "rolls_off_non_working_days": shown.deadline.rolls_off_non_working_days,
        }
        if shown.is_own:
            values |= {"wording": shown.deadline.wording, "source": shown.deadline.source}
    return {**values, "seen_always": always, "seen_year": this_year}


def _seen(row: Row) -> tuple[str, str]:
    since = {one.deadline.year is None: one.since.isoformat() for one in row.own}
    return since.get(True, ""), since.get(False, "")


def _try_to_set(form: DeadlineForm, kind: DeadlineKind, year: int) -> RefusedError | None:
    return refusal_of(
        lambda: set_deadline(form.deadline(kind, year), year, seen=form.seen(), by=current_actor())
    )


def _overtaken_below(row: Row, year: int) -> list[str]:
    """Say which agencies below keep a date of their own that no longer binds."""
    if row.binding is None:
        return []
    end = _term_in(row.binding.deadline, year).ends_at
    return [
        gettext("%(agency)s: %(when)s", agency=agency, when=_until_when(one, year))
        for agency, one in deadlines_below(row.kind, year)
        if _term_in(one, year).ends_at > end
    ]


@requires(Permission.SETTINGS_EDIT)
def remove(kind: str) -> ResponseReturnValue:
    """Ask, then drop a date of the agency's own."""
    year = chosen_year()
    row = _row(_kind(kind), held_deadlines(), year)
    is_of_year = request.args.get("scope") == "year"
    own = next((one for one in row.own if (one.deadline.year is not None) is is_of_year), None)
    if own is None:
        abort(404)
    if request.method == "POST":
        with unit_of_work():
            remove_deadline(row.kind, own.deadline.year, by=current_actor())
        flash(gettext("The agency's own date is gone."), "success")
        return redirect(url_for("settings.deadlines", year=year), 303)
    return render_template(
        "settings/remove_deadline.html",
        row=row,
        own=own,
        year=year,
        when_due=when_due,
        until_when=_until_when,
    )
