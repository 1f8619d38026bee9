"""Nobody is surprised by the end of a key: notices at 30, 7 and 1 days, once each."""

import asyncio
from datetime import timedelta

import pytest

from gateway.access import store
from gateway.access.ring import KeyRing
from gateway.access.roles import Role
from gateway.access.watch import ExpiryWatch, due_notice
from gateway.alarms import Alarms
from gateway.db import CannotWrite
from tests.gateway.gate import NOW, Shelf, key_for, until, year_from

END = year_from(NOW)


@pytest.mark.parametrize(
    ("days_left", "warned", "due"),
    [
        (31, None, None),
        (30, None, 30),
        (30, 30, None),
        (8, 30, None),
        (7, 30, 7),
        (5, None, 7),
        (5, 7, None),
        (1, 7, 1),
        (0.5, 1, None),
        (0, None, None),
        (-1, None, None),
    ],
)
def test_which_notice_is_due(days_left, warned, due):
    """The nearest one reached, if it was not given; a missed one is not made up for."""
    key, _ = key_for(Role.ADMIN, warned_days=warned)
    assert due_notice(key, at=END - timedelta(days=days_left)) == due


def test_a_revoked_key_needs_no_notice():
    """Nobody waits for its end."""
    key, _ = key_for(Role.ADMIN, revoked_at=NOW)
    assert due_notice(key, at=END - timedelta(days=3)) is None


async def _watched(kept, key):
    await kept.database.write(lambda connection: store.insert_key(connection, key), entries=[object()])
    alarms = Alarms()
    ring = KeyRing(kept.database, alarms, environment="demo")
    await ring.load()
    kept.notebook.entries.clear()
    return ExpiryWatch(kept.database, ring, alarms), alarms


async def test_each_notice_is_one_entry_and_the_alarm_stands(kept):
    """Looking every day for a month gives three entries, not thirty; a restart gives none again."""
    key, _ = key_for(Role.DISPATCHER)
    watch, alarms = await _watched(kept, key)
    for days_left in range(40, 0, -1):
        await watch.look(at=END - timedelta(days=days_left))
    notices = kept.notebook.of("key.expiring")
    assert [entry.detail["days"] for entry in notices] == [30, 7, 1]
    assert {entry.object_id for entry in notices} == {key.id}
    assert [alarm.name for alarm in alarms.current()] == ["key.expiring"]
    assert key.id in alarms.current()[0].text


async def test_two_replicas_give_one_notice(kept):
    """The second finds the mark of the first, though its own memory is older."""
    key, _ = key_for(Role.DISPATCHER)
    first, _ = await _watched(kept, key)
    second_ring = KeyRing(kept.database, Alarms(), environment="demo")
    await second_ring.load()
    second = ExpiryWatch(kept.database, second_ring, Alarms())
    at = END - timedelta(days=20)
    assert await first.look(at=at)
    assert await second.look(at=at)
    assert len(kept.notebook.of("key.expiring")) == 1


async def test_the_alarm_ends_with_its_reason():
    """Once the key is replaced and revoked, nobody is nagged."""
    key, _ = key_for(Role.ADMIN, warned_days=1)
    shelf, alarms = Shelf([key]), Alarms()
    ring = KeyRing(shelf, alarms, environment="demo")
    await ring.load()
    watch = ExpiryWatch(shelf, ring, alarms)
    await watch.look(at=END - timedelta(days=1))
    assert alarms.current()
    alarms.raise_("key.grace", "used beyond its end")
    shelf.keys = []
    await watch.look(at=END - timedelta(days=1))
    await watch.look(at=END - timedelta(days=1))
    assert alarms.current() == []


async def test_a_database_that_cannot_write_is_asked_again_soon():
    """The alarm stands all the same; the entry follows."""

    class Stuck(Shelf):
        tries = 0

        async def write(self, change, *, entries):
            self.tries += 1
            raise CannotWrite("disk full")

    key, _ = key_for(Role.ADMIN)
    shelf, alarms = Stuck([key]), Alarms()
    ring = KeyRing(shelf, alarms, environment="demo")
    await ring.load()
    watch = ExpiryWatch(shelf, ring, alarms)
    task = asyncio.create_task(watch.run(every_s=3600, retry_s=0.01, now=lambda: END - timedelta(days=2)))
    await until(lambda: shelf.tries >= 3)
    task.cancel()
    assert [alarm.name for alarm in alarms.current()] == ["key.expiring"]


async def test_the_alarms_follow_the_keys_at_once():
    """Whoever revokes the expired key is not nagged until the next look; it is heard when keys are read."""
    key, _ = key_for(Role.DISPATCHER)
    shelf, alarms = Shelf([key]), Alarms()
    ring = KeyRing(shelf, alarms, environment="demo")
    ExpiryWatch(shelf, ring, alarms)
    alarms.raise_("key.grace", "used beyond its end")
    shelf.keys = []
    await ring.load()
    assert alarms.current() == []
