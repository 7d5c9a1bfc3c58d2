"""Secrets of code apps at rest: sealed with AES-256-GCM under a key derived from SECRET_KEY.

The row is bound into the seal: a secret that is moved to another account does not open.
"""

import hmac
import os
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


_NONCE_BYTES = 12
_PURPOSE = b"second factors"


@dataclass(frozen=True, slots=True)
class FactorSeal:
    """Seals the secrets that code apps share with us."""

    secret_key: str = field(repr=False)

    def seal(self, secret: str, *, row: UUID) -> bytes:
        """Return ``secret`` encrypted for one row."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, secret.encode(), row.bytes)

    def open(self, sealed: bytes, *, row: UUID) -> str:
        """Return the secret again; raise ``InvalidTag`` if it was not sealed for this row."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return self._cipher().decrypt(nonce, ciphertext, row.bytes).decode()

    def _cipher(self) -> AESGCM:
        return AESGCM(hmac.digest(self.secret_key.encode(), _PURPOSE, sha256))
