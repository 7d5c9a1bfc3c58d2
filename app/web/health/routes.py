"""Tells whether the process lives, and whether everything behind it does."""

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.jobs.health import redis_problem
from app.persistence.health import database_problem
from app.web.access import public


bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def live() -> ResponseReturnValue:
    """Answer as long as the process does."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer 200 when the database can be written to, is up to date, and Redis answers."""
    config = current_app.extensions["bangvang"]
    problems = {
        "database": database_problem(),
        "redis": redis_problem(config.redis_url),
    }
    found = {name: problem for name, problem in problems.items() if problem}
    return jsonify(status="ready" if not found else "not ready", **found), 503 if found else 200
