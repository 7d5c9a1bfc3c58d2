"""Somebody's own dossier: register, review, submit, and see what came of it."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField
from wtforms.validators import Optional

from app.domain.dossiers import OPEN_TO_SELF_SCORES, Event, State
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import today
from app.persistence.models import Decision, DecisionItem, Dossier, DossierEvent
from app.persistence.queries.cycles import find_cycle
from app.persistence.queries.decisions import decisions_in_force
from app.persistence.queries.dossiers import (
    find_dossier_of,
    history_of,
    load_dossier_to_change,
)
from app.persistence.queries.rules import criteria_of, deadline_term
from app.services.registration import register_for_year
from app.services.self_assessments import note_national_site, submit
from app.web.access import current_actor, requires
from app.web.forms import Form
from app.web.own import undoing
from app.web.own.blueprint import bp
from app.web.own.mine import PUBLISHED, find_my_dossier, my_dossier, my_past, this_year
from app.web.own.scoring import steps_of
from app.web.own.stages import stages_of, streak_of
from app.web.refused import problems_of, refusal_of, sent_version, status_of
from app.web.score_sheets import lines_of, score_field, scores_on
from app.web.standing import standing_of
from app.web.transfers.places import new_home_of
from tenants.schema import DeadlineKind


# The steps back are pages of the same blueprint.
__all__ = ["bp", "undoing"]


class ConsentForm(Form):
    """The person's word that their data may be kept."""

    consent = BooleanField(_("I have read this, and agree that my data are kept and used so."))


class ReviewForm(Form):
    """What goes along with the ten scores."""

    national_site_on = DateField(_("I also assessed myself on congdanhoctap.vn on"), [Optional()])


@bp.get("/")
@requires(Permission.DOSSIER_OWN)
def index() -> ResponseReturnValue:
    """Show where this year's dossier stands, what to do next, and the years before."""
    dossier = find_my_dossier()
    if dossier is None:
        return _index_without_dossier()
    lines = lines_of(dossier)
    return render_template(
        "own/index.html",
        dossier=dossier,
        standing=standing_of(dossier.rule, scores_on(lines)),
        stages=stages_of(dossier),
        streak=streak_of(dossier),
        past=my_past(),
        published=PUBLISHED,
        events=_shown_events(dossier),
        new_home=new_home_of(dossier),
        terms={
            "registration": deadline_term(DeadlineKind.REGISTRATION, dossier.year),
            "submission": deadline_term(DeadlineKind.SELF_ASSESSMENT, dossier.year),
        },
        today=today(),
    )


def _index_without_dossier() -> ResponseReturnValue:
    cycle = find_cycle(this_year())
    return render_template(
        "own/nothing.html",
        year=this_year(),
        is_known=current_actor().person_id is not None,
        is_open=cycle is not None and cycle.closed_at is None,
        past=my_past(),
        published=PUBLISHED,
    )


def _shown_events(dossier: Dossier) -> Sequence[DossierEvent]:
    """Return the history without what each appraiser did, and nothing before its publication."""
    hidden = set() if dossier.state in PUBLISHED else {Event.DECIDE, Event.ANNUL}
    shown: list[DossierEvent] = []
    for one in history_of(dossier.id):
        is_repeated = one.event is Event.SCORE and one.from_state is State.IN_APPRAISAL
        if one.event not in hidden and not is_repeated:
            shown.append(one)
    return shown


@bp.route("/register", methods=["GET", "POST"])
@requires(Permission.DOSSIER_OWN)
def register() -> ResponseReturnValue:
    """Say what is kept and why, and register whoever agrees."""
    dossier = find_my_dossier()
    if current_actor().person_id is None:
        abort(404)
    if dossier is not None and dossier.state is not State.LISTED:
        return redirect(url_for("own.index"))
    form = ConsentForm()
    refusal = None
    if form.was_submitted():
        refusal = _try_to_register(is_agreed=bool(form.consent.data))
        if refusal is None:
            flash(gettext("You are registered. Now score yourself."), "success")
            return redirect(url_for("own.indicator", number=1), 303)
    page = render_template(
        "own/register.html",
        form=form,
        dossier=find_my_dossier(),
        year=this_year(),
        term=deadline_term(DeadlineKind.REGISTRATION, this_year()),
        problems=problems_of(refusal, anchor="consent"),
    )
    return page, status_of(refusal)


def _try_to_register(*, is_agreed: bool) -> RefusedError | None:
    return refusal_of(
        lambda: register_for_year(this_year(), has_consented=is_agreed, by=current_actor())
    )


@bp.route("/review", methods=["GET", "POST"])
@requires(Permission.DOSSIER_OWN)
def review() -> ResponseReturnValue:
    """Show everything that goes in, and submit it."""
    dossier = my_dossier()
    if dossier.state not in OPEN_TO_SELF_SCORES:
        return redirect(url_for("own.year", year=dossier.year))
    form = ReviewForm(dossier)
    refusal = None
    if form.was_submitted():
        refusal = _try_to_submit(dossier, form)
        if refusal is None:
            flash(gettext("Your dossier has been submitted."), "success")
            return redirect(url_for("own.index"), 303)
        if my_dossier().state not in OPEN_TO_SELF_SCORES:
            # The same form, sent twice: the other one came first.
            return redirect(url_for("own.year", year=dossier.year))
    return _review_page(form, refusal)


def _try_to_submit(dossier: Dossier, form: ReviewForm) -> RefusedError | None:
    dossier_id = dossier.id

    def act() -> None:
        locked = load_dossier_to_change(dossier_id)
        note_national_site(locked, form.national_site_on.data, by=current_actor())
        submit(locked, version=sent_version(), by=current_actor())

    return refusal_of(act)


def _review_page(form: ReviewForm, refusal: RefusedError | None) -> ResponseReturnValue:
    dossier = my_dossier()
    lines = lines_of(dossier)
    page = render_template(
        "own/review.html",
        form=form,
        dossier=dossier,
        lines=lines,
        steps=steps_of(lines, dossier.pass_floor),
        criteria=criteria_of(dossier),
        standing=standing_of(dossier.rule, scores_on(lines)),
        problems=_review_problems(refusal),
    )
    return page, 422 if form.errors else status_of(refusal)


def _review_problems(refusal: RefusedError | None) -> list[tuple[str, str | None]]:
    """Lead from a complaint to the first indicator or field that it names."""
    if refusal is None:
        return []
    missing = refusal.facts.get("missing")
    if isinstance(missing, tuple) and missing:
        return problems_of(refusal, anchor=score_field(missing[0]))
    is_day = refusal.rule is Rule.DAY_NOT_COME
    return problems_of(refusal, anchor="national_site_on" if is_day else None)


@bp.get("/years/<int(max=2100):year>")
@requires(Permission.DOSSIER_OWN)
def year(year: int) -> ResponseReturnValue:
    """Show what somebody said of themselves in a year, and what came of it once published."""
    person_id = current_actor().person_id
    dossier = find_dossier_of(person_id, year) if person_id else None
    if dossier is None:
        abort(404)
    is_published = dossier.state in PUBLISHED
    lines = lines_of(dossier)
    return render_template(
        "own/year.html",
        dossier=dossier,
        lines=lines,
        criteria=criteria_of(dossier),
        standing=standing_of(dossier.rule, scores_on(lines)),
        agreed=dossier.agreed_scores if is_published else None,
        decisions=_published(dossier) if is_published else [],
        streak=streak_of(dossier),
        is_published=is_published,
    )


def _published(dossier: Dossier) -> list[tuple[Decision, DecisionItem]]:
    return [
        (decision, item)
        for decision, item in decisions_in_force(dossier.id)
        if decision.published_at is not None
    ]
