"""Hands the answers to an ad-hoc request out as a workbook."""

from datetime import datetime
from io import BytesIO
from uuid import UUID

from flask import send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.adhoc import totals
from app.domain.audit import Act
from app.domain.permissions import Permission
from app.exports.adhoc_workbook import Answers, Row, write_adhoc_workbook
from app.exports.wording import Wording
from app.labels.adhoc import LINE_STATES
from app.labels.boards import describe_punctuality
from app.persistence.clock import today, transaction_time
from app.persistence.queries.adhoc import NamedLine, lines_of, load_request
from app.persistence.unit_of_work import unit_of_work
from app.services.record import record_act
from app.web.access import current_actor, requires
from app.web.language import current_language


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Permission.ADHOC_ASK)
def workbook(adhoc_id: UUID) -> ResponseReturnValue:
    """Hand the answers out as a workbook."""
    asked, now = load_request(adhoc_id), transaction_time()
    lines = lines_of(adhoc_id)
    with unit_of_work():
        record_act(
            Act.EXPORT_ASKED,
            by=current_actor(),
            object_kind="export",
            object_id=adhoc_id,
            kind="adhoc",
            rows=len(lines),
        )
    wording = Wording(language=current_language(), gettext=_say)
    answers = Answers(
        title=asked.title,
        document=asked.document,
        fields=asked.fields,
        rows=[_row(one, now) for one in lines],
        totals=totals(asked.fields, [one.line for one in lines]),
    )
    content = write_adhoc_workbook(answers, created=now, wording=wording)
    return send_file(
        BytesIO(content),
        mimetype=_XLSX,
        as_attachment=True,
        download_name=gettext("Answers %(day)s", day=today().isoformat()) + ".xlsx",
    )


def _row(one: NamedLine, now: datetime) -> Row:
    return Row(
        agency=one.agency,
        state=str(LINE_STATES[one.line.state]),
        standing=describe_punctuality(one.line.standing(now)),
        is_received=one.line.is_received,
        answers=one.line.answers,
    )


def _say(message: str, /, **facts: object) -> str:
    return str(gettext(message, **facts))
