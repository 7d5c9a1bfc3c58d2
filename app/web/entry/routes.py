"""An officer types in what people filled in on paper: a hundred forms an hour, by keyboard."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.domain.dossiers import State
from app.domain.people import ConsentChannel
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.self_assessments import EVERY_INDICATOR, open_indicators
from app.persistence.models import Dossier
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.queries.rules import criteria_of
from app.persistence.queries.self_assessments import (
    STILL_TO_COME_IN,
    Wanted,
    count_to_enter,
    dossiers_to_enter,
    find_next_to_enter,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.self_assessments import PaperForm, enter_paper_form
from app.web.access import current_actor, requires
from app.web.language import text_in
from app.web.pagination import chosen_page, page_url
from app.web.refused import problems_of, sent_version, status_of
from app.web.score_sheets import (
    Line,
    Typed,
    judge,
    lines_of,
    read_sheet,
    score_field,
    scores_on,
    split_line,
)
from app.web.standing import standing_of
from app.web.years import chosen_year


bp = Blueprint("entry", __name__, url_prefix="/entry")

CHANNELS = (ConsentChannel.PAPER_FORM, ConsentChannel.SPOKEN)
"""How somebody who fills in a paper form may have agreed."""


@bp.get("/")
@requires(Permission.DOSSIER_ENTER)
def index() -> ResponseReturnValue:
    """List who has not submitted yet, to choose whose form is typed in."""
    wanted = _wanted()
    page = chosen_page(count_to_enter(wanted))
    return render_template(
        "entry/index.html",
        wanted=wanted,
        page=page,
        page_url=page_url,
        units=units_in_use(),
        dossiers=dossiers_to_enter(wanted, limit=page.size, offset=page.offset),
        filters=_filters(wanted),
    )


def _wanted() -> Wanted:
    return Wanted(
        year=chosen_year(),
        unit_id=request.args.get("unit", type=UUID),
        name=request.args.get("q", ""),
    )


def _filters(wanted: Wanted) -> dict[str, Any]:
    """Return what every address of this room carries, so that the next person is the right one."""
    found = {"unit": wanted.unit_id, "q": wanted.name, "year": request.args.get("year")}
    return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A paper form as it was typed."""

    typed: Typed
    consent: ConsentChannel | None
    line: str = ""
    is_evidence_seen: bool = False
    line_problem: str | None = None

    @property
    def problems(self) -> list[tuple[str, str | None]]:
        """What cannot be read, each with its place."""
        of_line = [(self.line_problem, "line")] if self.line_problem else []
        return [*of_line, *self.typed.problem_list]


@bp.route("/<uuid:dossier_id>", methods=["GET", "POST"])
@requires(Permission.DOSSIER_ENTER)
def form(dossier_id: UUID) -> ResponseReturnValue:
    """Type one form in and go on to the next person."""
    dossier = load_dossier(dossier_id)
    if request.method == "GET":
        if dossier.state not in STILL_TO_COME_IN:
            flash(gettext("%(name)s has submitted already.", name=dossier.person.name), "info")
            return redirect(url_for("entry.index", **_filters(_wanted())))
        return _page(dossier)
    sent = _read(dossier)
    if sent.problems:
        return _page(dossier, sent), 422
    try:
        is_submitted = _enter(dossier, sent)
    except RefusedError as refusal:
        return _page(load_dossier(dossier_id), sent, refusal), status_of(refusal)
    _say(load_dossier(dossier_id), is_submitted=is_submitted)
    return redirect(_next_address(load_dossier(dossier_id)), 303)


def _read(dossier: Dossier) -> Sent:
    line = request.form.get("line", "").strip()
    is_seen = bool(request.form.get("seen"))
    typed = read_sheet(dossier.rule, request.form)
    if is_seen:
        typed = _with_words(typed, _open_to_entry(dossier))
    problem = None
    if line:
        try:
            typed = judge(dossier.rule, split_line(line), typed.evidence)
        except ValueError as error:
            problem = str(error)
    return Sent(
        typed=typed,
        consent=_consent(request.form),
        line=line,
        is_evidence_seen=is_seen,
        line_problem=problem,
    )


def _open_to_entry(dossier: Dossier) -> frozenset[int]:
    """Return the indicators that may be typed in: all of them for who is not registered yet."""
    if dossier.state is State.LISTED:
        return EVERY_INDICATOR
    return open_indicators(dossier.state, {int(one) for one in dossier.returned_reasons})


def _with_words(typed: Typed, numbers: Collection[int]) -> Typed:
    """Say that the officer saw the evidence on paper, where nothing else is said."""
    words = gettext("Evidence seen on the paper form.")
    seen = {number: typed.evidence.get(number) or words for number in numbers}
    return replace(typed, evidence={**typed.evidence, **seen})


def _consent(form: "MultiDict[str, str]") -> ConsentChannel | None:
    chosen = form.get("consent", "")
    return ConsentChannel(chosen) if chosen in CHANNELS else None


def _enter(dossier: Dossier, sent: Sent) -> bool:
    dossier_id = dossier.id
    standing = enumerate(zip(dossier.self_scores, dossier.evidence, strict=True), start=1)
    whole = [
        (sent.typed.scores.get(number, score), sent.typed.evidence.get(number, words))
        for number, (score, words) in standing
    ]
    paper = PaperForm(
        scores=tuple(score for score, _words in whole),
        evidence=[words for _score, words in whole],
        consent=sent.consent,
    )
    with unit_of_work():
        return enter_paper_form(
            load_dossier_to_change(dossier_id), paper, version=sent_version(), by=current_actor()
        )


def _say(dossier: Dossier, *, is_submitted: bool) -> None:
    if is_submitted:
        total = sum(score for score in dossier.self_scores if score is not None)
        words = gettext(
            "Submitted: %(name)s, %(total)s points.", name=dossier.person.name, total=total
        )
        flash(words, "success")
        return
    blank = [str(number) for number, score in enumerate(dossier.self_scores, 1) if score is None]
    words = gettext(
        "Kept as a draft, not submitted: %(name)s has no score for indicator %(missing)s.",
        name=dossier.person.name,
        missing=", ".join(blank),
    )
    flash(words, "warning")


def _next_address(dossier: Dossier) -> str:
    wanted = _wanted()
    following = find_next_to_enter(wanted, dossier)
    if following is None:
        return url_for("entry.index", **_filters(wanted))
    return url_for("entry.form", dossier_id=following, **_filters(wanted))


def _page(dossier: Dossier, sent: Sent | None = None, refusal: RefusedError | None = None) -> str:
    lines = lines_of(dossier, sent.typed if sent else None)
    wanted = _wanted()
    return render_template(
        "entry/form.html",
        dossier=dossier,
        lines=lines,
        boxes=[_box(line) for line in lines],
        criteria=criteria_of(dossier),
        standing=standing_of(dossier.rule, scores_on(lines)),
        sent=sent,
        channels=CHANNELS,
        problems=(sent.problems if sent else []) or problems_of(refusal, anchor=_place_of(refusal)),
        is_stale=refusal is not None and refusal.rule is Rule.STALE_SCREEN,
        next_url=_next_address(dossier),
        list_url=url_for("entry.index", **_filters(wanted)),
        left=count_to_enter(wanted),
    )


def _box(line: Line) -> dict[str, object]:
    """Return one of the ten boxes, for ``macros/steps.html``."""
    value = line.typed or None
    return {
        "name": line.name,
        "number": line.number,
        "label": text_in(line.label),
        "value": value,
    }


def _place_of(refusal: RefusedError | None) -> str | None:
    """Return the field that a refusal speaks of."""
    if refusal is None:
        return None
    if refusal.rule is Rule.CONSENT_NEEDED:
        return "consent"
    for fact in ("indicator", "missing", "changed"):
        named = refusal.facts.get(fact)
        number = named[0] if isinstance(named, tuple) and named else named
        if isinstance(number, int):
            return score_field(number)
    return None
