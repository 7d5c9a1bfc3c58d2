"""Draws that come out the same whenever they begin from the same seed."""

from collections.abc import Mapping
from random import Random
from typing import TypeVar


Drawn = TypeVar("Drawn")


def dice_for(*parts: object) -> Random:
    """Return dice that belong to ``parts`` alone, so that no draw elsewhere can disturb them."""
    return Random(":".join(map(str, parts)))  # noqa: S311 - stories, not secrets


def chance(random: Random, probability: float) -> bool:
    """Tell whether something that happens with ``probability`` happens this time."""
    return random.random() < probability


def weighted(random: Random, weights: Mapping[Drawn, float]) -> Drawn:
    """Draw one key, each as often as its weight says."""
    return random.choices(tuple(weights), weights=tuple(weights.values()))[0]


def between(random: Random, lowest: int, highest: int) -> int:
    """Draw a whole number from ``lowest`` to ``highest``, both possible."""
    return lowest + int(random.random() * (highest - lowest + 1))
