"""The addresses of criteria sets and their drafts."""

from flask import Blueprint

from app.web.criteria import drafts, imports, publishing, sets


bp = Blueprint("criteria", __name__, url_prefix="/criteria")

_FORM = ("GET", "POST")
_DRAFT = "/drafts/<uuid:draft_id>"

bp.add_url_rule("/", "index", sets.index)
bp.add_url_rule("/sets/<reference>", "show", sets.show)
bp.add_url_rule("/sets/<reference>/file", "file", sets.file)
bp.add_url_rule("/sets/<reference>/draft", "start", drafts.start, methods=("POST",))

bp.add_url_rule(_DRAFT, "draft", drafts.draft)
bp.add_url_rule(f"{_DRAFT}/<page>", "edit", drafts.edit, methods=_FORM)
bp.add_url_rule(f"{_DRAFT}/discard", "discard", drafts.discard, methods=_FORM)
bp.add_url_rule(f"{_DRAFT}/template", "template", imports.template)
bp.add_url_rule(f"{_DRAFT}/import", "bring_in", imports.bring_in, methods=_FORM)
bp.add_url_rule(f"{_DRAFT}/publish", "publish", publishing.publish, methods=_FORM)
