"""Identifiers that sort by the moment they were made."""

import os
import time
from uuid import UUID


_RANDOM_BYTES = 10


def new_id() -> UUID:
    """Return a UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits.

    Made here and not by the database, because PostgreSQL has no ``uuidv7()`` before version 18,
    and because a row's children can then be made before the row is written.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = bytearray(os.urandom(_RANDOM_BYTES))
    random[0] = 0x70 | (random[0] & 0x0F)
    random[2] = 0x80 | (random[2] & 0x3F)
    return UUID(bytes=milliseconds.to_bytes(6, "big") + bytes(random))
