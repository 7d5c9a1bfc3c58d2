"""The page on which digital skills are stated after the meeting, or stated otherwise."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import Permission
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.services.digital_skills import require_may_state, state_digital_skills
from app.web.access import current_actor, requires
from app.web.appraisals.sheets import Sheet, sent_skill
from app.web.refused import problems_of, refusal_of, sent_version, status_of


@requires(Permission.APPRAISAL_AGREE)
def state_digital(dossier_id: UUID) -> ResponseReturnValue:
    """Ask what is to be stated and why, and state it."""
    dossier, refusal = load_dossier(dossier_id), None
    require_may_state(dossier, by=current_actor())
    found = dossier.digital_skill
    if request.method == "POST":
        found = sent_skill("digital")
        refusal = refusal_of(
            lambda: state_digital_skills(
                load_dossier_to_change(dossier_id),
                found,
                request.form.get("reason", ""),
                version=sent_version(),
                by=current_actor(),
            )
        )
        if refusal is None:
            flash(gettext("Saved. The figures are being counted again."), "success")
            return redirect(url_for("dossiers.show", dossier_id=dossier_id), 303)
    page = render_template(
        "appraisals/state_digital.html",
        dossier=load_dossier(dossier_id),
        sheet=Sheet(scores=(), digital=found),
        reason=request.form.get("reason", ""),
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, status_of(refusal)
