"""Shows an agency what the agencies above ask of it, keeps what is typed, and sends its answers."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.adhoc import LineState
from app.domain.adhoc_answers import WRITTEN, Answer, Count, Field, FieldKind, Typed
from app.domain.deadlines import VIETNAM
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.clock import transaction_time
from app.persistence.models import AdhocDraft
from app.persistence.queries.adhoc import (
    NamedLine,
    find_draft,
    former_of,
    known_now,
    lines_received,
    load_line_received,
    waiting_lines,
)
from app.services.adhoc_answers import answer, keep_draft
from app.web.access import current_actor, requires
from app.web.adhoc.values import shown_count, shown_value, standing_of, typed_number
from app.web.refused import problems_of, refusal_of, sent_version, status_of


@requires(Permission.ADHOC_ANSWER)
def received() -> ResponseReturnValue:
    """List what is asked of this agency, or what it has still to answer, with the days left."""
    now, is_waiting = transaction_time(), request.args.get("only") == "waiting"
    return render_template(
        "adhoc/received.html",
        lines=waiting_lines() if is_waiting else lines_received(),
        is_waiting=is_waiting,
        standing=lambda one: standing_of(one, now),
    )


@requires(Permission.ADHOC_ANSWER)
def reply(line_id: UUID) -> ResponseReturnValue:
    """Show the questions, what the system counts filled in, and send the answers."""
    found = load_line_received(line_id)
    refusal: RefusedError | None = None
    if request.method == "POST":
        typed, because = _sent(len(found.row.labels)), request.form.get("because", "")
        refusal = refusal_of(
            lambda: answer(
                line_id, typed, because=because, version=sent_version(), by=current_actor()
            )
        )
        if refusal is None:
            flash(gettext("The answer has been sent."), "success")
            return redirect(url_for("adhoc.received"), 303)
    return _page(line_id, refusal)


@requires(Permission.ADHOC_ANSWER)
def keep(line_id: UUID) -> ResponseReturnValue:
    """Keep what is typed and not sent yet: by the button, or by itself while somebody types."""
    found, kept = load_line_received(line_id), list[int]()
    typed, because = _sent(len(found.row.labels)), request.form.get("because", "")
    version = request.form.get("draft", 0, type=int)
    refusal = refusal_of(
        lambda: kept.append(
            keep_draft(line_id, typed, because=because, version=version, by=current_actor())
        )
    )
    if request.accept_mimetypes.best == "application/json":
        if refusal is not None:
            told = [text for text, _anchor in problems_of(refusal, anchor=None)]
            return jsonify(problems=told), status_of(refusal)
        at = transaction_time().astimezone(VIETNAM).strftime("%H:%M")
        return jsonify(saved_at=at, fields={"draft": str(kept[0])})
    if refusal is None:
        flash(gettext("What you typed is kept. Nothing has been sent."), "success")
        return redirect(url_for("adhoc.received"), 303)
    return _page(line_id, refusal)


def _page(line_id: UUID, refusal: RefusedError | None) -> ResponseReturnValue:
    found, draft = load_line_received(line_id), find_draft(line_id)
    is_correction = found.line.state is LineState.ANSWERED
    is_typed = request.method == "POST"
    known = known_now(found.row)
    shown = _typed_before(found, draft, known)
    page = render_template(
        "adhoc/reply.html",
        found=found,
        is_correction=is_correction,
        is_open=not found.is_closed
        and (not is_correction or is_typed or "correct" in request.args),
        typed=_sent(len(found.row.labels)) if is_typed else shown,
        because=request.form.get("because", draft.because if draft else ""),
        draft=draft,
        draft_version=request.form.get("draft", draft.version if draft else 0, type=int),
        version=sent_version() if is_typed else found.row.version,
        known=known,
        former=former_of([line_id]).get(line_id, ()),
        standing=standing_of(found, transaction_time()),
        shown=shown_value,
        shown_count=shown_count,
        problems=problems_of(refusal, anchor=_anchor(refusal)),
    )
    return page, status_of(refusal)


def _sent(count: int) -> Sequence[Typed]:
    form = request.form
    return [
        Typed(
            value=form.get(f"answer-{place}", ""),
            whole=form.get(f"whole-{place}", ""),
            reason=form.get(f"reason-{place}", ""),
        )
        for place in range(1, count + 1)
    ]


def _typed_before(
    found: NamedLine, draft: AdhocDraft | None, known: Sequence[Count | None]
) -> Sequence[Typed]:
    """Fill the form with what was kept, or was sent before, or else with what the system counts."""
    if draft is not None:
        kept = zip(draft.typed, draft.wholes, draft.reasons, strict=True)
        return [Typed(value=value, whole=whole, reason=reason) for value, whole, reason in kept]
    if found.line.answers:
        pairs = zip(found.row.fields, found.line.answers, strict=True)
        return [_as_typed(field, one) for field, one in pairs]
    return [
        Typed(value=str(one.number), whole="" if one.whole is None else str(one.whole))
        if one
        else Typed(value="")
        for one in known
    ]


def _as_typed(field: Field, one: Answer) -> Typed:
    if field.kind in WRITTEN or field.kind is FieldKind.DATE:
        return Typed(value=one.text)
    if field.kind is FieldKind.YES_NO:
        return Typed(value="yes" if one.number else "no")
    return Typed(value=typed_number(one.number), whole=typed_number(one.whole), reason=one.reason)


def _anchor(refusal: RefusedError | None) -> str | None:
    """Return the id of the first field that a refusal is about."""
    numbers = refusal.facts.get("numbers") if refusal else None
    return f"answer-{numbers[0]}" if isinstance(numbers, tuple) else None
