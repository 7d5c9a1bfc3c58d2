"""What the office's and everybody's own pages about data share: asking, and handing out a copy."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app
from flask.typing import ResponseReturnValue

from app.domain.data_requests import RequestChannel, RequestKind
from app.domain.refusals import RefusedError, Rule
from app.exports.papers.typesetting import NotTypesetError
from app.persistence.unit_of_work import unit_of_work
from app.services import data_requests
from app.web.access import current_actor
from app.web.data.forms import AskForm
from app.web.data.papers import paper_of
from app.web.refused import refusal_of


def try_to_ask(person_id: UUID, form: AskForm, channel: RequestChannel) -> RefusedError | None:
    """Take down what a form asks; return the refusal, if there is one."""
    kind, words, by = RequestKind(form.kind.data), form.words.data or "", current_actor()
    return refusal_of(lambda: data_requests.ask(person_id, kind, channel, words, by=by))


def copy_of(person_id: UUID) -> ResponseReturnValue:
    """Hand out everything the agency keeps of somebody, as a file for machines."""
    with unit_of_work():
        found = data_requests.copy_of_data(person_id, by=current_actor())
    content = json.dumps(found, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="du-lieu-ca-nhan.json"'}
    return content, 200, headers | {"Content-Type": "application/json; charset=utf-8"}


def readable_copy_of(person_id: UUID) -> ResponseReturnValue:
    """Hand out everything the agency keeps of somebody, as a paper to be read."""
    with unit_of_work():
        found = data_requests.copy_of_data(person_id, by=current_actor())
        # Within the unit of work: a copy that cannot be made was not handed out.
        content = _paper_of(found)
    headers = {"Content-Disposition": 'attachment; filename="du-lieu-ca-nhan.pdf"'}
    return content, 200, headers | {"Content-Type": "application/pdf"}


def _paper_of(found: Mapping[str, Any]) -> bytes:
    try:
        return paper_of(found, by=current_actor())
    except NotTypesetError as error:
        current_app.logger.exception("a copy of personal data was not typeset")
        raise RefusedError(Rule.PAPER_NOT_MADE) from error
