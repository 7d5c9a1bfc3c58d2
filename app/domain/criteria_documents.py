"""A criteria set written down as a file of ``tenants/criteria`` would say it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from tenants.schema import Competency, CriteriaSet, GroupCriteria, Indicator


Document = Mapping[str, Any]


def document_of(criteria: CriteriaSet) -> Document:
    """Return a set as plain values; what it does not say is left out."""
    verification = criteria.verification
    return _said(
        {
            "name": dict(criteria.name),
            "issuer": criteria.issuer,
            "document": criteria.document,
            "issued_on": criteria.issued_on.isoformat(),
            "valid_from_year": criteria.valid_from_year,
            "valid_to_year": criteria.valid_to_year,
            "is_verified": criteria.is_verified,
            "verification": _days_written(asdict(verification)) if verification else None,
            "source": criteria.source,
            "notice": dict(criteria.notice),
            "province": criteria.province,
            "based_on": criteria.based_on,
            "groups": [_group(one) for one in criteria.groups],
        }
    )


def _group(group: GroupCriteria) -> Document:
    return {
        "number": group.number,
        "name": dict(group.name),
        "rule": asdict(group.rule),
        "is_internal": group.is_internal,
        "is_number_certain": group.is_number_certain,
        "competencies": [_competency(one) for one in group.competencies],
    }


def _competency(competency: Competency) -> Document:
    return {
        "number": competency.number,
        "name": dict(competency.name),
        "indicators": [_indicator(one) for one in competency.indicators],
    }


def _indicator(indicator: Indicator) -> Document:
    return _said(
        {
            "number": indicator.number,
            "skill": indicator.skill,
            "text": dict(indicator.text),
            "guidance": dict(indicator.guidance) if indicator.guidance else None,
            "evidence": indicator.evidence.value,
        }
    )


def _said(values: Document) -> Document:
    return {key: value for key, value in values.items() if value is not None}


def _days_written(values: Document) -> Document:
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in values.items()
    }


def digest_of_document(document: Document) -> str:
    """Compute the fingerprint of a set that is in no file, whatever the order of its keys."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
