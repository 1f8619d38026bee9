"""Two gateways on one PostgreSQL: numbers without gaps, each message once, and no lane that stands still."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from random import Random

import pytest

from contracts import Unreachable
from gateway.db import Database
from gateway.notifications.keeping import mend
from gateway.notifications.rows import Delivery
from tests.gateway.gate import Notebook

from .office import DISPATCH, FIRE, POLICE, Agency, Desk, Office, partner

NAMES = (POLICE, FIRE, "dinsos", "pln")
INCIDENTS = 12


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[tuple[Office, Office]]:
    """Give two rooms with connections of their own, and the same partners."""
    agencies = {name: Agency(*[Unreachable("away")] * 10) for name in NAMES}
    desk, databases, offices = Desk(), [Database(postgres_url, Notebook()) for _ in range(2)], []
    for database in databases:
        await database.start()
        partners = [partner(name, agency) for name, agency in agencies.items()]
        follower = partner(DISPATCH, desk, incidents=False, follows=True)
        offices.append(Office(database, database._writer._ledger, [*partners, follower]))
    yield offices[0], offices[1]
    for database in databases:
        await database.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_both_promise_and_deliver_at_once(pair: tuple[Office, Office], seed: int) -> None:
    """To the same partners, in any order; and neither ever waits for the other in vain."""
    dice = Random(seed)
    done = asyncio.Event()
    carriers = [asyncio.create_task(_carry(office, done)) for office in pair]
    await asyncio.gather(*(_promise(pair, number, dice) for number in range(INCIDENTS)))
    done.set()
    await asyncio.gather(*carriers)
    await _finish(pair)
    rows = await pair[0].rows()
    assert Counter(row.delivery for row in rows if row.kind != "change").keys() <= {
        Delivery.DELIVERED,
        Delivery.SUPERSEDED,
    }
    for name in (*NAMES, DISPATCH):
        assert [row.number for row in rows if row.partner == name] == list(
            range(1, 1 + sum(row.partner == name for row in rows))
        )
    for name in NAMES:
        _in_order(pair[0], name)


async def _promise(pair: tuple[Office, Office], number: int, dice: Random) -> None:
    """Tell of one incident, picture by picture, from either gateway."""
    about = f"i-{number:013d}"
    for sequence, kind in enumerate(("alert", "update", "update", "closed"), 1):
        office, to = dice.choice(pair), dice.sample(NAMES, dice.randint(1, len(NAMES)))
        await office.tell(about, sequence, kind, to=to)
        await office.follow(about)
        await asyncio.sleep(dice.random() / 50)


async def _carry(office: Office, done: asyncio.Event) -> None:
    while not done.is_set():
        await _one_sweep(office)
        await asyncio.sleep(0.01)


async def _one_sweep(office: Office) -> int:
    """Carry what is due all at once, as the executor does."""
    at_us = 2**60
    due = await office.room.database.read(lambda c: office.deliveries.due(c, at_us, 100))
    carried = [office.deliveries.carry(each.row, each.turn) for each in due]
    await asyncio.gather(*carried)
    return len(due)


async def _finish(pair: tuple[Office, Office]) -> None:
    for _ in range(40):
        await mend(pair[0].room)
        if not await _one_sweep(pair[0]):
            return
    raise AssertionError("something goes on for ever")


def _in_order(office: Office, name: str) -> None:
    port = office.room.registry.partners[name].port
    assert isinstance(port, Agency)
    for number in range(INCIDENTS):
        alerts = {
            alert.id: alert.number for alert in reversed(port.alerts) if alert.incident == f"i-{number:013d}"
        }
        told = list(alerts.values())[::-1]
        assert told == sorted(told)
