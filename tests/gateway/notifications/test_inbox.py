"""The inbox: every number, the same words as on the wire, and handed out is not read."""

from collections.abc import Callable

import pytest

from contracts import Progress, Unreachable
from contracts.alert_wire import wire
from gateway.access.roles import Role
from gateway.notifications import inbox
from gateway.notifications.answers import Inbox
from gateway.notifications.rows import Delivery
from gateway.partners.shape import Channel, Standing
from gateway.problems import Problem

from .office import DISPATCH, FIRST, POLICE, REQUEST, SECOND, WELFARE, Agency, Office, by, partner

KEY = by(Role.PARTNER, WELFARE)


async def fetch(office: Office, name: str = WELFARE, *, since: int = 0, limit: int = 50) -> Inbox:
    """Fetch as that partner."""
    return await inbox.fetch(office.room, name, since=since, limit=limit, by=KEY, request=REQUEST)


async def test_what_is_fetched_has_arrived_and_nobody_has_read_it(office: Office) -> None:
    """It is committed before it is handed out."""
    await office.tell(to=[WELFARE])
    found = await fetch(office)
    assert [(item.number, item.state) for item in found.items] == [(1, "delivered")]
    row = await office.row(partner=WELFARE)
    assert (row.delivery, row.channel, row.human, row.watch) == (Delivery.DELIVERED, "inbox", False, "remind")
    assert office.acts() == ["accepted:queued", "inbox.read:read", "conveyed:fetched"]


async def test_it_says_what_the_wire_says(open_office: Callable[..., Office]) -> None:
    """Word for word, but for the number and the id."""
    agency = Agency()
    office = open_office(partner(POLICE, agency), partner(WELFARE, None, Channel.INBOX))
    await office.tell(to=[POLICE, WELFARE])
    await office.deliver()
    (item,) = (await fetch(office)).items
    assert item.message is not None
    sent = wire(agency.alerts[0])
    for said in (sent, item.message):
        del said["id"]
        said["data"].pop("reply_to")
    assert item.message == sent


async def test_again_it_says_the_same_and_changes_nothing(office: Office) -> None:
    """Whoever lost the answer asks again."""
    await office.tell(to=[WELFARE])
    first = await fetch(office)
    before = await office.rows()
    assert (await fetch(office)).items == first.items
    assert await office.rows() == before
    assert office.acts("notification.conveyed") == ["conveyed:fetched"]


async def test_an_empty_inbox_leaves_nothing(office: Office) -> None:
    """Nothing was told, nothing changed."""
    found = await fetch(office, since=7)
    assert (found.items, found.newest, found.more, found.gap) == ([], 0, False, False)
    assert office.acts() == []


async def test_no_number_is_left_out(office: Office) -> None:
    """What was never told stands there with its reason."""
    await office.tell(to=[WELFARE])
    for sequence in (2, 3):
        await office.tell(sequence=sequence, kind="update", to=[WELFARE])
    found = await fetch(office)
    assert [(item.number, item.state, item.message is None) for item in found.items] == [
        (1, "delivered", False),
        (2, "superseded", True),
        (3, "delivered", False),
    ]
    assert found.newest == 3


async def test_page_by_page(office: Office) -> None:
    """As many as wanted, and a word that there are more."""
    for number in range(5):
        await office.tell(f"i-{number:013d}", to=[WELFARE])
    seen, since, more = [], 0, True
    while more:
        found = await fetch(office, since=since, limit=2)
        seen += [item.number for item in found.items]
        since, more = seen[-1], found.more
    assert seen == [1, 2, 3, 4, 5]


async def test_what_was_never_fetched_comes_whatever_is_asked_from(office: Office) -> None:
    """A reader that lost count misses nothing."""
    for about in (FIRST, SECOND):
        await office.tell(about, to=[WELFARE])
    found = await fetch(office, since=99)
    assert [item.number for item in found.items] == [1, 2]
    assert (await fetch(office, since=99)).items == []


async def test_what_is_held_shows_its_number_and_nothing_else(open_office: Callable[..., Office]) -> None:
    """Held is not told."""
    office = open_office(partner(WELFARE, None, Channel.INBOX, standing=Standing.PLANNED))
    await office.tell(to=[WELFARE])
    (item,) = (await fetch(office)).items
    assert (item.state, item.message) == ("held", None)
    assert (await office.row(partner=WELFARE)).delivery is Delivery.HELD


async def test_a_system_that_is_told_may_look_too(office: Office, police: Agency) -> None:
    """To find gaps; by that nothing counts as arrived, for it is told anyway."""
    police.script = [Unreachable("away")]
    await office.tell()
    await office.deliver()
    (item,) = (await fetch(office, POLICE)).items
    assert item.message is not None
    assert (await office.row()).delivery is Delivery.QUEUED


async def test_where_both_ways_are_agreed_the_first_counts(open_office: Callable[..., Office]) -> None:
    """Fetched, it is not sent any more."""
    agency = Agency(Unreachable("away"))
    office = open_office(partner(POLICE, agency, Channel.WIRE, Channel.INBOX))
    await office.tell()
    await office.tell(sequence=2, kind="closed")
    await office.deliver()
    await fetch(office, POLICE)
    assert {row.delivery for row in await office.rows()} == {Delivery.DELIVERED}
    await office.pass_time(60)
    assert await office.deliver() == 0


async def test_whoever_was_erased_is_told_of_no_more(office: Office) -> None:
    """The number stays."""
    await office.tell(to=[WELFARE])
    office.pictures.gone.add(FIRST)
    (item,) = (await fetch(office)).items
    assert (item.state, item.message) == ("cancelled", None)
    assert (await fetch(office)).items[0].state == "cancelled"


async def test_an_acknowledgement_counts_as_anywhere(office: Office) -> None:
    """A name ends the clock."""
    await office.tell(to=[WELFARE])
    await fetch(office)
    row = await office.hear(await office.row(partner=WELFARE), Progress.READ, "inbox", by="Petugas Contoh")
    assert (row.human, row.watch) == (True, None)


async def test_a_change_comes_as_the_change_it_is(open_office: Callable[..., Office]) -> None:
    """For a dispatch system without an address."""
    office = open_office(partner(DISPATCH, None, Channel.INBOX, follows=True))
    await office.follow(topic="referral")
    (item,) = (await fetch(office, DISPATCH)).items
    assert item.message is not None
    assert item.message["type"] == "id.jambi.112.referral_changed.v1"
    assert item.message["data"]["referral"] == {"id": FIRST}


async def test_a_partner_that_is_gone_has_no_inbox(office: Office) -> None:
    """Its key may still be there."""
    with pytest.raises(Problem, match="no-such-partner"):
        await fetch(office, "gone")
