"""The addresses of an agency's settings, deadlines and units."""

from flask import Blueprint

from app.web.settings import deadlines, units, values


bp = Blueprint("settings", __name__, url_prefix="/settings")

_FORM = ("GET", "POST")

bp.add_url_rule("/", "index", values.index)
bp.add_url_rule("/<page>/edit", "edit", values.edit, methods=_FORM)
bp.add_url_rule("/<page>/inherit", "inherit", values.inherit, methods=_FORM)

bp.add_url_rule("/deadlines", "deadlines", deadlines.deadlines)
bp.add_url_rule("/deadlines/<kind>", "edit_deadline", deadlines.edit, methods=_FORM)
bp.add_url_rule("/deadlines/<kind>/remove", "remove_deadline", deadlines.remove, methods=_FORM)

bp.add_url_rule("/units", "units", units.units)
bp.add_url_rule("/units", "add_unit", units.add, methods=("POST",))
bp.add_url_rule("/units/<uuid:unit_id>", "edit_unit", units.edit, methods=_FORM)
bp.add_url_rule("/units/<uuid:unit_id>/retire", "retire_unit", units.retire, methods=_FORM)
bp.add_url_rule("/units/<uuid:unit_id>/reopen", "reopen_unit", units.reopen, methods=("POST",))
