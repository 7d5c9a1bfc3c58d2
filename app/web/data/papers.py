"""The copy of somebody's data as a paper: who issues it, when, and at which head of the record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext

from app.domain.audit_chain import shown_head
from app.domain.deadlines import vietnam_date
from app.domain.permissions import Actor
from app.domain.settings import SettingName
from app.exports.letterhead import in_words
from app.exports.papers.data_copy import DataCopy, write_data_copy
from app.persistence.queries.audit_chain import find_head
from app.persistence.queries.rules import value_in_effect
from app.web.data.readable import sections_of
from app.web.language import current_language, show_date, show_moment


def paper_of(copy: Mapping[str, Any], *, by: Actor) -> bytes:
    """Return the PDF of a copy that somebody just made."""
    made_at = datetime.fromisoformat(copy["made_at"])
    tables = copy["tables"]
    return write_data_copy(
        DataCopy(
            language=current_language(),
            superior=value_in_effect(SettingName.SUPERIOR) or "",
            agency=value_in_effect(SettingName.PRINTED_NAME) or g.agency.name,
            dated=_dated(made_at),
            title=gettext("Copy of personal data"),
            person=tables["person"][0]["name"],
            summary=_summary(),
            sections=sections_of(tables),
            footer=_footer(made_at, by),
            page=gettext("Page"),
        ),
        made_at=made_at,
    )


def _summary() -> str:
    return gettext(
        "Everything that this agency keeps of this person, as its file for machines has it. The"
        " personal number is masked; codes are in small letters."
    )


def _dated(made_at: datetime) -> str:
    place, language = value_in_effect(SettingName.PLACE), current_language()
    day = in_words(vietnam_date(made_at)) if language == "vi" else show_date(made_at)
    return f"{place}, {day}" if place else day


def _footer(made_at: datetime, by: Actor) -> str:
    made = gettext("Made at %(moment)s by %(name)s", moment=show_moment(made_at), name=by.name)
    head = find_head()
    if head is None:
        return made
    return f"{made} · {gettext('Record of acts: %(head)s', head=shown_head(head))}"
