"""What becomes of a message after an attempt: it has arrived, is tried again, or never will arrive; pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from contracts import Busy, Refused
from gateway.exchange.outcome import Outcome
from gateway.partners.shape import Rungs

from . import ladder
from .beginning import set_watch
from .rows import Delivery, Notification

ENDED_BY_ARRIVAL = frozenset({"undelivered", "undeliverable", "expired"})
MOST_WORDS = 200


class Failing(NamedTuple):
    """What a failure means: whether no attempt will do better, and what a person is told at once."""

    is_final: bool
    alarm: str | None


# By the word of the outcome; what is not here is tried again, and the ladder says when somebody hears of it.
FAILURES: Mapping[str, Failing] = MappingProxyType(
    {
        "refused": Failing(True, "undeliverable"),
        "cannot_convey": Failing(True, "undeliverable"),
        "not_accepted": Failing(False, "undelivered"),  # our credentials: a person must see to it
        "garbled": Failing(False, "undelivered"),
    }
)
_TRY_AGAIN = Failing(False, None)

Changes = dict[str, Any]


def failing(outcome: Outcome[Any]) -> Failing:
    """Return what an outcome without a result means."""
    return FAILURES.get(outcome.word, _TRY_AGAIN)


def arrived(row: Notification, rungs: Rungs, *, at: datetime, channel: str) -> Changes:
    """Return the changes that say that it is there: the person's clock goes on from now."""
    changes: Changes = {
        "delivery": Delivery.DELIVERED,
        "delivered_at": at,
        "channel": channel,
        "due_at": None,
        "turn": row.turn + 1,
        "failures": row.attempts,
        "trouble": None,
        "ended_at": None,
    }
    if row.alarm in ENDED_BY_ARRIVAL:
        changes["alarm"] = None
    return changes | _watched_from(replace(row, delivered_at=at), rungs, at=at)


def _watched_from(row: Notification, rungs: Rungs, *, at: datetime) -> Changes:
    if row.human or not ladder.is_watched(row.topic, row.kind, urgent=row.urgent):
        return {}
    rung = ladder.next_rung(row, rungs, after=None, at=at)
    return set_watch(rung) | {"watch_turn": row.watch_turn + 1}


def tried_in_vain(row: Notification, rungs: Rungs, outcome: Outcome[Any], *, at: datetime) -> Changes:
    """Return the changes after an attempt without a result: due again, or dead with its reason."""
    changes: Changes = {"turn": row.turn + 1, "failures": row.attempts, "trouble": _trouble(outcome)}
    if failing(outcome).is_final:
        return changes | dead(row, _why(outcome), at=at)
    begun_at = at - timedelta(milliseconds=outcome.elapsed_ms)
    asked_s = outcome.error.retry_after if isinstance(outcome.error, Busy) else None
    return changes | {
        "due_at": ladder.next_attempt(row, rungs, begun_at=begun_at, at=at, asked_s=asked_s),
    }


def _trouble(outcome: Outcome[Any]) -> str:
    said = outcome.word if outcome.reason is None else f"{outcome.word}:{outcome.reason}"
    return said[:80]


def _why(outcome: Outcome[Any]) -> str:
    words = outcome.error.reason if isinstance(outcome.error, Refused) else outcome.reason
    return words or outcome.word


def dead(row: Notification, why: str, *, at: datetime) -> Changes:
    """Return the changes of what never will arrive."""
    return {
        "delivery": Delivery.DEAD,
        "due_at": None,
        "turn": row.turn + 1,
        "ended_at": at,
        "reason": why[:MOST_WORDS],
    }


def expired(row: Notification, *, at: datetime) -> Changes:
    """Return the changes of what was not taken in time."""
    return {
        "delivery": Delivery.EXPIRED,
        "due_at": None,
        "turn": row.turn + 1,
        "ended_at": at,
        "reason": "expired",
    }
