"""Two replicas on one database change and align the same partner at once: each row is let go once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection

from contracts import AlertKind
from gateway.db import Database
from gateway.notifications import aligning, sweeping
from gateway.notifications.rows import Delivery
from gateway.partners.shape import Standing
from gateway.partners.standing import StandingBook
from tests.gateway.gate import Notebook

from .agencies import Agency, Centre, partner

ROWS = 40


@pytest.fixture
async def pair(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Centre, Centre]]:
    """Two gateways, each with its own connections and its own idea of how the partner stands."""
    monkeypatch.setattr(aligning, "AT_MOST", 7)
    databases = [Database(postgres_url, Notebook()) for _ in range(2)]
    agency, notebook = Agency(), Notebook()
    centres = []
    for database in databases:
        await database.start()
        centres.append(Centre(database, notebook, partner("bpbd", agency, Standing.PLANNED)))
    yield centres[0], centres[1]
    for database in databases:
        await database.close()


async def _sweeping(centre: Centre, *, until: "asyncio.Task[object]") -> None:
    book = StandingBook(centre.room.database, centre.room.registry)
    while not until.done():
        await book.load()
        await sweeping.sweep(centre.room)
        await asyncio.sleep(0)


@pytest.mark.parametrize("attempt", range(3))
async def test_both_align_and_nothing_is_told_twice(pair: tuple[Centre, Centre], attempt: int) -> None:
    """One makes it live, the other sweeps and promises more meanwhile."""
    first, second = pair
    for number in range(ROWS):
        await first.tell(f"i-{number}", 1)
        if number % 4 == 0:
            first.incidents.end(f"i-{number}")
    second.incidents.ended = first.incidents.ended
    change = asyncio.create_task(first.put("bpbd", Standing.LIVE))
    sweeper = asyncio.create_task(_sweeping(second, until=change))
    for number in range(5):
        await second.tell(f"i-later{number}", 1)
    await asyncio.gather(change, sweeper)
    await sweeping.sweep(first.room)
    await first.deliver()
    agency = first.room.registry.partners["bpbd"].port
    assert isinstance(agency, Agency)
    told = [alert.incident for alert in agency.of(AlertKind.ALERT)]
    assert len(told) == len(set(told)) == ROWS - ROWS // 4 + 5
    gathered = [over.incident for digest in agency.of(AlertKind.DIGEST) for over in digest.over]
    assert len(gathered) == len(set(gathered)) == ROWS // 4
    assert await first.rows(Delivery.HELD, Delivery.QUEUED) == []


async def test_two_words_at_once_leave_one_standing_everywhere(pair: tuple[Centre, Centre]) -> None:
    """The later one; and what waits is in line with it."""
    first, second = pair
    await first.tell("i-flood", 1)
    await asyncio.gather(first.put("bpbd", Standing.LIVE), second.put("bpbd", Standing.SUSPENDED))
    for each in pair:
        await StandingBook(each.room.database, each.room.registry).load()
        await sweeping.sweep(each.room)
    stands = {each.room.registry.partners["bpbd"].standing for each in pair}
    assert len(stands) == 1
    wanted = Delivery.QUEUED if stands == {Standing.LIVE} else Delivery.HELD
    assert [row.delivery for row in await first.rows()] == [wanted]


async def test_a_promise_in_the_same_moment_is_in_line_as_well(pair: tuple[Centre, Centre]) -> None:
    """The turnstile lets the one or the other through first."""
    first, second = pair
    told = [second.tell(f"i-{number}", 1) for number in range(20)]
    await asyncio.gather(first.put("bpbd", Standing.LIVE), *told)
    assert {row.delivery for row in await first.rows()} == {Delivery.QUEUED}

    def numbers(connection: Connection) -> list[int]:
        return [row.number for row in connection.execute(aligning.notification.select())]

    assert sorted(await first.room.database.read(numbers)) == list(range(1, 21))
