"""The list of an agency's settings, and the pages on which each is changed or given back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.factors import FactorAsked
from app.domain.held_targets import targets_in_line
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.domain.settings import (
    PERSONAL_TO_THE_AGENCY,
    PUT_TOGETHER,
    SET_FOR_WHOLE_PROVINCE,
    Held,
    SettingName,
    in_effect,
    inherited,
    may_be_cleared,
    require_level,
)
from app.labels import words
from app.persistence.queries.criteria import find_criteria
from app.persistence.queries.rules import DEFAULT_QUORUM
from app.persistence.queries.settings import held_settings
from app.persistence.unit_of_work import unit_of_work
from app.services.settings import change_setting, clear_setting
from app.web.access import current_actor, requires
from app.web.refused import problems_of, status_of
from app.web.settings.consequences import Consequences, consequences_of
from app.web.settings.forms import FORMS
from app.web.settings.lines import FormOfLines
from app.web.settings.setting_form import SettingForm


TITLES: Mapping[str, LazyString] = {
    "names": _("Name as printed"),
    "place": _("Place named in documents"),
    "signers": _("Signers"),
    "legal-bases": _("Legal bases"),
    "criteria": _("Criteria sets by group"),
    "confirmation": _("Confirmation by heads of unit"),
    "quorum": _("Quorum of the appraisal team"),
    "appeals": _("Days to appeal"),
    "second-factor": _("Second factor for signing in"),
    "counted-first": _("Where people of two agencies are counted"),
    "targets": _("Targets"),
}
_SUPPOSED: Mapping[SettingName, Any] = {
    SettingName.QUORUM: DEFAULT_QUORUM,
    SettingName.CONFIRMATION: False,
    SettingName.COUNTED_FIRST: (),
    SettingName.SECOND_FACTOR: FactorAsked.DECIDERS.value,
}
"""What holds where no agency of the line has said anything; shown as assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A setting as the list shows it."""

    name: SettingName
    page: str
    held: Held | None
    value: Any
    may_be_cleared: bool


@requires(Permission.SETTINGS_READ)
def index() -> ResponseReturnValue:
    """List every setting: its value, from whom, since when, on whose word, and if assumed."""
    held = held_settings()
    return render_template(
        "settings/index.html",
        sections=[(page, str(TITLES[page]), shown_on(page, held)) for page in FORMS],
        criteria_of=find_criteria,
        targets=targets_in_line(held),
        editable=[page for page in FORMS if _may_edit(page)],
    )


def _may_edit(page: str) -> bool:
    """Tell whether the reader may give the agency values of its own on a page."""
    is_top = g.agency.parent_id is None
    is_possible = is_top or not SET_FOR_WHOLE_PROVINCE.intersection(FORMS[page].names)
    return is_possible and current_actor().may(Permission.SETTINGS_EDIT)


def shown_on(page: str, held: Sequence[Held]) -> list[Shown]:
    """Return the settings of a page as they stand now."""
    return [_show(name, page, held) for name in FORMS[page].names]


def _show(name: SettingName, page: str, held: Sequence[Held]) -> Shown:
    binding = in_effect(held, name)
    if binding and name in PUT_TOGETHER and not binding.is_own:
        # What is inherited is shown line by line; what is changed is the agency's own list.
        binding = None
    return Shown(
        name=name,
        page=page,
        held=binding,
        value=binding.value if binding else _SUPPOSED.get(name),
        may_be_cleared=name not in PERSONAL_TO_THE_AGENCY and may_be_cleared(held, name),
    )


@requires(Permission.SETTINGS_EDIT)
def edit(page: str) -> ResponseReturnValue:
    """Change the settings of a page; a list is arranged line by line before it is saved.

    What reaches beyond the agency's own pages is shown before it is done.
    """
    held = held_settings()
    form = _form_of(page, held)
    refusal = None
    if not _is_being_arranged(form) and form.was_submitted():
        consequences = consequences_of(form)
        if consequences and "is_confirmed" not in request.form:
            return _ask(page, form, consequences)
        refusal = _try_to_save(form)
        if refusal is None:
            flash(gettext("Saved. It holds from now on."), "success")
            return redirect(url_for("settings.index", _anchor=page), 303)
        held = held_settings()
        form.seen.data = _write_seen(_seen(form.names, held))
    return _edit_page(page, form, held, refusal)


def _is_being_arranged(form: SettingForm) -> bool:
    is_arranging = isinstance(form, FormOfLines) and form.is_being_arranged
    return is_arranging or "edit" in request.form


def _ask(page: str, form: SettingForm, consequences: Consequences) -> str:
    return render_template(
        "settings/confirm.html",
        page=page,
        title=str(TITLES[page]),
        typed=[(one.name, one.data or "") for one in form],
        will=consequences.will,
        wont=consequences.wont,
    )


def _form_of(page: str, held: Sequence[Held]) -> SettingForm:
    form_class = FORMS.get(page) or abort(404)
    for name in form_class.names:
        require_level(name, is_top=g.agency.parent_id is None)
    values = {one.name: one.value for one in shown_on(page, held)}
    if SettingName.TARGETS in values:
        values[SettingName.TARGETS] = [*(values[SettingName.TARGETS] or []), *_wanted(held)]
    seen = _write_seen(_seen(form_class.names, held))
    # The source stays empty: what the old value rests on says nothing of a new one.
    return form_class(data={**form_class.filled(values), "seen": seen})


def _wanted(held: Sequence[Held]) -> list[dict[str, Any]]:
    """Return the inherited target that somebody wants to set for the agency, to be changed."""
    word = request.args.get("own")
    lines = [one for one in targets_in_line(held) if one.word == word and not one.held.is_own]
    return [{**asdict(one.target), "source": None} for one in lines]


def _edit_page(
    page: str, form: SettingForm, held: Sequence[Held], refusal: RefusedError | None
) -> ResponseReturnValue:
    shown = render_template(
        "settings/edit.html",
        page=page,
        title=str(TITLES[page]),
        form=form,
        settings=shown_on(page, held),
        criteria_of=find_criteria,
        targets=targets_in_line(held),
        problems=problems_of(refusal, anchor=None),
        is_list=isinstance(form, FormOfLines),
    )
    return shown, 422 if form.errors else status_of(refusal)


def _try_to_save(form: SettingForm) -> RefusedError | None:
    held = held_settings()
    own = {one.name for one in held if one.is_own}
    seen = _read_seen(form.seen.data)
    try:
        with unit_of_work():
            for name, value in form.values().items():
                if value is not None:
                    change_setting(
                        name, value, source=form.source.data or "", seen=seen, by=current_actor()
                    )
                elif name in own:
                    clear_setting(name, seen=seen, by=current_actor())
    except RefusedError as refusal:
        return refusal
    return None


Seen = Mapping[SettingName, datetime | None]


def _seen(names: Sequence[SettingName], held: Sequence[Held]) -> Seen:
    own = {one.name: one.since for one in held if one.is_own}
    return {name: own.get(name) for name in names}


def _write_seen(seen: Seen) -> str:
    return " ".join(f"{name}={since.isoformat() if since else ''}" for name, since in seen.items())


def _read_seen(written: str | None) -> Seen:
    """Return what ``_write_seen`` wrote; anything else is a screen that is out of date."""
    pairs = (part.partition("=") for part in (written or "").split())
    try:
        return {
            SettingName(name): datetime.fromisoformat(since) if since else None
            for name, _, since in pairs
        }
    except ValueError:
        return {}


@requires(Permission.SETTINGS_EDIT)
def inherit(page: str) -> ResponseReturnValue:
    """Ask, then give the agency's own values of a page back."""
    if page not in FORMS:
        abort(404)
    held = held_settings()
    clearable = [one for one in shown_on(page, held) if one.may_be_cleared]
    if not clearable:
        abort(404)
    if request.method == "POST":
        with unit_of_work():
            for one in clearable:
                clear_setting(one.name, by=current_actor())
        flash(gettext("Given back."), "success")
        return redirect(url_for("settings.index", _anchor=page), 303)
    return render_template(
        "settings/inherit.html",
        title=str(TITLES[page]),
        will=[_what_returns(one.name, held) for one in clearable],
    )


def _what_returns(name: SettingName, held: Sequence[Held]) -> str:
    label, returning = str(words.SETTINGS[name]), inherited(held, name)
    if returning is None:
        return gettext("%(setting)s: nothing is set any more.", setting=label)
    if name in PUT_TOGETHER:
        return gettext("%(setting)s: all of those of the agencies above bind again.", setting=label)
    return gettext(
        "%(setting)s: the value of %(agency)s binds again.", setting=label, agency=returning.agency
    )
