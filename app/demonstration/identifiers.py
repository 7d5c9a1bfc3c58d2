"""Identifiers that come out the same for the same seed, in the form of those of real rows."""

from datetime import datetime
from hashlib import blake2b
from uuid import UUID


_RANDOM_BYTES = 10


def identify(at: datetime, *parts: object) -> UUID:
    """Return a UUID of version 7 of the moment ``at``, whose random bits stand for ``parts``."""
    digest = blake2b(repr(parts).encode(), digest_size=_RANDOM_BYTES)
    drawn = bytearray(digest.digest())
    drawn[0] = 0x70 | (drawn[0] & 0x0F)
    drawn[2] = 0x80 | (drawn[2] & 0x3F)
    milliseconds = int(at.timestamp() * 1000)
    return UUID(bytes=milliseconds.to_bytes(6, "big") + bytes(drawn))
