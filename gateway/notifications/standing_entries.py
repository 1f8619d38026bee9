"""The declared sets of how partners stand: what a change, a test and a heartbeat leave in the audit log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from contracts import Actor, Alert, Entry
from contracts.audit import Detail
from gateway.exchange.outcome import Outcome
from gateway.partners.shape import Standing
from gateway.partners.standing_store import Stands

from . import entries
from .rows import Notification

DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "say how a partner stands": ("partner.standing_changed",),
    "say it again": ("partner.standing_changed",),
    "make a partner live": ("partner.standing_changed", "notification.released"),
    "suspend a partner": ("partner.standing_changed", "notification.held"),
    "send a test": ("partner.testing", "partner.tested"),
    "round of heartbeats": ("partner.heartbeat",),
    "heartbeat ends otherwise": ("partner.heartbeat",),
}

# By what became of a row that was out of line with how its partner stands.
_ACTS = {
    "held": "notification.held",
    "released": "notification.released",
    "first_word": "notification.released",
    "superseded": "notification.superseded",
    "in_digest": "notification.cancelled",
    "over": "notification.cancelled",
    "expired": "notification.expired",
}


def changed(said: Stands, before: Standing, *, actor: Actor, request: str) -> Entry:
    """Return the entry of a change; the reason is words of people and stays in its table."""
    return Entry(
        act="partner.standing_changed",
        outcome="unchanged" if said.standing is before else "changed",
        actor=actor,
        object_type="partner",
        object_id=said.partner,
        partner=said.partner,
        request=request,
        detail={"before": str(before), "now": str(said.standing)},
        at=said.since,
    )


def aligned(
    row: Notification, how: str, *, code: str | None, actor: Actor, at: datetime, request: str | None
) -> Entry:
    """Return the entry of a row that was held, let go or ended; *row* as it was before."""
    act = _ACTS[how]
    return entries.of(act, how, row, actor=actor, at=at, code=code, request=request)


def testing(partner: str, test: Alert, *, actor: Actor, request: str) -> Entry:
    """Return the entry committed before a test message leaves; it tells nobody anything of anybody."""
    return Entry(
        act="partner.testing",
        outcome="intended",
        actor=actor,
        purpose="TRAIN",
        object_type="partner",
        object_id=partner,
        partner=partner,
        request=request,
        detail={"message": test.id},
    )


def tested(partner: str, test: Alert, outcome: Outcome[Any], *, actor: Actor, request: str) -> Entry:
    """Return the entry of what came of it."""
    return Entry(
        act="partner.tested",
        outcome=outcome.word,
        actor=actor,
        purpose="TRAIN",
        object_type="partner",
        object_id=partner,
        partner=partner,
        code=outcome.reason,
        request=request,
        elapsed_ms=outcome.elapsed_ms,
        detail={"message": test.id, "attempts": outcome.attempts},
    )


def round_ended(words: Sequence[str]) -> Entry:
    """Return the entry of one round of heartbeats, by how many ended in which word."""
    detail: Detail = {word: words.count(word) for word in sorted(set(words))}
    return Entry("partner.heartbeat", "done", object_type="partners", detail=detail)


def turned(partner: str, outcome: Outcome[Any], before: str | None) -> Entry:
    """Return the entry of a partner whose heartbeat ended otherwise than the one before."""
    return Entry(
        act="partner.heartbeat",
        outcome=outcome.word,
        partner=partner,
        code=outcome.reason,
        elapsed_ms=outcome.elapsed_ms,
        detail={"before": before},
    )
