"""A passkey in software: makes and signs as WebAuthn Level 3 says (6.1 and 7); can be told to lie."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One key for one address."""

    origin: str = "http://localhost:8112"
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, question: str) -> str:
        """Answer `navigator.credentials.create`."""
        made = (
            self._head(self.flags | NEW_KEY) + bytes(16) + len(self.id).to_bytes(2) + self.id + self._cose()
        )
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": made})
        said = {"clientDataJSON": self._client("webauthn.create", question)}
        return self._answer({**said, "attestationObject": attestation})

    def sign(self, question: str) -> str:
        """Answer `navigator.credentials.get`."""
        self.counter += 1
        client, head = self._client("webauthn.get", question), self._head(self.flags)
        signature = self.key.sign(head + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer({"clientDataJSON": client, "authenticatorData": head, "signature": signature})

    def _client(self, kind: str, question: str) -> bytes:
        challenge = json.loads(question)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _head(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _cose(self) -> bytes:
        public = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)})

    def _answer(self, response: dict[str, Any]) -> str:
        name = bytes_to_base64url(self.id)
        said = {key: bytes_to_base64url(value) for key, value in response.items()}
        whole = {"id": name, "rawId": name, "type": "public-key", "response": said}
        return json.dumps(whole | {"clientExtensionResults": {}})
