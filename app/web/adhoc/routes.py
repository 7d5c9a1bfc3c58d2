"""The addresses of ad-hoc requests: of whoever asks, and of whoever answers."""

from flask import Blueprint

from app.web.adhoc import answering, asking


bp = Blueprint("adhoc", __name__, url_prefix="/adhoc")

_FORM = ("GET", "POST")
_SEND = ("POST",)

bp.add_url_rule("/", "index", asking.index)
bp.add_url_rule("/new", "new", asking.new, methods=_FORM)
bp.add_url_rule("/<uuid:adhoc_id>", "show", asking.show)
bp.add_url_rule("/<uuid:adhoc_id>/send", "deliver", asking.deliver, methods=_SEND)
bp.add_url_rule("/<uuid:adhoc_id>/discard", "drop", asking.drop, methods=_SEND)
bp.add_url_rule("/<uuid:adhoc_id>/close", "end", asking.end, methods=_FORM)
bp.add_url_rule("/<uuid:adhoc_id>/workbook", "workbook", asking.workbook, methods=_SEND)
bp.add_url_rule("/lines/<uuid:line_id>/return", "give", asking.give, methods=_FORM)

bp.add_url_rule("/received", "received", answering.received)
bp.add_url_rule("/received/<uuid:line_id>", "reply", answering.reply, methods=_FORM)
