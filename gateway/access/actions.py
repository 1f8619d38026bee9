"""What admins do with keys: create, list, revoke; each change with its audit entry in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.db import Database
from gateway.problems import Problem

from . import entries, store
from .keys import AccessKey, KeyOrder, mint, repeatable_key_id
from .ring import KeyRing
from .roles import Principal


@dataclass(frozen=True, slots=True)
class KeyRoom:
    """What the room works with; `app.state.keys` is where its routes find it."""

    database: Database
    ring: KeyRing
    record: Callable[..., Awaitable[Any]]
    known_partner: Callable[[str], bool]
    default_days: int


@dataclass(frozen=True, slots=True, repr=False)
class Ordered:
    """A key as ordered; *text* is None when the order only repeated an earlier one."""

    key: AccessKey
    text: str | None


async def create(
    room: KeyRoom, order: KeyOrder, *, by: Principal, request: str, at: datetime, repeat: str | None = None
) -> Ordered:
    """
    Make a key.

    The same *repeat* (Idempotency-Key) from the same admin makes no second one, and cannot show the
    first one's text again. Raises Problem `conflict` if that first one was another order.
    """
    if order.partner is not None and not room.known_partner(order.partner):
        raise Problem("no-such-partner")
    key_id = None if repeat is None else repeatable_key_id(f"{by.key_id} {repeat}")
    key, text = mint(order, environment=room.ring.environment, by=by.key_id, at=at, key_id=key_id)
    kept = await room.database.write(
        lambda connection: _insert_once(connection, key),
        entries=lambda kept: [entries.created(kept, _outcome(key, kept), by=by.actor, request=request)],
    )
    await room.ring.load()
    if _outcome(key, kept) == "conflict":
        raise Problem("conflict", detail="This Idempotency-Key already made a key of another kind.")
    return Ordered(kept, text if kept.digest == key.digest else None)


async def list_keys(room: KeyRoom, *, by: Principal, request: str) -> list[AccessKey]:
    """Return every key of this environment, oldest first."""
    await room.ring.load()
    keys = room.ring.keys
    await room.record(entries.listed(len(keys), by=by.actor, request=request))
    return keys


async def revoke(room: KeyRoom, key_id: str, *, by: Principal, request: str, at: datetime) -> AccessKey:
    """Revoke a key; a second time changes nothing. Raises Problem `no-such-key`."""

    def change(connection: Connection) -> tuple[bool, AccessKey | None]:
        return store.revoke_key(connection, key_id, at=at), store.load_key(connection, key_id)

    if not room.ring.knows(key_id):
        raise Problem("no-such-key")
    _, key = await room.database.write(
        change,
        entries=lambda result: [
            entries.about(
                "key.revoked", "revoked" if result[0] else "repeated", key_id, by=by.actor, request=request
            )
        ],
    )
    await room.ring.load()
    if key is None:
        raise Problem("no-such-key")
    return key


def _insert_once(connection: Connection, key: AccessKey) -> AccessKey:
    earlier = store.load_key(connection, key.id)
    if earlier is None:
        store.insert_key(connection, key)
    return earlier or key


def _outcome(ordered: AccessKey, kept: AccessKey) -> str:
    if kept.digest == ordered.digest:
        return "created"
    return "repeated" if _order(kept) == _order(ordered) else "conflict"


def _order(key: AccessKey) -> tuple[object, ...]:
    return key.role, key.holder, key.partner, key.expires_at - key.created_at
