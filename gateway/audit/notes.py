"""
Checkpoints as text: C2SP `signed-note` and `tlog-checkpoint` (v1.0.0, read 2026-11-25), Ed25519.

    demo.gerbang.example/audit/2026/gerbang-1
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — demo.gerbang.example/audit/2026/gerbang-1 Az3grlgtzPICa5OS8npVmf1M...
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

_ED25519 = b"\x01"  # signed-note's number of the algorithm
_DASH = "\u2014 "


class NoCheckpoint(ValueError):
    """The text is no checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How large a log was and what its tree's root was: *size* entries, *root* 32 bytes."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


class Signer(Protocol):
    """Whoever signs checkpoints under one key: the file of `keys.py`, or a security module one day."""

    @property
    def vkey(self) -> str:
        """The verifier key, as it stands in a policy."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature's 64 bytes. In milliseconds: the log's writer waits for it."""
        ...


def verifier_key(name: str, public: bytes) -> str:
    """Return the verifier key of an Ed25519 key of 32 bytes under *name*."""
    return f"{name}+{_key_id(name, public).hex()}+{b64encode(_ED25519 + public).decode()}"


def signed(checkpoint: Checkpoint, signers: Sequence[Signer]) -> str:
    """Return the note: the checkpoint and a line for each of *signers*."""
    message = checkpoint.text.encode()
    return checkpoint.text + "\n" + "".join(_line(signer, message) for signer in signers)


def read(note: str) -> Checkpoint:
    """Return what a note states; its signatures are not looked at. Raises NoCheckpoint."""
    origin, size, root, rest = (*note.split("\n", 3), "", "", "", "")[:4]
    try:
        checkpoint = Checkpoint(origin, int(size), b64decode(root, validate=True))
    except (ValueError, binascii.Error):
        raise NoCheckpoint("neither a size nor a root") from None
    if not rest.startswith("\n") or not note.startswith(checkpoint.text):
        raise NoCheckpoint("not in the form of a checkpoint")
    return checkpoint


def in_one_line(note: str) -> str:
    """Return the note for a header, in base64."""
    return b64encode(note.encode()).decode()


def _line(signer: Signer, message: bytes) -> str:
    name, key_id, _ = signer.vkey.split("+", 2)
    return f"{_DASH}{name} {b64encode(bytes.fromhex(key_id) + signer.sign(message)).decode()}\n"


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]
