"""A partner with a pace: so many a minute, the urgent first, whoever sends it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from gateway.db import Database
from gateway.db.values import microseconds
from gateway.notifications import pace, store
from gateway.notifications.picking import pick
from gateway.partners.shape import Limits
from tests.gateway.gate import Notebook

from .office import POLICE, Agency, Office, partner

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SLOW = Limits(concurrency=8, attempts=1, per_minute=30)  # one in two seconds
QUICK = Limits(concurrency=100, attempts=1, per_minute=600)  # one in a tenth


@pytest.fixture
async def database(database_url: str) -> Any:
    """Give a database in which one partner was told something once."""
    database = Database(database_url, cast(Any, Notebook()))
    await database.start()
    await database.maintain(lambda connection: store.next_numbers(connection, [POLICE]))
    yield database
    await database.close()


async def _began(database: Database, limits: Limits, at: datetime) -> bool:
    found: list[bool] = []
    await database.maintain(lambda c: found.append(pace.begin(c, POLICE, limits, at)))
    return found[0]


async def _room(database: Database, limits: Limits, at: datetime) -> int:
    return await database.read(lambda c: pace.room(c, POLICE, limits, microseconds(at)))


async def test_without_a_pace_its_places_decide(database: Database) -> None:
    """Nothing is counted."""
    limits = Limits(concurrency=5, attempts=1)
    for _ in range(50):
        assert await _began(database, limits, NOW)
    assert await _room(database, limits, NOW) == 5


@pytest.mark.parametrize(("limits", "at_once"), [(SLOW, 1), (QUICK, 11)])
async def test_no_more_begin_than_its_minute_has_room_for(
    database: Database, limits: Limits, at_once: int
) -> None:
    """In a minute its rate, and what one second more has room for."""
    began = [await _began(database, limits, NOW) for _ in range(at_once + 1)]
    assert began == [True] * at_once + [False]
    steps = [NOW + timedelta(seconds=number / 20) for number in range(1, 1200)]
    more = sum([await _began(database, limits, at) for at in steps])
    assert limits.per_minute is not None
    assert limits.per_minute - 1 <= at_once + more <= limits.per_minute + at_once


async def test_the_room_is_what_may_begin(database: Database) -> None:
    """As many as `pick` hands out, `begin` lets go; a clock that goes back lets nobody go sooner."""
    for seconds in (0.0, 0.3, 0.35, 2.0, 9.0):
        at = NOW + timedelta(seconds=seconds)
        room = await _room(database, QUICK, at)
        assert [await _began(database, QUICK, at) for _ in range(room + 1)] == [*[True] * room, False]
    assert await _room(database, QUICK, NOW) == 0
    assert not await _began(database, QUICK, NOW)


async def test_a_partner_is_told_no_faster_than_agreed(open_office: Callable[..., Office]) -> None:
    """Thirty a minute: of ten urgent and ten others the first urgent one goes, then nobody for a second."""
    agency = Agency()
    office = open_office(partner(POLICE, agency, per_minute=SLOW.per_minute))
    for number in range(10):
        await office.tell(f"i-{number:013}", urgent=number >= 5)
    await office.deliver()
    assert [alert.incident for alert in agency.alerts] == ["i-0000000000005"]

    def picked(connection: Connection, after_s: float) -> int:
        at_us = microseconds(datetime.now(UTC) + timedelta(seconds=after_s))
        return len(pick(connection, office.room.registry, at_us, 50).due)

    assert await office.room.database.read(lambda connection: picked(connection, 0)) == 0
    assert await office.room.database.read(lambda connection: picked(connection, 1.1)) == 1
