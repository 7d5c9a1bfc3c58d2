"""Shows somebody's personal number once, after asking why."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.domain.cccd import MOST_AN_HOUR, NumberUseKind
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.queries.people import load_person
from app.persistence.unit_of_work import unit_of_work
from app.services.unmasking import count_look_up, open_for
from app.web.access import current_actor, requires
from app.web.forms import Form
from app.web.refused import problems_of, refusal_of, status_of
from app.web.roster.room import bp, number_seal
from app.web.years import chosen_year


_LONGEST = 300


class ReasonToShowForm(Form):
    """Why somebody has to see a number."""

    reason = TextAreaField(
        _("Reason"),
        [InputRequired(), Length(max=_LONGEST)],
        description=_("Who asked for the number, and for what. It is kept in the record of acts."),
    )


@bp.route("/people/<uuid:person_id>/personal-number", methods=["GET", "POST"])
@requires(Permission.CCCD_UNMASK, fresh_factor=True)
def show_number(person_id: UUID) -> ResponseReturnValue:
    """Ask why, then show the number on a page that nothing keeps."""
    person = load_person(person_id)
    form, number, refusal = ReasonToShowForm(), None, None
    if person.cccd_last_four is not None and form.was_submitted():
        number, refusal = _try_to_show(person_id, form)
        person = load_person(person_id)
    page = render_template(
        "roster/number.html",
        person=person,
        form=form,
        digits=number,
        year=chosen_year(),
        most=MOST_AN_HOUR[NumberUseKind.SHOWN],
        problems=problems_of(refusal, anchor="reason"),
    )
    # Like every page but the assets, it is sent with no-store.
    return page, 422 if form.errors else status_of(refusal)


def _try_to_show(person_id: UUID, form: ReasonToShowForm) -> tuple[str | None, RefusedError | None]:
    try:
        with unit_of_work():
            reason = str(form.reason.data)
            return open_for(person_id, reason, seal=number_seal(), by=current_actor()), None
    except RefusedError as refusal:
        return None, refusal


def refusal_to_look_up(digits: str | None) -> RefusedError | None:
    """Count a number that was typed; return the refusal once an account has typed too many."""
    if digits is None or request.method != "POST":
        return None
    actor = current_actor()
    return refusal_of(lambda: count_look_up(by=actor))
