"""The page between a draft and a published set: what will differ, what it changes, what not."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.criteria import (
    Cells,
    Change,
    cells_of,
    differences,
    is_same_rule,
    part_of,
    with_cells,
)
from app.domain.criteria_faults import faults_of
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.labels.criteria import label_of_cell, label_of_page
from app.persistence.clock import today
from app.persistence.models import CriteriaDraft
from app.persistence.queries.criteria import load_draft, newest_version
from app.persistence.queries.rules import load_criteria
from app.persistence.unit_of_work import unit_of_work
from app.services.criteria import current_cells, publish_draft
from app.web.access import current_actor, requires
from app.web.criteria.forms import PublishForm
from app.web.refused import problems_of, sent_version, status_of
from tenants.schema import CriteriaSet


@requires(Permission.SETTINGS_EDIT)
def publish(draft_id: UUID) -> ResponseReturnValue:
    """Show exactly what would be published, then publish it for good."""
    found = load_draft(draft_id)
    base, cells = load_criteria(found.based_on), current_cells(found)
    if faults_of(cells, is_final=True):
        flash(gettext("The draft is not complete yet: see what is still missing."), "danger")
        return redirect(url_for("criteria.draft", draft_id=draft_id), 303)
    form, refusal = _form(base, cells), None
    if form.was_submitted():
        try:
            reference = _publish(draft_id, form)
        except RefusedError as error:
            refusal = error
        else:
            flash(gettext("%(reference)s is published.", reference=reference), "success")
            return redirect(url_for("criteria.show", reference=reference), 303)
        found = load_draft(draft_id)
        cells = current_cells(found)
    changes = differences(cells_of(base), cells)
    shown = render_template(
        "criteria/publish.html",
        draft=found,
        form=form,
        reference=f"{found.key}@{newest_version(found.key) + 1}",
        changes=_by_page(changes),
        will=_will(found, changes),
        wont=_wont(),
        warning=None if is_same_rule(changes) else _warning(),
        problems=problems_of(refusal, anchor="is_verified"),
    )
    return shown, 422 if form.errors else status_of(refusal)


def _form(base: CriteriaSet, cells: Cells) -> PublishForm:
    return PublishForm.for_set(with_cells(base, cells), name=current_actor().name, day=today())


def _publish(draft_id: UUID, form: PublishForm) -> str:
    with unit_of_work():
        return publish_draft(
            draft_id,
            version=sent_version(),
            verification=form.verification(),
            by=current_actor(),
        )


def _by_page(changes: Sequence[Change]) -> list[tuple[str, list[tuple[str, Change]]]]:
    """Return the differences page by page, each with where it stands."""
    return [
        (label_of_page(page), [(label_of_cell(one.path), one) for one in some])
        for page, some in groupby(changes, key=lambda one: part_of(one.path))
    ]


def _will(found: CriteriaDraft, changes: Sequence[Change]) -> list[str]:
    name = f"{found.key}@{newest_version(found.key) + 1}"
    return [
        gettext(
            "%(reference)s is published for good: no word of it can be changed.", reference=name
        ),
        ngettext(
            "It differs from %(base)s in %(num)s place, shown below.",
            "It differs from %(base)s in %(num)s places, all of them shown below.",
            len(changes),
            base=found.based_on,
        ),
        gettext(
            "The agencies of the province may choose it in their settings, for a group and from an"
            " assessment year on."
        ),
        gettext("Your name, and those of everybody who wrote in the draft, are shown with it."),
    ]


def _wont() -> list[tuple[str, str]]:
    return [
        (
            gettext("Dossiers that are already there"),
            gettext("Each stays with the set that it was made with: its words, its numbers."),
        ),
        (
            gettext("Decisions"),
            gettext("No decided result changes, whatever the new numbers are."),
        ),
        (
            gettext("Settings of %(agency)s and of the agencies below", agency=g.agency.name),
            gettext("Nobody uses the new version before somebody chooses it."),
        ),
    ]


def _warning() -> str:
    return gettext(
        "Numbers by which people are scored are different: compare them with the signed document."
    )
