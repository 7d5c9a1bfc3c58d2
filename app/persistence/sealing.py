"""Personal numbers at rest: sealed with AES-256-GCM, found by a keyed index.

A sealed value is the id of its key (1 byte), a nonce (12), and the ciphertext with its tag. Where
it stands (table, column, province, agency, row) is bound into it: moved to another place it does
not open. A keyed index is the id of its key and an HMAC, with a key of its own for each province,
so that equal numbers cannot be matched across provinces; whoever can look a number up cannot open
one.
"""

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.tenants import TenantKey
from app.persistence.key_ring import Key, KeyRing


_NONCE_BYTES = 12
_FINGERPRINT_BYTES = 8


class SealBrokenError(Exception):
    """A sealed value does not open: moved from its place, damaged, or sealed with another key."""


@dataclass(frozen=True, slots=True)
class Place:
    """The one place in the database that a sealed value opens in."""

    table: str
    column: str
    tenant: TenantKey
    row: UUID

    def __bytes__(self) -> bytes:
        """Write it as what is bound into the seal."""
        province_id, tenant_id = self.tenant
        return f"{self.table}|{self.column}|{province_id}|{tenant_id}|{self.row}".encode()


def number_of(person_id: UUID, tenant: TenantKey) -> Place:
    """Return where the personal number of somebody on an agency's roster stands."""
    return Place("person", "cccd_sealed", tenant, person_id)


def sheet_of(upload_id: UUID, tenant: TenantKey) -> Place:
    """Return where the sheet of an uploaded list stands."""
    return Place("roster_import", "sheet_sealed", tenant, upload_id)


def part_of(part_id: UUID, tenant: TenantKey) -> Place:
    """Return where a part of an uploaded list stands."""
    return Place("roster_import_part", "sheet_sealed", tenant, part_id)


@dataclass(frozen=True, slots=True)
class NumberSeal:
    """Seals and finds the 12-digit personal numbers (CCCD) with the keys of a ring."""

    ring: KeyRing

    @classmethod
    def with_key(cls, secret: bytes) -> "NumberSeal":
        """Return a seal that has one key, of 32 bytes."""
        return cls(KeyRing.of_one(secret))

    def seal(self, text: str, *, place: Place) -> bytes:
        """Return ``text`` encrypted with the active key, to be opened in ``place`` alone."""
        key, nonce = self.ring.active, os.urandom(_NONCE_BYTES)
        return bytes([key.id]) + nonce + _cipher(key).encrypt(nonce, text.encode(), bytes(place))

    def open(self, sealed: bytes, *, place: Place) -> str:
        """Return the text again; raise ``SealBrokenError`` if it was not sealed for ``place``."""
        key = self.ring.readable(sealed[0])
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return _cipher(key).decrypt(nonce, ciphertext, bytes(place)).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError(f"{place.table}.{place.column} of {place.row}") from error

    def index(self, number: str, *, province_id: int) -> bytes:
        """Return what ``number`` is found by within a province."""
        return _index(self.ring.active, number, province_id)

    def other_index(self, number: str, *, province_id: int) -> bytes | None:
        """Return what it is found by with the other key, while two are in use."""
        other = self.ring.other
        return _index(other, number, province_id) if other else None


def fingerprint(key: Key) -> bytes:
    """Return what tells a key from another of the same id, and nothing about it."""
    return _derived(key, b"fingerprint")[:_FINGERPRINT_BYTES]


def _cipher(key: Key) -> AESGCM:
    return AESGCM(_derived(key, b"seal"))


def _index(key: Key, number: str, province_id: int) -> bytes:
    return bytes([key.id]) + hmac.digest(
        _derived(key, b"index-%d" % province_id), number.encode(), sha256
    )


def _derived(key: Key, purpose: bytes) -> bytes:
    return hmac.digest(key.secret, purpose, sha256)
