"""Makes the paper of a version while it is signed."""

from flask import current_app, url_for

from app.domain.refusals import RefusedError, Rule
from app.exports.papers.report import write_report_paper
from app.exports.papers.typesetting import NotTypesetError


CODE_LENGTH = 32
"""How many digits of a fingerprint an address carries: 128 bits, which nobody guesses."""


def write_paper(content: str, digest: str) -> bytes:
    """Return the PDF of a version; raise ``RefusedError`` when it cannot be made."""
    address = url_for("reports.check", fingerprint=digest[:CODE_LENGTH], _external=True)
    try:
        return write_report_paper(content, digest, address=address)
    except NotTypesetError as error:
        current_app.logger.exception("the paper of a report was not typeset")
        raise RefusedError(Rule.PAPER_NOT_MADE) from error
