"""New keys while the gateway runs: the one that signs the log, and the one that wraps every person's."""

import asyncio
from typing import Literal

from msgspec import Struct

from contracts import Entry
from gateway.access.guard import Principal
from gateway.audit.logbook import KEY_ROTATED, OtherLog
from gateway.db import CannotWrite
from gateway.problems import Problem

from . import entries
from .room import InquiryRoom

Key = Literal["signing", "sealing"]


class Rotated(Struct, frozen=True, kw_only=True):
    """
    The change was made.

    `vkey` is the verifier key that signs from now on: hand it to whoever holds a policy of this log.
    """

    environment: str
    request: str
    key: Key
    vkey: str | None


async def rotate(room: InquiryRoom, key: Key, *, by: Principal, request: str) -> Rotated:
    """Change a key. Raises CannotWrite; Problem `conflict` when it has just been changed otherwise."""
    vkey = await (_signing if key == "signing" else _sealing)(room, by, request)
    return Rotated(environment=room.environment, request=request, key=key, vkey=vkey)


async def _signing(room: InquiryRoom, by: Principal, request: str) -> str:
    """Hand over by an entry that the old key and the new one sign at once."""
    origin, was = room.logbook.origin, room.logbook.vkey
    if origin is None:
        raise Problem("conflict", detail="The log has not begun: there is no key to change.")
    try:
        signer = await asyncio.to_thread(room.logbook.notary.prepare, origin)
    except OSError as exc:
        raise CannotWrite(f"no key can be made: {exc.strerror}") from exc
    detail = {"vkey": signer.vkey, "was": was}
    try:
        await room.database.record(Entry(KEY_ROTATED, "rotated", by.actor, request=request, detail=detail))
    except OtherLog:
        raise Problem("conflict", detail="Somebody else has just changed it, or a year has begun.") from None
    return signer.vkey


async def _sealing(room: InquiryRoom, by: Principal, request: str) -> None:
    """Wrap every person's key anew; the old key is gone afterwards, and backups under it are worthless."""
    await room.database.record(entries.sealing_key("begun", by=by.actor, request=request))
    await room.people.rotate_kek()
    await room.database.record(entries.sealing_key("done", by=by.actor, request=request))
