"""Explains what is said of a target: who is missing, the pace, and where it leads."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.refusals import MissingError
from app.labels import explanations as labels
from app.web.board.targets import Row, targets_of
from app.web.figures.asked import Asked
from app.web.language import show_decimal
from tenants.schema import TargetName


def show_target(asked: Asked, name: TargetName) -> ResponseReturnValue:
    """Show how a target's numbers follow from those counted and from what each day brought."""
    row = _row(asked, name)
    return render_template(
        "figures/target.html",
        asked=asked,
        unit=None,
        row=row,
        links=asked.links,
        decimal=show_decimal,
        labels=labels,
        trail=[
            (gettext("Golden board"), url_for("board.index", year=asked.filters.year)),
            (str(row.counted), None),
        ],
    )


def _row(asked: Asked, name: TargetName) -> Row:
    """Return the target as the board shows it; any other is not found."""
    board = asked.whole_board()
    targets = targets_of(board, asked.agency.key, is_alone=asked.is_alone)
    for section in targets.sections:
        for row in section.rows:
            if row.aim.target.name is name and row.aim.audience is asked.audience:
                return row
    raise MissingError(name)
