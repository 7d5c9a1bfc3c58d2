"""Where the pages of one's own dossier hang."""

from flask import Blueprint


bp = Blueprint("own", __name__, url_prefix="/own")
