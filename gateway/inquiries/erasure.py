"""
Erasing a person: the key of everything sealed about them, and the row that finds them by a number.

Begun is committed before anything is deleted, done after it; what a crash leaves between is finished at the
next start. What has begun is not called back: no hold is placed upon it any more. The log stays as it is and
still verifies: what it sealed can never be opened again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

import structlog
from msgspec import Struct
from sqlalchemy import Connection

from contracts.audit import SYSTEM
from gateway.access.guard import Principal
from gateway.db import CannotRead, CannotWrite
from gateway.problems import Problem

from . import entries, store
from .room import InquiryRoom
from .store import Erasure, Hold
from .whom import Whom, person

# UU 27/2022 article 43(1): why a controller must erase.
Reason = Literal["no_longer_needed", "consent_withdrawn", "subject_request", "unlawful"]

AGAIN_S = 5.0
OWN_TIME = timedelta(seconds=20)  # each step of an erasure ends within 5 s, one way or the other
UNFINISHED = "erasure.unfinished"

log = structlog.get_logger(__name__)


class Erased(Struct, frozen=True, kw_only=True):
    """Nothing is left that names the person behind *subject*, or opens what was sealed about them."""

    environment: str
    request: str
    subject: str
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class ErasureOrder:
    """Whom to erase, and on which ground."""

    whom: Whom
    reason: Reason


async def erase(room: InquiryRoom, order: ErasureOrder, *, by: Principal, request: str) -> Erased:
    """
    Erase a person.

    Raises Problem `nobody-known` or `legal-hold`, CannotWrite, CannotRead; after a failure in the middle the
    rest is done within half a minute, or after the next start.
    """
    who = await person(room.people, order.whom)
    if who is None:
        await room.database.record(entries.refused(by.actor, "nobody-known", subject=None, request=request))
        raise Problem("nobody-known")
    wanted = Erasure(who.pseudonym, by.actor, request)
    hold = await _begin(room, wanted, order.reason)
    if hold is not None:
        until = hold.until.isoformat(timespec="seconds")
        raise Problem(
            "legal-hold", detail=f"It must stay until {until}, or until the hold {hold.id} is lifted."
        )
    await finish(room, wanted)
    return Erased(
        environment=room.environment, request=request, subject=who.pseudonym, erased_at=datetime.now(UTC)
    )


async def _begin(room: InquiryRoom, order: Erasure, reason: Reason) -> Hold | None:
    """Commit the beginning unless a hold stands; return that."""
    at = datetime.now(UTC)

    def change(connection: Connection) -> Hold | None:
        hold = store.standing_hold(connection, order.subject, at=at)
        if hold is None:
            store.begin_erasure(connection, order, at=at)
        return hold

    return await room.database.write(
        change,
        entries=lambda hold: [
            entries.begun(order, reason)
            if hold is None
            else entries.refused(
                order.by, "legal-hold", subject=order.subject, request=str(order.request), hold=hold.id
            )
        ],
    )


async def finish(room: InquiryRoom, order: Erasure) -> None:
    """Delete the key and say so; harmless a second time. Raises CannotWrite."""
    found = await room.people.erase(order.subject)
    for forget in room.forget:
        forget()

    def end(connection: Connection) -> None:
        for clear in room.clear:
            clear(connection, order.subject)
        store.end_erasure(connection, order.subject, at=datetime.now(UTC))

    await room.database.write(end, entries=[entries.done(order, found=found)])


async def keep_promises(room: InquiryRoom) -> None:
    """
    Finish what was begun, here or by a process that has ended, for as long as the gateway runs.

    At the start whoever a restored key database has brought back is erased again. Whom another process has
    erased this one forgets, too: a key in memory opens what was sealed.
    """
    await _tried_until_done(room, _erase_again)
    elsewhere = _Elsewhere()
    while True:
        await _tried_until_done(room, finish_old)
        await _tried_until_done(room, elsewhere.forget)
        room.alarms.clear(UNFINISHED)
        await asyncio.sleep(AGAIN_S)


async def finish_old(room: InquiryRoom) -> None:
    """Finish what its own question has not finished in OWN_TIME. Raises CannotRead, CannotWrite."""
    before = datetime.now(UTC) - OWN_TIME
    for order in await room.database.read(partial(store.unfinished_erasures, before=before)):
        await finish(room, order)
        log.info("erasure.finished", request=order.request)


class _Elsewhere:
    """Notices that somebody was erased since the last look, by whichever process."""

    def __init__(self) -> None:
        self._erased: int | None = None

    async def forget(self, room: InquiryRoom) -> None:
        """Have every room forget whom it knew, if anybody was. Raises CannotRead."""
        erased = await room.database.read(store.count_erased)
        if erased != self._erased:
            for forget in room.forget:
                forget()
        self._erased = erased


async def _erase_again(room: InquiryRoom) -> None:
    for subject in await room.database.read(store.erased_subjects):
        if await room.people.with_pseudonym(subject) is not None:
            again = Erasure(subject, SYSTEM, None)
            found = await room.people.erase(subject)
            await room.database.record(entries.done(again, found=found))
            log.warning("erasure.repeated")


async def _tried_until_done(room: InquiryRoom, work: Callable[[InquiryRoom], Awaitable[None]]) -> None:
    while True:
        try:
            return await work(room)
        except (CannotRead, CannotWrite) as exc:
            room.alarms.raise_(UNFINISHED, f"an erasure that has begun cannot be finished: {exc}")
        await asyncio.sleep(AGAIN_S)
