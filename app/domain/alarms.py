"""What may turn out to be wrong in the night."""

from enum import StrEnum


class AlarmKind(StrEnum):
    """What was found wrong. Keep the list alphabetical."""

    CHAIN_BROKEN = "chain-broken"
    FIGURES_REPAIRED = "figures-repaired"
    OFFICIAL_REPAIRED = "official-repaired"
    OVERLAPS_REPAIRED = "overlaps-repaired"


MACHINE = "Bảng Vàng"
"""Who stands on the record for what nobody did: the house itself."""
