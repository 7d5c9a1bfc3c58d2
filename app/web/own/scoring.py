"""Scoring oneself: one indicator to a page on a phone, all ten on one screen at a desk."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.deadlines import VIETNAM
from app.domain.dossiers import OPEN_TO_SELF_SCORES, State
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.self_assessments import EVERY_INDICATOR
from app.persistence.clock import transaction_time
from app.persistence.models import Dossier
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.queries.rules import criteria_of
from app.persistence.unit_of_work import unit_of_work
from app.services.self_assessments import save_self_scores
from app.web.access import current_actor, requires
from app.web.language import text_in
from app.web.own.blueprint import bp
from app.web.own.mine import last_with_words, my_dossier
from app.web.refused import problems_of, sent_version, status_of
from app.web.score_sheets import (
    Line,
    Typed,
    evidence_field,
    lines_of,
    read_sheet,
    scores_on,
)
from app.web.standing import standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """How saving a sheet went: saved, not readable, or refused."""

    typed: Typed
    refusal: RefusedError | None = None

    @property
    def is_good(self) -> bool:
        """Tell whether the sheet was saved."""
        return not self.typed.problems and self.refusal is None

    @property
    def status(self) -> int:
        """The status of a page that shows the sheet again."""
        return 422 if self.typed.problems else status_of(self.refusal)

    @property
    def is_stale(self) -> bool:
        """Tell whether somebody else, or another tab, was faster."""
        return self.refusal is not None and self.refusal.rule is Rule.STALE_SCREEN

    @property
    def problems(self) -> list[tuple[str, str | None]]:
        """What is wrong, as ``macros/problems.html`` shows it."""
        return self.typed.problem_list or problems_of(self.refusal, anchor=None)


@bp.route("/indicators/<int(max=32767):number>", methods=["GET", "POST"])
@requires(Permission.DOSSIER_OWN)
def indicator(number: int) -> ResponseReturnValue:
    """Score one indicator, then go on to the next."""
    if number not in EVERY_INDICATOR:
        abort(404)
    dossier = my_dossier()
    if dossier.state is State.LISTED:
        return redirect(url_for("own.register"))
    if request.method == "GET":
        return _indicator_page(dossier, number)
    save = _save(dossier, {number})
    if _wants_json():
        return _as_json(save, dossier)
    if save.is_good:
        return redirect(_next_address(number), 303)
    return _indicator_page(load_dossier(dossier.id), number, save), save.status


@bp.route("/scores", methods=["GET", "POST"])
@requires(Permission.DOSSIER_OWN)
def scores() -> ResponseReturnValue:
    """Score all ten indicators on one screen."""
    dossier = my_dossier()
    if dossier.state is State.LISTED:
        return redirect(url_for("own.register"))
    if request.method == "GET":
        return _scores_page(dossier)
    save = _save(dossier, EVERY_INDICATOR)
    if _wants_json():
        return _as_json(save, dossier)
    if save.is_good:
        return redirect(_next_address(None), 303)
    return _scores_page(load_dossier(dossier.id), save), save.status


def _save(dossier: Dossier, numbers: Collection[int]) -> Save:
    typed = _with_last_years_words(read_sheet(dossier.rule, request.form, numbers))
    if typed.problems:
        return Save(typed=typed)
    dossier_id = dossier.id
    try:
        with unit_of_work():
            save_self_scores(
                load_dossier_to_change(dossier_id),
                typed.scores,
                typed.evidence,
                version=sent_version(),
                by=current_actor(),
            )
    except RefusedError as refusal:
        return Save(typed=typed, refusal=refusal)
    return Save(typed=typed)


def _with_last_years_words(typed: Typed) -> Typed:
    """Put last year's words below what is typed, where the button for it was pressed."""
    number = request.form.get("copy", type=int)
    last = last_with_words()
    if number is None or number not in typed.evidence or last is None:
        return typed
    words = last.evidence[number - 1]
    now = typed.evidence[number]
    together = now if words in now else f"{now}\n{words}".strip()
    return replace(typed, evidence={**typed.evidence, number: together})


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _as_json(save: Save, dossier: Dossier) -> ResponseReturnValue:
    if not save.is_good:
        return jsonify(problems=[text for text, _anchor in save.problems]), save.status
    saved_at = transaction_time().astimezone(VIETNAM).strftime("%H:%M")
    version = str(load_dossier(dossier.id).version)
    return jsonify(saved_at=saved_at, fields={"version": version})


def _next_address(number: int | None) -> str:
    """Return where the button that was pressed leads."""
    wanted = request.form.get("go", "")
    if request.form.get("copy") or wanted == "stay":
        field = evidence_field(request.form.get("copy", number or 1, type=int))
        return _here(number, field)
    if wanted.isdigit() and int(wanted) in EVERY_INDICATOR:
        return url_for("own.indicator", number=int(wanted))
    return url_for("own.index" if wanted == "later" else "own.review")


def _here(number: int | None, field: str) -> str:
    if number is None:
        return url_for("own.scores", _anchor=field)
    return url_for("own.indicator", number=number, _anchor=field)


def _indicator_page(dossier: Dossier, number: int, save: Save | None = None) -> str:
    lines = lines_of(dossier, save.typed if save else None, last_with_words())
    line = lines[number - 1]
    ways = [one.number for one in lines if one.is_open or not _is_open(dossier)]
    return render_template(
        "own/indicator.html",
        **_shared(dossier, lines, save),
        line=line,
        steps=steps_of(lines, dossier.pass_floor, current=number),
        before=max((one for one in ways if one < number), default=None),
        after=min((one for one in ways if one > number), default=None),
    )


def _scores_page(dossier: Dossier, save: Save | None = None) -> str:
    lines = lines_of(dossier, save.typed if save else None, last_with_words())
    return render_template("own/scores.html", **_shared(dossier, lines, save))


def _shared(dossier: Dossier, lines: list[Line], save: Save | None) -> dict[str, object]:
    last = last_with_words()
    return {
        "dossier": dossier,
        "lines": lines,
        "criteria": criteria_of(dossier),
        "standing": standing_of(dossier.rule, scores_on(lines)),
        "problems": save.problems if save else [],
        "is_stale": bool(save and save.is_stale),
        "is_open": _is_open(dossier),
        "last_year": last.year if last else None,
        "trail": [
            (gettext("My dossier"), url_for("own.index")),
            (gettext("Self-assessment"), None),
        ],
    }


def _is_open(dossier: Dossier) -> bool:
    return dossier.state in OPEN_TO_SELF_SCORES


def steps_of(
    lines: list[Line], floor: int, *, current: int | None = None
) -> list[dict[str, object]]:
    """Return the rail of ten steps, for ``macros/steps.html``."""
    return [
        {
            "number": one.number,
            "label": text_in(one.label),
            "url": url_for("own.indicator", number=one.number),
            "state": _step_state(one.score, floor),
            "is_current": one.number == current,
        }
        for one in lines
    ]


def _step_state(score: int | None, floor: int) -> str:
    if score is None:
        return "todo"
    return "low" if score < floor else "done"
