"""
The declared sets of this room: what each action and each turn leaves in the audit log.

A notification leaves `notification.accepted` exactly once, whatever becomes of it. An attempt leaves
`notification.conveying` before and `notification.conveyed` after, by a request of its own (`<id>.<attempt>`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts import Actor, Alert, Change, Entry
from contracts.audit import SYSTEM, Detail
from contracts.incident import NOBODY_COUNTED
from gateway.access.guard import Principal
from gateway.exchange.outcome import Outcome

from .rows import Heard, Notification

_OF_PEOPLE: Mapping[str, tuple[str, ...]] = {
    "list notifications": ("notification.listed",),
    "enter a receipt": ("notification.receipt",),
    "enter the same receipt again": (),
    "enter a refusal": ("notification.receipt", "notification.alarmed"),
    "see its alarm": ("notification.alarm_seen",),
    "replay it": ("notification.replayed",),
    "send another partner's receipt": ("notification.refused",),
    "read the inbox": ("inbox.read", "notification.conveyed"),
    "read it again": ("inbox.read",),
    "read an inbox with nothing in it": (),
    "acknowledge it": ("notification.receipt",),
}
_BY_ITSELF: Mapping[str, tuple[str, ...]] = {
    "a live partner is to be told": ("notification.accepted",),
    "a partner is to be told that is not connected": ("notification.accepted", "notification.alarmed"),
    "a newer picture takes an undelivered one's place": ("notification.accepted", "notification.superseded"),
    "its system takes it": ("notification.conveying", "notification.conveyed"),
    "its system is away": ("notification.conveying", "notification.conveyed"),
    "its system refuses it": ("notification.conveying", "notification.conveyed", "notification.alarmed"),
    "it was not taken in time": ("notification.expired", "notification.alarmed"),
    "there is nothing left to say": ("notification.cancelled",),
    "it is for a partner that is configured no more": ("notification.dead", "notification.alarmed"),
    "it does not arrive": ("notification.alarmed",),
    "no person confirms it": ("notification.alarmed",),
    "the duty officers are reminded": ("notification.reminded",),
}

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {**_OF_PEOPLE, **_BY_ITSELF}

# What a message may say of somebody, by the field of an alert and what it is where nothing is said.
_PERSONAL: Mapping[str, object] = {"narrative": None, "cautions": (), "casualties": NOBODY_COUNTED}


def purpose(row: Notification) -> str:
    """Return the HL7 v3 PurposeOfUse of telling a partner."""
    if row.drill:
        return "TRAIN"
    return "ETREAT" if row.urgent else "TREAT"


def of(
    act: str,
    outcome: str,
    row: Notification,
    *,
    actor: Actor = SYSTEM,
    at: datetime | None = None,
    **more: Any,
) -> Entry:
    """Return an entry about *row*; *more* are fields of Entry, its `detail` added to what always stands."""
    detail: Detail = more.pop("detail", None) or {}
    if at is not None:
        more["at"] = at
    return Entry(
        act=act,
        outcome=outcome,
        actor=actor,
        object_type="notification",
        object_id=row.id,
        subject=row.subject,
        partner=row.partner,
        detail={**_always(row), **detail},
        **more,
    )


def _always(row: Notification) -> Detail:
    drill = {"drill": True} if row.drill else {}
    return {"about": row.about, "kind": row.kind, "number": row.number, **drill}


def accepted(row: Notification, *, actor: Actor, at: datetime, request: str | None) -> Entry:
    """Return the entry of the promise to tell it."""
    detail: Detail = {"sequence": row.sequence, "urgent": row.urgent}
    return of(
        "notification.accepted",
        str(row.delivery),
        row,
        actor=actor,
        at=at,
        request=request,
        purpose=purpose(row),
        detail=detail,
    )


def superseded(row: Notification, *, by: Notification | None, at: datetime, request: str | None) -> Entry:
    """Return the entry of what is not told, since *by* says more."""
    detail: Detail = {"by": by.id} if by else {}
    return of("notification.superseded", "superseded", row, at=at, request=request, detail=detail)


def alarmed(
    row: Notification, why: str, *, at: datetime, actor: Actor = SYSTEM, request: str | None = None
) -> Entry:
    """Return the entry of an alarm to the operators."""
    return of("notification.alarmed", "alarmed", row, actor=actor, at=at, code=why, request=request)


def reminded(row: Notification, step: str, *, at: datetime) -> Entry:
    """Return the entry of a step of the person's clock that raises no alarm."""
    return of("notification.reminded", str(step), row, at=at)


def conveying(row: Notification, message: Alert | Change, *, at: datetime) -> Entry:
    """Return the entry committed with the claim of *row*, naming what of somebody the partner is told."""
    return of(
        "notification.conveying",
        "intended",
        row,
        at=at,
        purpose=purpose(row),
        request=_attempt(row),
        fields=told(message),
    )


def conveyed(row: Notification, outcome: Outcome[Any], *, at: datetime | None = None) -> Entry:
    """Return the entry of what came of the attempt that *row* was claimed for."""
    return of(
        "notification.conveyed",
        outcome.word,
        row,
        at=at,
        purpose=purpose(row),
        code=outcome.reason,
        request=_attempt(row),
        elapsed_ms=outcome.elapsed_ms,
        detail={"attempts": outcome.attempts},
    )


def fetched(
    row: Notification, message: Alert | Change, *, by: Principal, at: datetime, request: str
) -> Entry:
    """Return the entry of a message that the partner came for itself."""
    return of(
        "notification.conveyed",
        "fetched",
        row,
        actor=by.actor,
        at=at,
        purpose=purpose(row),
        request=request,
        fields=told(message),
    )


def inbox_read(
    partner: str, ids: Sequence[str], *, since: int, by: Principal, at: datetime, request: str
) -> Entry:
    """Return the entry of what was handed out to a partner that came for it."""
    detail: Detail = {"since": since, "notifications": tuple(ids)}
    return Entry("inbox.read", "read", by.actor, partner=partner, request=request, detail=detail, at=at)


def told(message: Alert | Change) -> tuple[str, ...]:
    """Return the names of what a message says of somebody."""
    if isinstance(message, Change):
        return ("picture",)
    names = {name for name, nothing in _PERSONAL.items() if getattr(message, name) != nothing}
    place, caller = message.place, message.caller
    names |= {name for name in ("address", "landmark") if getattr(place, name)}
    if caller is not None:
        names |= {f"caller_{name}" for name in ("name", "phone") if getattr(caller, name)}
    if place.latitude is not None:
        names.add("point")
    return tuple(sorted(names))


def ended(row: Notification, *, at: datetime) -> Entry:
    """Return the entry of what will not be told any more; *row* as it stands then."""
    return of(f"notification.{row.delivery}", str(row.delivery), row, at=at, code=row.reason)


def heard(row: Notification, said: Heard, *, actor: Actor, request: str | None) -> Entry:
    """Return the entry of a receipt; what it says in words is sealed by whoever knows the key."""
    detail: Detail = {"channel": said.channel, "proof": said.proof}
    return of(
        "notification.receipt",
        str(said.progress),
        row,
        actor=actor,
        at=said.heard_at,
        request=request,
        detail=detail,
    )


def refused(row: Notification, *, by: Principal, request: str | None) -> Entry:
    """Return the entry of a receipt for what another partner was told."""
    entry = of("notification.refused", "refused", row, actor=by.actor, request=request)
    return replace(entry, code="not-your-notification")


def listed(what: str, count: int, *, by: Principal, request: str) -> Entry:
    """Return the entry of a look at a list; *what* is which."""
    detail: Detail = {"what": what, "count": count}
    return Entry("notification.listed", "listed", by.actor, request=request, detail=detail)


def _attempt(row: Notification) -> str:
    return f"{row.id}.{row.attempts}"
