"""On what basis somebody's data are kept: consent as a rule, sometimes another, always recorded."""

from collections.abc import Mapping
from enum import StrEnum

from app.domain.people import ConsentChannel
from app.domain.refusals import RefusedError, Rule


CURRENT_WORDING = "2026-1"
"""The version of the words that people agree to; a change of the words takes a new one."""


class LegalBasis(StrEnum):
    """Why the data may be kept (Luật 91/2025/QH15)."""

    CONSENT = "consent"
    EMPLOYMENT = "employment"
    LAW = "law"


class Purpose(StrEnum):
    """What the data are kept for."""

    ASSESSMENT = "assessment"


BASIS_OF_CHANNEL: Mapping[ConsentChannel, LegalBasis] = {
    ConsentChannel.ONLINE: LegalBasis.CONSENT,
    ConsentChannel.PAPER_FORM: LegalBasis.CONSENT,
    ConsentChannel.SPOKEN: LegalBasis.CONSENT,
    ConsentChannel.EMPLOYMENT: LegalBasis.EMPLOYMENT,
}


def require_basis(name: str, *, has_live_basis: bool) -> None:
    """Raise ``RefusedError`` when nothing allows somebody's data to be used any more."""
    if not has_live_basis:
        raise RefusedError(Rule.NO_BASIS, name=name)


def require_unrestricted(name: str, *, is_restricted: bool) -> None:
    """Raise ``RefusedError`` while somebody's data may be kept but not used."""
    if is_restricted:
        raise RefusedError(Rule.DATA_RESTRICTED, name=name)
