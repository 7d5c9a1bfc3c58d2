"""The addresses of ad-hoc requests: of whoever asks, and of whoever answers."""

from flask import Blueprint

from app.web.adhoc import answering, asking, drawing, workbooks


bp = Blueprint("adhoc", __name__, url_prefix="/adhoc")

_FORM = ("GET", "POST")
_SEND = ("POST",)

bp.add_url_rule("/", "index", asking.index)
bp.add_url_rule("/new", "new", drawing.new, methods=_FORM)
bp.add_url_rule("/<uuid:adhoc_id>", "show", asking.show)
bp.add_url_rule("/<uuid:adhoc_id>/edit", "edit", drawing.edit, methods=_FORM)
bp.add_url_rule("/<uuid:adhoc_id>/send", "deliver", drawing.deliver, methods=_SEND)
bp.add_url_rule("/<uuid:adhoc_id>/remind", "nudge", asking.nudge, methods=_SEND)
bp.add_url_rule("/<uuid:adhoc_id>/discard", "drop", drawing.drop, methods=_SEND)
bp.add_url_rule("/<uuid:adhoc_id>/close", "end", asking.end, methods=_FORM)
bp.add_url_rule("/<uuid:adhoc_id>/workbook", "workbook", workbooks.workbook, methods=_SEND)
bp.add_url_rule("/lines/<uuid:line_id>/return", "give", asking.give, methods=_FORM)

bp.add_url_rule("/received", "received", answering.received)
bp.add_url_rule("/received/<uuid:line_id>", "reply", answering.reply, methods=_FORM)
bp.add_url_rule("/received/<uuid:line_id>/keep", "keep", answering.keep, methods=_SEND)
