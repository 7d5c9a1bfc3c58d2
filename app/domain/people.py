"""How somebody came onto a roster, and on what word their data are kept."""

from enum import StrEnum


TOMBSTONE = "–"
"""What stands in the place of a name that has been erased."""

TOMBSTONE_YEAR = 1900
"""What stands in the place of a year of birth, which no row may lack."""


class Origin(StrEnum):
    """How an entry of the roster was made."""

    TYPED = "typed"
    COPIED = "copied"
    IMPORTED = "imported"
    SELF_REGISTERED = "self_registered"
    TRANSFERRED = "transferred"


class ConsentChannel(StrEnum):
    """How somebody agreed (Luật 91/2025/QH15: silence is not consent)."""

    ONLINE = "online"
    PAPER_FORM = "paper_form"
    SPOKEN = "spoken"
    EMPLOYMENT = "employment"


def mask_cccd(last_four: str | None) -> str | None:
    """Return a personal number as pages show it: only its last four digits."""
    return f"********{last_four}" if last_four else None
