"""Tells whether the process lives, and whether everything behind it does."""

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.jobs.health import jobs_problems, redis_problem
from app.persistence.health import database_problem
from app.services.keys import key_problem
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
    """Answer 200 when the database is writable and up to date, the keys fit, and Redis answers."""
    config = current_app.extensions["bangvang"]
    ring = current_app.extensions["number_seal"].ring
    problems = {
        "database": database_problem(),
        "keys": key_problem(ring),
        "redis": redis_problem(config.redis_url),
    }
    found = {name: problem for name, problem in problems.items() if problem}
    return jsonify(status="ready" if not found else "not ready", **found), 503 if found else 200


@bp.get("/jobsz")
@public
def jobs() -> ResponseReturnValue:
    """Answer 200 while what the jobs have to do is done in time, and the nights find no fault.

    Apart from ``ready``: a page is as good as ever while a workbook is late.
    """
    found = jobs_problems()
    return jsonify(status="well" if not found else "not well", **found), 503 if found else 200
