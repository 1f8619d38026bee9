"""The order of a lane, and what may take whose place; and lanes that lost their head."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from gateway.db import CannotRead
from gateway.notifications import lanes, store
from gateway.notifications.keeping import keep_moving, mend
from gateway.notifications.rows import Delivery
from gateway.partners.shape import Channel

from .builders import row
from .office import FIRST, POLICE, SECOND, WELFARE, Agency, Office, partner

QUEUED, HELD = Delivery.QUEUED, Delivery.HELD


@pytest.mark.parametrize("kind", ["alert", "update", "closed", "cancel", "change", "digest", "test"])
@pytest.mark.parametrize("newer", ["alert", "update", "closed", "cancel", "change", "digest", "test"])
def test_only_an_update_makes_way_and_only_for_what_says_more(kind: str, newer: str) -> None:
    """Never a first word, never an end."""
    gone = lanes.superseded([row(kind=kind)], newer)
    assert bool(gone) is (kind == "update" and newer in ("update", "closed", "cancel"))


@pytest.mark.parametrize(
    ("attempts", "failures", "gone"), [(0, 0, True), (2, 2, True), (1, 0, False), (3, 2, False)]
)
def test_what_may_be_arriving_now_does_not_make_way(attempts: int, failures: int, *, gone: bool) -> None:
    """An attempt has begun that nothing is known of."""
    tried = row(kind="update", attempts=attempts, failures=failures)
    assert bool(lanes.superseded([tried], "update")) is gone


def test_the_head_is_the_first_that_is_queued() -> None:
    """What is held waits for something else."""
    held, second, third = (row(number=n, delivery=d) for n, d in ((1, HELD), (2, QUEUED), (3, QUEUED)))
    assert lanes.head([third, held, second]) is second
    assert lanes.head([held]) is None
    assert lanes.head([]) is None


async def test_a_lane_that_lost_its_head_is_found_and_mended(office: Office, police: Agency) -> None:
    """Whatever it was that lost it."""
    for about in (FIRST, SECOND):
        await office.tell(about, to=[POLICE, WELFARE])
        await office.tell(about, 2, "closed", to=[POLICE, WELFARE])

    def lose(connection: Connection) -> None:
        rows = store.unsaid(connection, FIRST, [POLICE])
        store.put(connection, [each.id for each in rows], {"due_at": None})

    await office.room.database.maintain(lose)
    assert await office.room.database.read(lambda c: lanes.lost(c, office.room.registry)) == [(POLICE, FIRST)]
    assert await mend(office.room) == 1
    assert await mend(office.room) == 0
    first, closed = await office.rows(FIRST, partner=POLICE)
    assert (first.due_at is not None, closed.due_at) == (True, None)


async def test_a_partner_that_has_got_a_system_is_told_what_waited(
    open_office: Callable[..., Office],
) -> None:
    """It had to fetch before."""
    before = open_office(partner(POLICE, None, Channel.INBOX))
    await before.tell()
    agency = Agency()
    after = open_office(partner(POLICE, agency, Channel.WIRE, Channel.INBOX))
    assert await mend(after.room) == 1
    await after.deliver()
    assert len(agency.alerts) == 1


async def test_what_moves_is_left_alone(office: Office) -> None:
    """Nothing is written."""
    await office.tell(to=[POLICE, WELFARE])
    before = await office.rows()
    assert await mend(office.room) == 0
    assert await office.rows() == before


async def test_it_goes_on_after_the_database_was_away(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From time to time, until it is stopped."""
    looked = asyncio.Event()
    read, answers = office.room.database.read, iter(["away"])

    async def away_once(query: Any) -> Any:
        if next(answers, None):
            raise CannotRead("away")
        looked.set()
        return await read(query)

    monkeypatch.setattr(office.room.database, "read", away_once)
    keeping = asyncio.create_task(keep_moving(office.room, every_s=0.01))
    async with asyncio.timeout(5):
        await looked.wait()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
