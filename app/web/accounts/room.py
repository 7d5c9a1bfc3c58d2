"""The blueprint that the pages about accounts hang themselves on."""

from flask import Blueprint


bp = Blueprint("accounts", __name__)
