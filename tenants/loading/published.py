"""Compares the criteria sets with what they were when they were published."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from tenants.loading.tables import open_document


PUBLISHED = Path(__file__).parents[1] / "published.toml"


def digest_of(path: Path) -> str:
    """Compute the fingerprint of a file; how its lines end does not matter."""
    return hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()


def published_digests(path: Path = PUBLISHED) -> Mapping[str, str]:
    """Read the fingerprint of every published version, by its reference."""
    with open_document(path) as document:
        return {reference: document.string(reference) for reference in document.values}
