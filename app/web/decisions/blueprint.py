"""The blueprint that the modules of this room hang their pages on."""

from flask import Blueprint


bp = Blueprint("decisions", __name__, url_prefix="/decisions")
