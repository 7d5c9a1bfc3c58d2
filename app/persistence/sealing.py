"""Personal numbers at rest: sealed with AES-256-GCM, found by a keyed index.

Two keys are derived from one secret, so that whoever can look a number up cannot also open one.
The identifier of the person is bound into the seal: a sealed number moved to another row does not
open. The index is keyed per province, so that equal numbers cannot be matched across provinces.
"""

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class NumberSeal:
    """Seals and finds the 12-digit personal numbers (CCCD). ``secret`` is 32 bytes."""

    secret: bytes

    def seal(self, number: str, *, person: UUID) -> bytes:
        """Return ``number`` encrypted for the row of ``person``."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key(b"seal")).encrypt(nonce, number.encode(), person.bytes)

    def open(self, sealed: bytes, *, person: UUID) -> str:
        """Return the number again; raise ``InvalidTag`` if it was not sealed for this row."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(self._key(b"seal")).decrypt(nonce, ciphertext, person.bytes).decode()

    def index(self, number: str, *, province_id: int) -> bytes:
        """Return what ``number`` is found by within a province."""
        key = self._key(b"index-%d" % province_id)
        return hmac.digest(key, number.encode(), sha256)

    def _key(self, purpose: bytes) -> bytes:
        return hmac.digest(self.secret, purpose, sha256)
