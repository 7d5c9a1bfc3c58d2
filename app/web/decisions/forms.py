"""What is typed on the head's pages: number, date and signer; one ruling a line."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.domain.decisions import Addressee, Ruling, Signature
from app.domain.dossiers import Outcome
from app.domain.members import require_signs_in_own_right
from app.domain.permissions import Actor
from app.domain.refusals import RefusedError
from app.domain.settings import SettingName
from app.persistence.clock import today
from app.persistence.queries.proposals import Line
from app.persistence.queries.rules import value_in_effect
from app.web.decisions.papers import line_above
from app.web.forms import Form


STRIKE = "strike"
"""The third answer beside the two outcomes: take the line off the list."""


class SignatureForm(Form):
    """Number, date and signer, the signer chosen from the agency's settings."""

    number = StringField(_("Decision number and symbol"), [InputRequired(), Length(max=60)])
    signed_on = DateField(_("Date of signing"), [InputRequired()])
    signer = SelectField(_("Signed as"), coerce=int)
    signer_name = StringField(_("Name of the signer"), [InputRequired(), Length(max=100)])

    def __init__(self, actor: Actor) -> None:
        super().__init__(signed_on=today(), signer_name=actor.name, signer=0)
        self.signers: Sequence[dict[str, Any]] = value_in_effect(SettingName.SIGNER, [])
        self.signer.choices = [
            (place, " ".join(filter(None, (line_above(one), one["title"]))))
            for place, one in enumerate(self.signers)
            if _is_right_of(actor, one)
        ]

    def signature(self) -> Signature:
        """Return what was typed."""
        chosen = self.signers[self.signer.data]
        return Signature(
            number=self.number.data or "",
            signed_on=self.signed_on.data,
            signer_name=self.signer_name.data or "",
            signer_title=chosen["title"],
            prefix=line_above(chosen),
            authority=chosen["authority"],
        )


class SuperiorSignatureForm(Form):
    """Number, date and signer of the level above, whose offices this agency does not keep."""

    number = StringField(_("Decision number and symbol"), [InputRequired(), Length(max=60)])
    signed_on = DateField(_("Date of signing"), [InputRequired()])
    authority = StringField(_("Issuing authority"), [InputRequired(), Length(max=200)])
    signer_title = StringField(_("Title of the signer"), [InputRequired(), Length(max=100)])
    signer_name = StringField(_("Name of the signer"), [InputRequired(), Length(max=100)])

    def __init__(self, actor: Actor) -> None:
        above = value_in_effect(SettingName.SUPERIOR, "")
        super().__init__(signed_on=today(), signer_name=actor.name, authority=above)

    def signature(self) -> Signature:
        """Return what was typed."""
        return Signature(
            number=self.number.data or "",
            signed_on=self.signed_on.data,
            signer_name=self.signer_name.data or "",
            signer_title=self.signer_title.data or "",
            authority=self.authority.data or "",
        )


def signature_form(addressee: Addressee, actor: Actor) -> SignatureForm | SuperiorSignatureForm:
    """Return the form that fits who signs."""
    if addressee is Addressee.SUPERIOR:
        return SuperiorSignatureForm(actor)
    return SignatureForm(actor)


def read_answers(lines: Iterable[Line]) -> tuple[dict[UUID, Ruling], dict[UUID, str]]:
    """Return what was chosen for each line: rulings, and reasons of those struck out."""
    rulings, struck = {}, {}
    for line in lines:
        key = line.dossier.id
        answer = request.form.get(f"outcome-{key}", "")
        reason = request.form.get(f"reason-{key}", "").strip()
        if answer == STRIKE:
            struck[key] = reason
        elif answer == Outcome.RECOGNISED.value:
            rulings[key] = Ruling(outcome=Outcome.RECOGNISED)
        elif answer == Outcome.NOT_RECOGNISED.value:
            rulings[key] = Ruling(outcome=Outcome.NOT_RECOGNISED, reason=reason)
    return rulings, struck


def typed_fields() -> list[tuple[str, str]]:
    """Return everything that was sent, to be carried over a confirmation."""
    dropped = {"csrf_token", "is_confirmed", "edit"}
    return [(name, value) for name, value in request.form.items(multi=True) if name not in dropped]


def _is_right_of(actor: Actor, signer: dict[str, Any]) -> bool:
    try:
        require_signs_in_own_right(line_above(signer), actor.capacities)
    except RefusedError:
        return False
    return True


def note_on_signers(form: Form) -> str | None:
    """Return what to tell somebody whose agency has not said who signs, or not in what right."""
    if isinstance(form, SignatureForm) and not form.signers:
        return gettext(
            "This agency has not said yet who signs decisions. Enter it in the settings."
        )
    if isinstance(form, SignatureForm) and not form.signer.choices:
        return gettext(
            "No line of the settings says that you sign in your right. Add it to the signers there."
        )
    return None
