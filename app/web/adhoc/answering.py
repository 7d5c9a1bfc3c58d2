"""Shows an agency what the agencies above ask of it, and sends its answers."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.adhoc import OPEN_TO_ANSWER, Answer, FieldKind, Typed
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.clock import transaction_time
from app.persistence.queries.adhoc import (
    NamedLine,
    known_now,
    lines_received,
    load_line_received,
)
from app.services.adhoc import answer
from app.web.access import current_actor, requires
from app.web.adhoc.values import shown_value, standing_of
from app.web.refused import problems_of, refusal_of, status_of


@requires(Permission.ADHOC_ANSWER)
def received() -> ResponseReturnValue:
    """List what is asked of this agency, with the days left."""
    now = transaction_time()
    return render_template(
        "adhoc/received.html",
        lines=lines_received(),
        standing=lambda one: standing_of(one, now),
        open_states=OPEN_TO_ANSWER,
    )


@requires(Permission.ADHOC_ANSWER)
def reply(line_id: UUID) -> ResponseReturnValue:
    """Show the questions, what the system counts filled in, and send the answers."""
    found = load_line_received(line_id)
    is_open = found.row.closed_at is None and found.row.state in OPEN_TO_ANSWER
    typed, refusal = _typed_before(found), None
    if request.method == "POST":
        typed = _sent(len(found.row.labels))
        refusal = refusal_of(lambda: answer(line_id, typed, by=current_actor()))
        if refusal is None:
            flash(gettext("The answer has been sent."), "success")
            return redirect(url_for("adhoc.received"), 303)
    page = render_template(
        "adhoc/reply.html",
        found=found,
        is_open=is_open,
        typed=typed,
        known=known_now(found.row),
        standing=standing_of(found, transaction_time()),
        shown=shown_value,
        problems=problems_of(refusal, anchor=_anchor(refusal)),
    )
    return page, status_of(refusal)


def _sent(count: int) -> Sequence[Typed]:
    form = request.form
    return [
        Typed(value=form.get(f"answer-{place}", ""), reason=form.get(f"reason-{place}", ""))
        for place in range(1, count + 1)
    ]


def _typed_before(found: NamedLine) -> Sequence[Typed]:
    """Fill the form with what was sent before, or else with what the system counts."""
    if found.line.answers:
        pairs = zip(found.row.fields, found.line.answers, strict=True)
        return [Typed(value=_as_typed(field.kind, one), reason=one.reason) for field, one in pairs]
    counts = known_now(found.row)
    return [Typed(value="" if count is None else str(count)) for count in counts]


def _as_typed(kind: FieldKind, one: Answer) -> str:
    if kind is FieldKind.TEXT:
        return one.text
    if one.number is None:
        return ""
    return ("no", "yes")[one.number] if kind is FieldKind.YES_NO else str(one.number)


def _anchor(refusal: RefusedError | None) -> str | None:
    """Return the id of the first field that a refusal is about."""
    numbers = refusal.facts.get("numbers") if refusal else None
    return f"answer-{numbers[0]}" if isinstance(numbers, tuple) else None
