"""A room of referrals over a real database, once on each dialect, with hospitals of this process."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from contracts import AnswerState
from gateway.db import Database, values
from gateway.referrals import actions, afloat, store
from gateway.referrals.conveying import AskTurns
from gateway.referrals.orders import Channel, Order, TelephoneAnswer, Then
from gateway.referrals.room import ReferralRoom
from gateway.referrals.rows import Ask, AskState, Owed, Referral
from gateway.referrals.states import Event
from tests.gateway.gate import Notebook

from . import house
from .hospital import Hospital

WHO = {Event.APPROVE: house.APPROVER, Event.REJECT: house.APPROVER}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep what exchanges log from the console."""
    with capture_logs():
        yield


@dataclass
class Desk:
    """The room, its log, its hospitals, and short ways to have something done."""

    room: ReferralRoom
    notebook: Notebook
    hospitals: dict[str, Hospital]
    people: house.Crowd
    wakes: house.Sleepers = field(default_factory=house.Sleepers)

    async def new(self, then: Then = Then.SUBMIT, **more: Any) -> Referral:
        """Make a referral."""
        return await actions.create(self.room, house.draft(then, **more), by=house.DISPATCHER, request="q-1")

    async def do(self, referral: Referral | str, event: Event, **more: Any) -> Referral:
        """Have an event brought about by somebody who may."""
        name = referral if isinstance(referral, str) else referral.id
        by = more.pop("by", WHO.get(event, house.OPERATOR))
        order = Order(event, **more)
        return await actions.carry_out(self.room, name, order, by=by, request="q-1")

    async def says(self, referral: Referral, hospital: str, state: AnswerState, **more: Any) -> Referral:
        """Enter what a hospital said by telephone."""
        said = TelephoneAnswer(hospital, state, "Perawat contoh", Channel.PHONE, datetime.now(UTC), **more)
        return await actions.answer_by_telephone(
            self.room, referral.id, said, by=house.OPERATOR, request="q-1"
        )

    async def out(self, *hospitals: str, **more: Any) -> Referral:
        """Make an emergency that is put to those hospitals, and convey it."""
        referral = await self.new(Then.BREAK_GLASS, criteria=house.TICKED, hospitals=hospitals, **more)
        await self.sweep()
        return await self.get(referral)

    async def sweep(self) -> None:
        """Carry every ask that is due now, as one turn each."""
        turns = AskTurns(self.room)
        at_us = values.microseconds(datetime.now(UTC))
        for row, turn in await self.room.database.read(lambda c: turns.due(c, at_us, 100)):
            await turns.carry(row, turn)

    async def get(self, referral: Referral) -> Referral:
        """Return the referral as it stands now."""
        found = await self.room.database.read(lambda c: store.get(c, Referral, referral.id))
        assert found is not None
        return found

    async def asks(self, referral: Referral) -> dict[str, Ask]:
        """Return the newest ask of each hospital."""
        found = await self.room.database.read(lambda c: store.asks_of(c, referral.id))
        return {each.hospital: each for each in found}

    async def states(self, referral: Referral) -> dict[str, AskState]:
        """Return how it stands with each hospital."""
        return {name: each.state for name, each in (await self.asks(referral)).items()}

    async def events(self, referral: Referral) -> list[str]:
        """Return what has happened, in order."""
        found = await self.room.database.read(lambda c: store.history_of(c, referral.id))
        return [each.event for each in found]

    async def owed(self, referral: Referral) -> list[Owed]:
        """Return what is or was owed."""
        return await self.room.database.read(lambda c: store.owed_for(c, referral.id))

    async def make_due(self, table: Any, **moved: timedelta) -> None:
        """Move moments of every row back, so that what would be due later is due now."""
        changes = {f"{name}_us": table.c[f"{name}_us"] - _us(by) for name, by in moved.items()}

        def change(connection: Connection) -> None:
            connection.execute(table.update().values(**changes))

        await self.room.database.maintain(change)


def _us(by: timedelta) -> int:
    return int(by.total_seconds() * 1_000_000)


@pytest.fixture
async def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Give a room with three hospitals that have a system and one that has a telephone."""
    monkeypatch.setattr(afloat, "AT_ONCE_S", 60.0)  # a slow machine is no database that is away
    notebook, people, wakes = Notebook(), house.Crowd(), house.Sleepers()
    database = Database(database_url, notebook)
    await database.start()
    hospitals = {name: Hospital(name) for name in (house.FIRST, house.SECOND, house.THIRD)}
    ports: dict[str, object | None] = {**hospitals, house.TELEPHONE: None}
    room = house.build(database, notebook, ports, people=people, wakes=wakes)
    yield Desk(room, notebook, hospitals, people, wakes)
    await database.close()
