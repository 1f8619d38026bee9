"""A duty officer's box over the real room: what was told has arrived, what is held was not told."""

from collections.abc import AsyncIterator

import pytest

from contracts import Progress, Receipt
from gateway.access.roles import Principal, Role
from gateway.console import signs
from gateway.console.duty_box import open_box
from gateway.console.duty_items import Asks, Item
from gateway.db import Database
from gateway.notifications.hearing import hear
from gateway.notifications.rows import Delivery
from gateway.partners.shape import Channel
from tests.gateway.gate import Notebook
from tests.gateway.notifications.office import (
    FIRST,
    OPERATOR,
    PLANNED,
    POLICE,
    REQUEST,
    SECOND,
    WELFARE,
    Agency,
    Office,
    partner,
)
from tests.gateway.notifications.office import by as somebody


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Give a room with one partner that has a system, one that has none, one that is not connected."""
    notebook = Notebook()
    database = Database(database_url, notebook)
    await database.start()
    partners = [
        partner(POLICE, Agency(), Channel.WIRE, Channel.MESSAGE),
        partner(WELFARE, None, Channel.INBOX, Channel.MESSAGE),
        partner(PLANNED, None, Channel.INBOX, standing="planned"),  # type: ignore[arg-type]  # a StrEnum's word
    ]
    yield Office(database, notebook, partners)
    await database.close()


def officer(whose: str) -> Principal:
    """Return a duty officer of that partner."""
    return somebody(Role.DUTY, whose)


async def box(office: Office, whose: str = WELFARE) -> list[Item]:
    """Open the box of that partner."""
    return await open_box(office.room, whose, by=officer(whose), request=REQUEST)


async def test_what_is_shown_has_arrived_and_nobody_has_read_it(office: Office) -> None:
    """Law 5; and an officer without a system is told by the page alone."""
    await office.tell(to=[WELFARE])
    (item,) = await box(office)
    assert (item.newest.delivery, item.asks, item.is_loud) == (Delivery.DELIVERED, Asks.ACCEPT, True)
    assert item.alert is not None
    assert item.alert.narrative == "picture 1"
    assert office.acts("inbox.read", "notification.conveyed") == ["inbox.read:read", "conveyed:fetched"]


async def test_the_newest_picture_stands_for_all_of_an_incident(office: Office) -> None:
    """One item, with everything that was told of it."""
    await office.tell(to=[WELFARE])
    await box(office)
    await office.tell(sequence=2, kind="update", to=[WELFARE])
    (item,) = await box(office)
    assert [each.sequence for each in item.rows] == [1, 2]
    assert item.alert is not None
    assert item.alert.narrative == "picture 2"


async def test_what_is_held_was_not_told(office: Office) -> None:
    """Nothing is shown as told before it was."""
    await office.tell(to=[PLANNED])
    assert await box(office, PLANNED) == []
    assert (await office.row(partner=PLANNED)).delivery is Delivery.HELD


async def test_nobody_sees_what_another_is_told(office: Office) -> None:
    """Each its own."""
    await office.tell(to=[POLICE])
    await office.tell(SECOND, to=[WELFARE])
    assert [item.about for item in await box(office, POLICE)] == [FIRST]
    assert [item.about for item in await box(office, WELFARE)] == [SECOND]


async def test_an_officer_who_looks_takes_nothing_from_the_system(office: Office) -> None:
    """Where the agency has one it is to have the message as well."""
    await office.tell(to=[POLICE])
    (item,) = await box(office, POLICE)
    assert item.newest.delivery is Delivery.QUEUED
    assert await office.deliver() == 1
    (item,) = await box(office, POLICE)
    assert (item.newest.delivery, item.asks) == (Delivery.DELIVERED, Asks.ACCEPT)


async def test_one_press_ends_the_persons_clock(office: Office) -> None:
    """And the page asks no more."""
    await office.tell(to=[WELFARE])
    (item,) = await box(office)
    before = await office.room.database.read(lambda connection: signs.of_a_box(connection, WELFARE))
    receipts = [Receipt(each.id, Progress.ACCEPTED, by="Ani Contoh") for each in item.unread]
    told = {"channel": "inbox", "proof": "person", "by": officer(WELFARE), "partner": WELFARE}
    await hear(office.room, receipts, **told, request=REQUEST)  # type: ignore[arg-type]  # as the page calls it
    (item,) = await box(office)
    assert (item.asks, item.progress, item.newest.watch) == (Asks.NOTHING, Progress.ACCEPTED, None)
    assert await office.room.database.read(lambda connection: signs.of_a_box(connection, WELFARE)) != before


async def test_what_was_erased_says_so(office: Office) -> None:
    """The officer rings instead of guessing."""
    await office.tell(to=[POLICE])
    await office.deliver()
    office.pictures.gone.add(FIRST)
    (item,) = await box(office, POLICE)
    assert item.alert is None


async def test_what_has_long_been_over_is_left_out(office: Office) -> None:
    """What still asks for something never is."""
    await office.tell(to=[WELFARE])
    await office.tell(SECOND, to=[WELFARE])
    await box(office)
    row = await office.row(SECOND, WELFARE)
    closed = [Receipt(row.id, Progress.CLOSED, by="Ani Contoh")]
    await hear(
        office.room,
        closed,
        channel="phone",
        proof="operator_statement",
        by=OPERATOR,
        partner=None,
        request=None,
    )
    assert len(await box(office)) == 2
    await office.pass_time(13 * 3600)
    assert [item.about for item in await box(office)] == [FIRST]


async def test_nothing_told_leaves_nothing_in_the_log(office: Office) -> None:
    """A page that reads itself again all night writes no entries while nothing happens."""
    assert await box(office) == []
    assert office.acts() == []
