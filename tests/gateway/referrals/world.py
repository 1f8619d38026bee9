"""
Everything around one room of referrals whose every moment a test decides: clock, hospitals, processes.

What leaves a trace is noted in one line of time: entries as they are committed, questions as they reach a
hospital.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import time_machine
from sqlalchemy import Connection, select

from contracts import Entry, ReferralAnswer, ReferralAsk
from gateway.partners.breaker import Breaker
from gateway.problems import Problem
from gateway.referrals import store, tables
from gateway.referrals.conveying import CONVEY, READ, AskTurns
from gateway.referrals.room import ReferralRoom
from gateway.referrals.rows import Ask, Happening, Owed, Referral
from gateway.referrals.waiting import OwedTurns, WaitTurns
from tests.virtual_time import JumpingLoop

from . import house
from .hospital import Hospital, Mood
from .one_thread import Killed, Ledger, Life, OneThread, copied

R = TypeVar("R")
START = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
Turn = tuple[str, str, int]  # kind, row, number


@dataclass
class Heard:
    """A question that reached a hospital's door, whatever became of it there."""

    hospital: str
    ask: ReferralAsk


@dataclass
class State:
    """All rows at one moment."""

    referrals: dict[str, Referral] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)
    history: list[Happening] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)

    def of(self, referral: str) -> list[Ask]:
        """Return the asks of one referral."""
        return [each for each in self.asks if each.referral == referral]

    def ask(self, ask_id: str) -> Ask:
        """Return one ask."""
        return next(each for each in self.asks if each.id == ask_id)


class Line:
    """A hospital as one process reaches it: when the process ends, nothing more is sent."""

    def __init__(self, hospital: Hospital, life: Life) -> None:
        self._hospital = hospital
        self._life = life

    async def convey_referral(self, ask: ReferralAsk, *, key: str) -> ReferralAnswer:
        """Send it, and hear the answer."""
        await asyncio.sleep(0)
        self._life.checkpoint()
        answer = await self._hospital.convey_referral(ask, key=key)
        self._life.checkpoint()
        return answer

    async def read_referral(self, ask: ReferralAsk) -> ReferralAnswer | None:
        """Read."""
        await asyncio.sleep(0)
        self._life.checkpoint()
        answer = await self._hospital.read_referral(ask)
        self._life.checkpoint()
        return answer


class World:
    """One room, its hospitals and the line of time."""

    def __init__(self, template: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="referrals-"))
        self._clock = time_machine.travel(START, tick=False)
        travelling = self._clock.start()
        self.loop = JumpingLoop(travelling.shift)
        self.loop.set_exception_handler(lambda loop, context: None)  # of those who were killed
        self.time: list[Entry | Heard] = []
        self.hospitals = {
            name: Hospital(name, blind=name == house.SECOND, heard=self._heard)
            for name in (house.FIRST, house.SECOND, house.THIRD)
        }
        self.people = house.Crowd()
        self.excused: set[str] = set()  # intents of a process that ended before it could write the outcome
        self.in_flight: dict[asyncio.Task[None], Turn] = {}
        self._url = copied(template, self.folder)
        self._begin()

    def _heard(self, hospital: str, ask: ReferralAsk) -> None:
        self.time.append(Heard(hospital, ask))

    def _begin(self) -> None:
        self.life = Life()
        self.database = OneThread(self._url, Ledger(self.time.append), self.life)
        ports: dict[str, object | None] = {
            name: Line(each, self.life) for name, each in self.hospitals.items()
        }
        self.wakes = house.Sleepers()
        self.room: ReferralRoom = house.build(
            self.database,
            self.database,
            {**ports, house.TELEPHONE: None},
            people=self.people,
            wakes=self.wakes,
        )
        for partner in self.room.registry.partners.values():
            for operation in (CONVEY, READ):
                partner.breakers[operation] = Breaker(now=self.loop.time, jitter=lambda low, _: low)
        kinds = (AskTurns(self.room), WaitTurns(self.room), OwedTurns(self.room))
        self.kinds = {kind.name: kind for kind in kinds}

    def do(self, work: Coroutine[Any, Any, R]) -> R | Problem | None:
        """Do *work*; return what came of it, or its Problem, or None where the process ended."""
        return self.loop.run_until_complete(self._done(work))

    async def _done(self, work: Coroutine[Any, Any, R]) -> R | Problem | None:
        try:
            return await work
        except Problem as problem:
            return problem
        except Killed:
            return None

    def due(self) -> list[Turn]:
        """Return every turn that is due now."""
        at_us = int(datetime.now(UTC).timestamp() * 1_000_000)
        return [
            (name, row, turn)
            for name, kind in self.kinds.items()
            for row, turn in self.database.look(lambda c, kind=kind: kind.due(c, at_us, 200))  # type: ignore[misc]  # a lambda's default
        ]

    async def carry(self, turn: Turn) -> None:
        """Make one attempt."""
        kind, row, number = turn
        await self.kinds[kind].carry(row, number)

    def start(self, turn: Turn) -> None:
        """Begin a turn and leave it under way."""
        task = self.loop.create_task(self.carry(turn))
        self.in_flight[task] = turn
        task.add_done_callback(lambda done: self.in_flight.pop(done))
        self.rest(0)

    def rest(self, seconds: float) -> None:
        """Let time pass; what is under way goes on meanwhile."""
        self.do(self._rest(seconds))

    async def _rest(self, seconds: float) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        if seconds:
            await asyncio.sleep(seconds)

    def crash(self) -> None:
        """End the process now, and start another over the same database."""
        self.life.over = True
        for task in list(self.in_flight):
            task.cancel()
        self.rest(0)
        self.excused |= self.open_intents()
        self.database.close()
        self._begin()

    def open_intents(self) -> set[str]:
        """Return the intents without an outcome, as `ask.turn`."""
        found: set[str] = set()
        for each in self.time:
            if isinstance(each, Entry) and each.act == "referral.conveying":
                found.add(str(each.request))
            elif isinstance(each, Entry) and each.act == "referral.conveyed":
                found.discard(str(each.request))
        return found

    def state(self) -> State:
        """Read every row."""
        return self.database.look(_everything)

    def heal(self) -> None:
        """Let every hospital be well."""
        for hospital in self.hospitals.values():
            hospital.mood = Mood.WELL
            hospital.release()
        self.rest(0)

    def close(self) -> None:
        """End everything."""
        self.life.over = True
        for task in list(self.in_flight):
            task.cancel()
        self.rest(0)
        self.database.close()
        self.loop.close()
        self._clock.stop()
        shutil.rmtree(self.folder)


def _everything(connection: Connection) -> State:
    state = State()
    for row in connection.execute(select(tables.referral)):
        state.referrals[row.id] = store.read(Referral, row)
    state.asks = [store.read(Ask, row) for row in connection.execute(select(tables.ask))]
    happened = select(tables.event).order_by(tables.event.c.referral, tables.event.c.number)
    state.history = [store.read(Happening, row) for row in connection.execute(happened)]
    state.owed = [store.read(Owed, row) for row in connection.execute(select(tables.owed))]
    return state
