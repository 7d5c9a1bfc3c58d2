"""A version of a report as the files that are kept of it, all made of the text that is signed."""

from app.exports.papers.report import write_report_paper
from app.exports.report_workbook import write_report_workbook
from app.services.reports import ReportFiles


def write_report_files(content: str, digest: str, *, address: str) -> ReportFiles:
    """Return paper and workbook; ``address`` is where one learns whether a newer version exists.

    Raises ``NotTypesetError`` when the paper cannot be typeset.
    """
    return ReportFiles(
        paper=write_report_paper(content, digest, address=address),
        workbook=write_report_workbook(content, digest),
    )
