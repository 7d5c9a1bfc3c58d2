"""What the pages of the roster share: their blueprint, the seal, and the groups of a year."""

from flask import Blueprint, current_app

from app.domain.people import mask_cccd
from app.intake.review import group_names as names_of_groups
from app.persistence.sealing import NumberSeal
from app.web.language import current_language


bp = Blueprint("roster", __name__, url_prefix="/roster")


@bp.app_template_filter("masked_number")
def show_masked(last_four: str | None) -> str:
    """Write a personal number by its last four digits; a dash for none."""
    return mask_cccd(last_four) or "–"


def number_seal() -> NumberSeal:
    """Return the seal of personal numbers."""
    seal: NumberSeal = current_app.extensions["number_seal"]
    return seal


def group_names(year: int) -> dict[int, str]:
    """Return what the groups that the agency recognises in a year are called."""
    return names_of_groups(year, current_language())
