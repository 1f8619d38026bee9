"""Our message as the body of a webhook, whole or thin, and what the answer's body says."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from contracts import Alert, AlertKind, Change, Progress, Receipt
from contracts.alert_wire import wire, wire_change

_OF_NOTHING = (AlertKind.TEST, AlertKind.HEARTBEAT)  # nothing is kept that could be fetched
_THIN_ALERT = ("number", "kind", "incident")
_THIN_CHANGE = ("number", "topic", "about")
_States = Literal["received", "integrated", "read", "accepted", "refused", "dispatched", "on_scene", "closed"]
# A line of people's words: without control signs, and without what could be a person's number.
_Short = Annotated[str, msgspec.Meta(pattern=r"^(?!.*[0-9]{13})[^\x00-\x1f\x7f]{1,120}$")]
_Long = Annotated[str, msgspec.Meta(pattern=r"^(?!.*[0-9]{13})[^\x00-\x1f\x7f]{1,500}$")]


class _Told(msgspec.Struct):
    state: _States
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    by: _Short | None = None
    post: _Short | None = None
    reference: _Short | None = None
    reason: _Long | None = None


class _Answer(msgspec.Struct):
    receipts: Annotated[list[_Told], msgspec.Meta(max_length=10)]


class _Known(msgspec.Struct):
    id: str


_answer = msgspec.json.Decoder(_Answer)
_known = msgspec.json.Decoder(_Known)


def body_of(alert: Alert, *, fetch_from: str | None = None) -> bytes:
    """Return the body; with *fetch_from* a thin one that says where the rest is."""
    whole = wire(alert)
    if fetch_from is None or alert.kind in _OF_NOTHING:
        return msgspec.json.encode(whole)
    return msgspec.json.encode(_thinned(whole, _THIN_ALERT, fetch_from))


def body_of_change(change: Change, *, fetch_from: str | None = None) -> bytes:
    """Return the body; with *fetch_from* a thin one that says where the rest is."""
    whole = wire_change(change)
    return msgspec.json.encode(whole if fetch_from is None else _thinned(whole, _THIN_CHANGE, fetch_from))


def receipts_of(alert: str, body: bytes) -> tuple[Receipt, ...]:
    """
    Return what the answer says beyond its status: nothing, unless it is exactly what the contract has.

    A message is taken by the status alone; many answer `ok`, or a page.
    """
    try:
        told = _answer.decode(body).receipts
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    return tuple(
        Receipt(alert, Progress(each.state), each.at, each.by, each.post, each.reference, each.reason)
        for each in told
    )


def is_page(body: bytes) -> bool:
    """Say whether a page for people came back: whoever stands before the receiver has answered, not it."""
    return body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def has_it(message: str, body: bytes) -> bool:
    """Say whether the body of a conflict names *message*: the partner took it before."""
    try:
        return _known.decode(body).id == message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _thinned(whole: dict[str, Any], kept: Sequence[str], fetch_from: str) -> dict[str, Any]:
    data = {name: whole["data"][name] for name in kept if name in whole["data"]}
    return whole | {"dataref": f"{fetch_from}?since={data['number'] - 1}&limit=1", "data": data}
