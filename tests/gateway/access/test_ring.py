"""The keys in memory: fresh within seconds, good while the database is away, never across environments."""

import asyncio
from datetime import timedelta

import pytest

from gateway.access.ring import DemoKeyInLive, KeyRing
from gateway.access.roles import Role
from gateway.alarms import Alarms
from gateway.db import CannotRead
from tests.gateway.gate import NOW, Shelf, key_for, until


async def test_what_another_replica_changed_is_seen_soon():
    """A key revoked elsewhere stops opening here."""
    key, _ = key_for(Role.DISPATCHER)
    shelf = Shelf([key])
    ring = KeyRing(shelf, Alarms(), environment="demo")
    await ring.load()
    assert key.digest in ring.in_use
    fresh = asyncio.create_task(ring.keep_fresh(every_s=0.01))
    shelf.keys = []
    await until(lambda: not ring.in_use)
    fresh.cancel()


async def test_while_the_database_is_away_the_known_keys_open():
    """Dispatch is never locked out by a broken disk; an alarm stands until it is whole."""
    key, _ = key_for(Role.DISPATCHER)
    shelf, alarms = Shelf([key]), Alarms()
    ring = KeyRing(shelf, alarms, environment="demo")
    await ring.load()
    shelf.trouble = CannotRead("disk I/O error")
    fresh = asyncio.create_task(ring.keep_fresh(every_s=0.01))
    await until(lambda: [alarm.name for alarm in alarms.current()] == ["keys.stale"])
    assert key.digest in ring.in_use
    shelf.trouble = None
    await until(lambda: alarms.current() == [])
    fresh.cancel()


async def test_live_does_not_start_with_a_demo_key_in_use():
    """Demo credentials never open the live gateway; revoked ones are history."""
    demo, _ = key_for(Role.ADMIN)
    live, _ = key_for(Role.ADMIN, environment="live")
    old, _ = key_for(Role.ADMIN, revoked_at=NOW)
    with pytest.raises(DemoKeyInLive, match=demo.id):
        await KeyRing(Shelf([live, demo]), Alarms(), environment="live").load()
    ring = KeyRing(Shelf([live, old]), Alarms(), environment="live")
    await ring.load()
    assert list(ring.in_use) == [live.digest]


async def test_a_live_key_is_none_of_the_demos():
    """Not even when it stands in the same table."""
    live, _ = key_for(Role.ADMIN, environment="live")
    ring = KeyRing(Shelf([live]), Alarms(), environment="demo")
    await ring.load()
    assert (ring.in_use, ring.knows(live.id)) == ({}, False)


async def test_grace_is_seen_for_dispatchers_only():
    """The ring knows which keys work beyond their end."""
    dispatcher, _ = key_for(Role.DISPATCHER)
    admin, _ = key_for(Role.ADMIN)
    ring = KeyRing(Shelf([dispatcher, admin]), Alarms(), environment="demo")
    await ring.load()
    end = NOW + timedelta(days=365)
    assert ring.in_grace(end) == [dispatcher]
    assert ring.in_grace(end - timedelta(seconds=1)) == []
    assert ring.in_grace(end + timedelta(hours=72)) == []
