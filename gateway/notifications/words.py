"""Where a notification stands: twelve states for programs, five on the screen, and the sentence in words."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from contracts import MACHINE, Progress
from gateway.partners.shape import Standing

from .rows import Delivery, Notification

LANGUAGES = ("id", "en")
SAYS_TO_RING = frozenset({"held", "suspended", "refused", "expired", "dead"})

SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "held": "not_arrived",
        "queued": "not_arrived",
        "superseded": "not_arrived",
        "cancelled": "not_arrived",
        "delivered": "arrived",
        "received": "arrived",
        "integrated": "arrived",
        "read": "read",
        "accepted": "handled",
        "dispatched": "handled",
        "on_scene": "handled",
        "closed": "handled",
        "refused": "failed",
        "expired": "failed",
        "dead": "failed",
    }
)


def state(row: Notification) -> str:
    """Return the state: what people there have said, else what became of the message."""
    said = row.progress
    if said is not None and (said not in MACHINE or row.delivery is Delivery.DELIVERED):
        return str(said)
    return str(row.delivery)


def sentences(
    row: Notification, *, name: str, phone: str | None, standing: Standing | None
) -> dict[str, str]:
    """Return in each language where it stands with the partner of that *name*, and whom to ring."""
    return {each: _sentence(row, each, name, phone, standing) for each in LANGUAGES}


def _sentence(
    row: Notification, language: str, name: str, phone: str | None, standing: Standing | None
) -> str:
    key = _key(row, standing)
    parts = [_table()[key][language]]
    if (
        row.human
        and row.delivery in (Delivery.HELD, Delivery.QUEUED)
        and row.progress is not Progress.REFUSED
    ):
        parts.append(_table()["by_telephone"][language])
    if row.call and key not in SAYS_TO_RING:
        parts.append(_table()["call"][language])
    number = phone or _table()["no_phone"][language]
    said = " - ".join(part.format(name=name, phone=number) for part in parts)
    return f"{_table()['drill'][language]}: {said}" if row.drill else said


def _key(row: Notification, standing: Standing | None) -> str:
    now = state(row)
    if now == "held" and standing is Standing.SUSPENDED:
        return "suspended"
    if now == "delivered" and row.channel == "inbox":
        return "fetched"
    return "in_digest" if now == "cancelled" and row.reason == "in_digest" else now


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    """Return the sentences by key and language, nothing filled in."""
    read: Mapping[str, Mapping[str, str]] = tomllib.loads(
        Path(__file__).with_name("words.toml").read_text("utf-8")
    )
    return read
