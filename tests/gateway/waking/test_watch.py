"""The alarm: it stands exactly while something waits for people whom nobody reaches."""

import pytest

from contracts import Unreachable
from gateway.db import CannotRead, Database
from gateway.waking import store
from gateway.waking.room import now_us
from gateway.waking.watch import NAMED, NOBODY, look
from tests.gateway.gate import Notebook

from .conftest import DEPUTY, HEAD, MAIL, NUMBER, Office, Pigeon, S, partner_of


async def alarmed(office: Office) -> str:
    """Look; return the alarm's text, empty if there is none."""
    await look(office.room)
    return next((each.text for each in office.room.alarms.current() if each.name == NOBODY), "")


async def test_nobody_has_a_contact(office: Office) -> None:
    """It names what waits, and stands until that is called off."""
    await office.plan(HEAD)
    assert NUMBER in await alarmed(office)
    await office.do(lambda c: store.call_off(c, object_id=NUMBER, at_us=now_us()))
    assert not await alarmed(office)


async def test_one_of_two_is_enough(office: Office) -> None:
    """The deputy has it."""
    await office.has(MAIL, DEPUTY)
    await office.plan(HEAD, DEPUTY)
    await office.sweep()
    assert not await alarmed(office)


async def test_a_way_that_keeps_failing_is_no_way(started: tuple[Database, Notebook]) -> None:
    """Not at the first failure, but long before its time is over."""
    office = Office(*started, [partner_of(Pigeon("mailto:", *[Unreachable("connect")] * 500))])
    await office.has(MAIL)
    await office.plan(HEAD)
    for attempt in range(store.TRIES_BEFORE_ALARM):
        assert not await alarmed(office)
        await office.sweep(now_us() + attempt * 70 * S)
    assert NUMBER in await alarmed(office)


async def test_it_ends_when_somebody_is_woken_after_all(office: Office) -> None:
    """By the next reminder, which goes to a contact that was added meanwhile."""
    await office.plan(HEAD)
    assert await alarmed(office)
    await office.has(MAIL)
    await office.plan(HEAD)
    await office.sweep()
    assert not await alarmed(office)


async def test_what_nobody_waits_for_any_more_raises_none(office: Office) -> None:
    """Its time is over."""
    await office.plan(HEAD, at_us=now_us() - 20 * S, for_s=10)
    assert not await alarmed(office)


async def test_many_are_counted_not_listed(office: Office) -> None:
    """An alarm is read on a telephone."""
    for number in range(NAMED + 3):
        await office.plan(HEAD, object_id=f"r-{number}")
    text = await alarmed(office)
    assert "r-0" in text
    assert f"r-{NAMED}" not in text
    assert "3 more" in text


async def test_while_the_database_is_away_it_stays(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not knowing is no all-clear."""
    await office.plan(HEAD)
    assert await alarmed(office)

    async def away(_: object) -> None:
        raise CannotRead("away")

    monkeypatch.setattr(Database, "read", lambda self, query: away(query))
    assert await alarmed(office)
