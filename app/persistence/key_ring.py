"""The keys that personal numbers are sealed with: one active, perhaps one that only reads.

The file that CCCD_KEYS names holds them, as TOML or JSON::

    [keys.1]
    secret = "64 hexadecimal digits"
    state = "decrypt-only"

    [keys.2]
    secret = "…"
    state = "active"

A retired key needs no secret any more. Its line stays, so that its id is not given again.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


SECRET_BYTES = 32
_IDS = range(1, 256)
_MOST_READABLE = 2


class KeyState(StrEnum):
    """What a key is still used for."""

    ACTIVE = "active"
    DECRYPT_ONLY = "decrypt-only"
    RETIRED = "retired"


class KeyRingError(Exception):
    """The keys are not what the data need. The message says which, and never what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of the ring. ``id`` is the first byte of whatever was made with it."""

    id: int
    state: KeyState
    secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of a deployment: one active, at most one more that reads, any number retired."""

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        """Refuse keys that cannot do what the ring says of them."""
        for key in self.keys:
            _require_usable(key)
        states = [key.state for key in self.keys]
        if states.count(KeyState.ACTIVE) != 1:
            raise KeyRingError("the key ring needs one active key, no more and no less")
        if len(states) - states.count(KeyState.RETIRED) > _MOST_READABLE:
            raise KeyRingError("finish one rotation of the keys before the next is begun")

    @classmethod
    def of_one(cls, secret: bytes) -> "KeyRing":
        """Return the ring of a deployment that never changed its key."""
        return cls((Key(id=1, state=KeyState.ACTIVE, secret=secret),))

    @property
    def active(self) -> Key:
        """The key that new values are sealed with."""
        return next(key for key in self.keys if key.state is KeyState.ACTIVE)

    @property
    def other(self) -> Key | None:
        """The key that still reads, or already does, while the active one changes."""
        return next((key for key in self.keys if key.state is KeyState.DECRYPT_ONLY), None)

    def readable(self, key_id: int) -> Key:
        """Return the key of an id; raise ``KeyRingError`` if nothing can be read with it."""
        for key in self.keys:
            if key.id == key_id and key.state is not KeyState.RETIRED:
                return key
        raise KeyRingError(f"a value was sealed with key {key_id}, which the key ring cannot read")


def read_key_ring(path: Path) -> KeyRing:
    """Read the file that CCCD_KEYS names; raise ``KeyRingError`` for whatever is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        return KeyRing(tuple(_key(name, one) for name, one in found["keys"].items()))
    except OSError as error:
        raise KeyRingError(f"the key ring {path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not chained: the message of a parser quotes the line, and with it a key.
        raise KeyRingError(f"the key ring {path} is not written as keys should be") from None


def ring_of_one(hexadecimal: str) -> KeyRing:
    """Return the ring whose only key is that of CCCD_KEY."""
    try:
        return KeyRing.of_one(bytes.fromhex(hexadecimal))
    except ValueError:
        raise KeyRingError("CCCD_KEY is not 64 hexadecimal digits") from None


def _key(name: str, written: Mapping[str, Any]) -> Key:
    return Key(
        id=int(name),
        state=KeyState(written["state"]),
        secret=bytes.fromhex(written.get("secret", "")),
    )


def _require_usable(key: Key) -> None:
    if key.id not in _IDS:
        raise KeyRingError(f"key {key.id}: an id is a number from 1 to 255")
    if key.state is not KeyState.RETIRED and len(key.secret) != SECRET_BYTES:
        raise KeyRingError(f"key {key.id} is missing, or is not 64 hexadecimal digits")
