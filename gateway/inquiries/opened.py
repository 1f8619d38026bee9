"""Entries read for an inquiry: decoded, and what was sealed in them opened for as long as its key exists."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from contracts.audit import Scalar, Sealed
from gateway.people import CannotUnseal, Person


class _Actor(Struct, frozen=True):
    id: str
    role: str


class _Pii(Struct, frozen=True):
    alg: str
    ct: str
    kid: str


class Told(Struct, frozen=True):
    """What one entry says about a person's data."""

    act: str
    actor: _Actor
    key: str
    outcome: str
    ts: str
    fields: tuple[str, ...] = ()
    partner: str | None = None
    pii: _Pii | None = None
    purpose: str | None = None
    req: str | None = None
    subj: str | None = None

    @property
    def to(self) -> str:
        """Who learnt it: of an intent the partner it is told to, of an answer whoever asked."""
        return self.partner if self.outcome == "intended" and self.partner else self.actor.id

    def said(self, person: Person) -> Mapping[str, Scalar] | None:
        """Return what was sealed, None when there was nothing or it cannot be opened any more."""
        if self.pii is None:
            return None
        sealed = Sealed(self.pii.alg, self.pii.kid, self.pii.ct)
        try:
            return person.unseal(sealed, act=self.act, key=self.key)
        except CannotUnseal:
            return None


read = msgspec.json.Decoder(Told).decode
