"""Shows an agency's first page."""

from flask import Blueprint, abort, g, render_template
from flask.typing import ResponseReturnValue

from app.web.access import public


bp = Blueprint("home", __name__)


@bp.get("/home")
@public
def index() -> ResponseReturnValue:
    """Greet whoever comes, and show what waits for them."""
    if g.agency is None:
        abort(404)
    return render_template("home/index.html")
