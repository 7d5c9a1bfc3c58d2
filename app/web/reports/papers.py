"""Makes the files of a version while it is signed."""

from flask import current_app, url_for

from app.domain.refusals import RefusedError, Rule
from app.exports.papers.typesetting import NotTypesetError
from app.exports.report_files import write_report_files
from app.services.reports import ReportFiles


CODE_LENGTH = 32
"""How many digits of a fingerprint an address carries: 128 bits, which nobody guesses."""


def write_files(content: str, digest: str) -> ReportFiles:
    """Return paper and workbook of a version; raise ``RefusedError`` if they cannot be made."""
    address = url_for("reports.check", fingerprint=digest[:CODE_LENGTH], _external=True)
    try:
        return write_report_files(content, digest, address=address)
    except NotTypesetError as error:
        current_app.logger.exception("the paper of a report was not typeset")
        raise RefusedError(Rule.PAPER_NOT_MADE) from error
