"""
The turn kind `wake`: one attempt to have one message taken over.

Before anything leaves, the next attempt is due and the intent is in the log; the message has the same key
each time, so that a partner who can tell repeats does.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from contracts import CannotConvey, Refused
from contracts.waking import Wake
from gateway.db import CannotWrite
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import perform
from gateway.partners.registry import Partner

from . import entries, store
from .addresses import form_of
from .contacts import end_contact
from .room import WakingRoom, now_us
from .store import Planned
from .ways import port_of
from .words import link, worded

OPERATION = "wake"
DEADLINE_S = 10.0
LADDER_S = (10, 30, 60)  # between the first attempts
EACH_S = 120  # between all later ones


class _Overtaken(Exception):
    """It was called off, or somebody else has this turn."""


class WakeTurns:
    """The kind of row that `store.plan` makes."""

    name = "wake"

    def __init__(self, room: WakingRoom) -> None:
        """Take the room."""
        self._room = room

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[tuple[str, int]]:
        """Return what is due, as `store.due`."""
        return store.due(connection, at_us, limit)

    async def carry(self, row: str, turn: int) -> None:
        """Make one attempt. Raises CannotRead, CannotWrite: then nothing was sent, or it is due again."""
        planned = await self._room.database.read(lambda connection: store.load(connection, row, turn))
        if planned is None:
            return
        if now_us() >= planned.until_at_us:
            await self._end(planned, store.EXPIRED)
        elif planned.address is None:
            await self._end(planned, store.GONE, code="no_contact")
        elif (partner := self._room.ways.to(planned.address, attempt=planned.attempts)) is None:
            await self._end(planned, store.FAILED, code="no_partner")
        else:
            await self._ask(planned, partner, self._message(planned, planned.address))

    async def _ask(self, planned: Planned, partner: Partner, message: Wake) -> None:
        with suppress(_Overtaken):
            outcome = await perform(
                partner,
                OPERATION,
                lambda: port_of(partner).wake(message, key=planned.id),
                deadline=Deadline.after(DEADLINE_S),
                witness=_Delivery(self._room, planned, partner.id, form_of(message.to)),
            )
            if outcome.word == "not_asked":
                told = entries.answered(planned, "not_asked", partner=partner.id, code=outcome.reason)
                await self._room.database.write(lambda c: take_turn(c, planned), entries=[told])

    async def _end(self, planned: Planned, state: str, *, code: str | None = None) -> None:
        told = entries.answered(planned, state, code=code)
        with suppress(_Overtaken):
            await self._room.database.write(lambda c: _end_now(c, planned, state), entries=[told])

    def _message(self, planned: Planned, address: str) -> Wake:
        sample = self._room.environment == "demo"
        words = worded(planned.why, planned.object_id, language=planned.language or "id", sample=sample)
        return Wake(
            to=address,
            title=words.title,
            text=words.text,
            link=link(self._room.public_url, planned.object_id, why=planned.why),
            until=datetime.fromtimestamp(planned.until_at_us / 1_000_000, UTC),
            urgent=planned.urgent,
        )


class _Delivery:
    """Writes down one attempt: whom we wake, and what came of it."""

    def __init__(self, room: WakingRoom, planned: Planned, partner: str, form: str) -> None:
        self._room = room
        self._planned = planned
        self._partner = partner
        self._form = form

    async def intent(self) -> None:
        told = entries.asked(self._planned, self._partner, self._form)
        await self._room.database.write(lambda c: take_turn(c, self._planned), entries=[told])

    async def outcome(self, outcome: Outcome[Any]) -> None:
        state = state_after(outcome)
        told = entries.answered(
            self._planned,
            state or outcome.word,
            partner=self._partner,
            code=outcome.reason,
            elapsed_ms=outcome.elapsed_ms,
        )
        try:
            await self._room.database.write(lambda c: _settled(c, self._planned, state), entries=[told])
        except CannotWrite:
            await self._room.recorder.record_later(told)  # the row itself is due again, with the same key
            raise


def take_turn(connection: Connection, planned: Planned) -> None:
    """Have the next attempt due and this one ours. Raises _Overtaken: then nothing is written."""
    if not store.claim(connection, planned, next_at_us=next_at(planned, at_us=now_us())):
        raise _Overtaken


def next_at(planned: Planned, *, at_us: int) -> int:
    """Return when to try again after an attempt at *at_us*, never later than when it is of no more use."""
    pause_s = LADDER_S[planned.attempts] if planned.attempts < len(LADDER_S) else EACH_S
    return min(at_us + pause_s * 1_000_000, planned.until_at_us)


def state_after(outcome: Outcome[Any]) -> str | None:
    """Return how the wake ends by *outcome*, None when it is to be tried again."""
    if outcome.word == "answered":
        return store.TAKEN
    if isinstance(outcome.error, Refused) and outcome.error.code == "gone":
        return store.GONE
    return store.FAILED if isinstance(outcome.error, Refused | CannotConvey) else None


def _end_now(connection: Connection, planned: Planned, state: str) -> None:
    if not store.settle(connection, planned.id, turn=planned.turn, state=state):
        raise _Overtaken


def _settled(connection: Connection, planned: Planned, state: str | None) -> None:
    if state is not None:
        store.settle(connection, planned.id, turn=planned.turn + 1, state=state)
    if state == store.GONE and planned.contact and planned.account:
        end_contact(connection, planned.contact, account=planned.account, at_us=now_us())
