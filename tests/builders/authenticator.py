"""A passkey made of software: what a phone or a security stick would answer."""

import json
import os
import struct
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor


_PRESENT = 0x01
_VERIFIED = 0x04
_NEW_KEY = 0x40
_ES256 = -7


class SoftAuthenticator:
    """Keeps one key for one site."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost") -> None:
        self.host = host
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.count = 0

    def make(self, options: str) -> str:
        """Return the answer to a wish for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        public = encode_cbor(
            {1: 2, 3: _ES256, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        made = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._facts(_NEW_KEY) + made}
        return self._answer(
            clientDataJSON=self._client("webauthn.create", options),
            attestationObject=encode_cbor(attestation),
        )

    def sign(self, options: str) -> str:
        """Return the answer to a wish for a signature."""
        self.count += 1
        facts, client = self._facts(), self._client("webauthn.get", options)
        signature = self.key.sign(facts + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=facts, signature=signature)

    def _facts(self, more: int = 0) -> bytes:
        flags = _PRESENT | _VERIFIED | more
        return sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        facts = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(facts).encode()

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        parts = {part: bytes_to_base64url(value) for part, value in response.items()}
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": parts,
                "clientExtensionResults": {},
            }
        )
