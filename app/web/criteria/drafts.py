"""A draft: begun from a published set, written page by page, given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.criteria import GENERAL, cells_in, part_of
from app.domain.criteria_faults import faults_of, tidied
from app.domain.permissions import Permission
from app.labels.criteria import describe_fault, label_of_cell, label_of_page
from app.persistence.models import CriteriaDraft
from app.persistence.queries.criteria import load_draft, load_published
from app.persistence.queries.rules import load_criteria
from app.persistence.unit_of_work import unit_of_work
from app.services.criteria import change_draft, current_cells, discard_draft, start_draft
from app.web.access import current_actor, requires
from app.web.criteria.forms import complain, page_form, typed_in
from app.web.refused import problems_of, refusal_of, sent_version, status_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a draft, as the list of them shows it."""

    name: str
    title: str
    changes: int
    missing: int


@requires(Permission.SETTINGS_EDIT)
def start(reference: str) -> ResponseReturnValue:
    """Copy a published set into a draft."""
    criteria = load_published(reference).criteria
    with unit_of_work():
        draft_id = start_draft(criteria, by=current_actor()).id
    flash(gettext("The draft is a copy. Nobody else sees it before it is published."), "success")
    return redirect(url_for("criteria.draft", draft_id=draft_id), 303)


@requires(Permission.SETTINGS_EDIT)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Show the pages of a draft, what is changed on each, and what is still missing."""
    found = load_draft(draft_id)
    cells = current_cells(found)
    faults = faults_of(cells, is_final=True)
    missing = [
        (f"{label_of_cell(one.path)}: {describe_fault(one)}", part_of(one.path), one.path)
        for one in faults
    ]
    return render_template(
        "criteria/draft.html",
        draft=found,
        base=load_criteria(found.based_on),
        pages=_pages(found, [page for _, page, _ in missing]),
        missing=missing,
    )


def _pages(found: CriteriaDraft, missing: Sequence[str]) -> list[Page]:
    base = load_criteria(found.based_on)
    changed = [part_of(path) for path in found.changes]
    names = [GENERAL, *(str(group.number) for group in base.groups)]
    return [
        Page(
            name=name,
            title=label_of_page(name),
            changes=changed.count(name),
            missing=missing.count(name),
        )
        for name in names
    ]


@requires(Permission.SETTINGS_EDIT)
def edit(draft_id: UUID, page: str) -> ResponseReturnValue:
    """Change the words and numbers of a page; what does not hold up is shown again as typed."""
    cells = cells_in(current_cells(load_draft(draft_id)), page) or abort(404)
    form, refusal = page_form(cells), None
    if request.method == "POST":
        typed = tidied(typed_in(form))
        complain(form, faults_of(typed))
        if not form.errors:
            changed = 0

            def act() -> None:
                nonlocal changed
                version = sent_version()
                changed = change_draft(draft_id, typed, version=version, by=current_actor())

            refusal = refusal_of(act)
            if refusal is None:
                flash(_what_changed(changed), "success")
                return redirect(url_for("criteria.draft", draft_id=draft_id), 303)
    found = load_draft(draft_id)
    base = load_criteria(found.based_on)
    shown = render_template(
        "criteria/edit.html",
        draft=found,
        page=page,
        title=label_of_page(page),
        form=form,
        group=None if page == GENERAL else base.group(int(page)),
        problems=problems_of(refusal, anchor=None),
    )
    return shown, 422 if form.errors else status_of(refusal)


def _what_changed(count: int) -> str:
    if not count:
        return gettext("Nothing was changed.")
    return ngettext(
        "Saved: %(num)s place now says something else.",
        "Saved: %(num)s places now say something else.",
        count,
    )


@requires(Permission.SETTINGS_EDIT)
def discard(draft_id: UUID) -> ResponseReturnValue:
    """Ask, then give a draft up."""
    found, refusal = load_draft(draft_id), None
    if request.method == "POST":
        refusal = refusal_of(
            lambda: discard_draft(draft_id, version=sent_version(), by=current_actor())
        )
        if refusal is None:
            flash(gettext("The draft is given up."), "success")
            return redirect(url_for("criteria.index"), 303)
        found = load_draft(draft_id)
    shown = render_template(
        "criteria/discard.html",
        draft=found,
        changes=found.changes,
        problems=problems_of(refusal, anchor=None),
    )
    return shown, status_of(refusal)
