"""The addresses of the appraisal team's pages."""

from flask import Blueprint

from app.web.appraisals.desk import index, score
from app.web.appraisals.digital import state_digital
from app.web.appraisals.meeting import agreement, reopen_appraisal
from app.web.appraisals.returns import return_dossier, take_return_back
from app.web.appraisals.together import agree_together


bp = Blueprint("appraisals", __name__, url_prefix="/appraisals")

bp.add_url_rule("/", view_func=index)
for address, view in (
    ("/agreement", agree_together),
    ("/<uuid:dossier_id>", score),
    ("/<uuid:dossier_id>/agreement", agreement),
    ("/<uuid:dossier_id>/digital-skills", state_digital),
    ("/<uuid:dossier_id>/reopening", reopen_appraisal),
    ("/<uuid:dossier_id>/return", return_dossier),
    ("/<uuid:dossier_id>/return/undo", take_return_back),
):
    bp.add_url_rule(address, view_func=view, methods=["GET", "POST"])
