"""
The exact text of a record: RFC 8785 within a profile that leaves no room for two readings.

The profile: keys are ASCII, numbers are integers below 2**53 either way, text is valid Unicode without NUL.
Inside it, msgspec's sorted encoding equals RFC 8785 byte for byte (the tests hold it against `rfc8785`).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from contracts.audit import Entry, Sealed

VERSION = 1
LEAF_PREFIX = b"\x00"  # RFC 6962 section 2.1: a leaf can never be taken for an inner node of the tree
INTEGER_LIMIT = 2**53
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # an escaped NUL, not an escaped backslash before "u0000"
_ALWAYS_FINE = frozenset({str, bool, type(None)})


class NotCanonical(ValueError):
    """The entry has no canonical form; the message names the place and never the value."""


class _Actor(msgspec.Struct):
    id: str
    kind: str
    role: str


class _Object(msgspec.Struct, omit_defaults=True):
    id: str | None = None
    type: str | None = None


class _Pii(msgspec.Struct):
    alg: str
    ct: str
    kid: str


class Record(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What is hashed: `contracts.audit.Entry` in its place in a chain. An absent field is left out."""

    act: str
    actor: _Actor
    code: str | None = None
    detail: Mapping[str, object] | None = None
    fields: tuple[str, ...] = ()
    key: str
    lat_ms: int | None = None
    log: str
    mono: int
    obj: _Object | None = None
    outcome: str
    partner: str | None = None
    pii: _Pii | None = None
    prev: str
    purpose: str | None = None
    req: str | None = None
    seq: int
    subj: str | None = None
    ts: str
    v: int


def _as_dict(value: object) -> dict[str, object]:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotCanonical(f"a {type(value).__name__} has no place in a record")


_encoder = msgspec.json.Encoder(order="sorted", enc_hook=_as_dict)


def canonical(entry: Entry, *, log: str, seq: int, ts: str, mono: int, prev: str) -> bytes:
    """Return the record of *entry* as it stands at *seq* of *log*. Raises NotCanonical."""
    if entry.detail is not None:
        _check(entry.detail, nested=False)
    if entry.elapsed_ms is not None:
        _check_scalar("elapsed_ms", entry.elapsed_ms)
    actor, obj = entry.actor, None
    if entry.object_type is not None or entry.object_id is not None:
        obj = _Object(entry.object_id, entry.object_type)
    record = Record(
        act=entry.act,
        actor=_Actor(actor.id, actor.kind, actor.role),
        code=entry.code,
        detail=entry.detail,
        fields=entry.fields,
        key=entry.key,
        lat_ms=entry.elapsed_ms,
        log=log,
        mono=mono,
        obj=obj,
        outcome=entry.outcome,
        partner=entry.partner,
        pii=None if entry.sealed is None else _pii(entry.sealed),
        prev=prev,
        purpose=entry.purpose,
        req=entry.request,
        seq=seq,
        subj=entry.subject,
        ts=ts,
        v=VERSION,
    )
    return _encoded(record)


def _pii(sealed: Sealed) -> _Pii:
    return _Pii(sealed.alg, sealed.ct, sealed.kid)


def demand_canonical(entry: Entry) -> None:
    """Raise NotCanonical now if the entry could never be sealed later."""
    canonical(entry, log="", seq=0, ts=instant(entry.at), mono=0, prev="")


def leaf_of(record: bytes) -> str:
    """Return the hash of a record as a leaf of the log's tree, 64 hexadecimal digits."""
    return sha256(LEAF_PREFIX + record).hexdigest()


def instant(at: datetime) -> str:
    """Return *at* in UTC with six decimals, so that text order is time order."""
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            raise NotCanonical("at: a time without its zone")
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def _encoded(record: Record) -> bytes:
    try:
        text = _encoder.encode(record)
    except UnicodeEncodeError:
        # Its text would repeat the value.
        raise NotCanonical("text with half a surrogate pair") from None
    if b"\\u0000" in text and _NUL.search(text):
        raise NotCanonical("text with NUL")  # PostgreSQL's text cannot hold it
    return text


def _check(detail: Mapping[str, object], *, nested: bool) -> None:
    for key, value in detail.items():
        if not (isinstance(key, str) and key.isascii()):
            raise NotCanonical("detail: a key that is not ASCII text")
        if type(value) in _ALWAYS_FINE:
            continue
        if isinstance(value, tuple | list):
            for item in value:
                _check_scalar(key, item)
        elif isinstance(value, dict | Mapping) and not nested:
            _check(value, nested=True)
        else:
            _check_scalar(key, value)


def _check_scalar(name: str, value: object) -> None:
    if type(value) in _ALWAYS_FINE or isinstance(value, str):
        return
    if not isinstance(value, int):
        raise NotCanonical(f"{name}: a {type(value).__name__} has no place in a record")
    if not -INTEGER_LIMIT < value < INTEGER_LIMIT:
        raise NotCanonical(f"{name}: an integer of 2**53 or more")
