"""
One line of the audit log before it is chained: who did what, why, to which object, with what outcome.

A person stands here only as a random pseudonym. No personal data, plain, hashed or HMACed: where an entry
must carry some it is sealed under that person's own key, and erasing the key erases it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from time import time_ns

Scalar = str | int | bool | None
Detail = Mapping[str, Scalar | tuple[Scalar, ...] | Mapping[str, Scalar]]


# No secret, and asked for at every entry: the system's own source would let other threads in between.
_dice = Random()  # noqa: S311  as just said; it starts from the system's source
os.register_at_fork(after_in_child=_dice.seed)  # else two processes would give the same names


def _new_key() -> str:
    # Time first: the index of random keys costs a page of the disk an entry, this one next to nothing.
    return f"{time_ns():016x}{_dice.getrandbits(64):016x}"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: *kind* is machine, person or system; *id* is an access key's, an account's or a room's."""

    id: str
    role: str
    kind: str = "machine"


SYSTEM = Actor(id="gerbang", role="system", kind="system")


@dataclass(frozen=True, slots=True)
class Sealed:
    """
    Personal data nobody reads without the key named *kid*.

    *alg* is A256GCM (RFC 7518 section 5.3); *ct* is nonce, ciphertext and tag in base64.
    """

    alg: str
    kid: str
    ct: str


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One statement for the log. Text is ASCII; there are no floats (RFC 8785 profile of the design).

    *act* is `room.verb` (`capacity.asked`); *object_type* and *object_id* name what it was done to;
    *subject* is a pseudonym; *fields* names the personal data that was told or shown, and *sealed* holds
    what it said; *request* is the trace id shared by everything one question caused;
    *key* is unique and makes a replay from the spool harmless; *elapsed_ms* is in milliseconds.
    """

    act: str
    outcome: str
    actor: Actor = SYSTEM
    purpose: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    subject: str | None = None
    partner: str | None = None
    code: str | None = None
    request: str | None = None
    elapsed_ms: int | None = None
    detail: Detail | None = None
    fields: tuple[str, ...] = ()
    sealed: Sealed | None = None
    at: datetime = field(default_factory=_now)
    key: str = field(default_factory=_new_key)
