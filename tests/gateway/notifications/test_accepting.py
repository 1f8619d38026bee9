"""The promise: one row and one entry a partner, numbered without gaps, held where nobody is to be told."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event

from gateway.notifications import store
from gateway.notifications.rows import Delivery
from gateway.partners import standing_store
from gateway.partners.shape import Channel, Standing
from gateway.partners.standing_store import Stands

from .office import FIRE, FIRST, PLANNED, POLICE, SECOND, WELFARE, Agency, Office, partner


async def test_each_partner_is_promised_it_once(office: Office) -> None:
    """Whether it is asked again makes no difference."""
    await office.tell(to=[POLICE, FIRE])
    first = await office.rows()
    await office.tell(to=[POLICE, FIRE])
    assert await office.rows() == first
    assert office.acts("notification.accepted") == ["accepted:queued"] * 2
    assert {(row.partner, row.number, row.kind, row.delivery) for row in first} == {
        (POLICE, 1, "alert", Delivery.QUEUED),
        (FIRE, 1, "alert", Delivery.QUEUED),
    }


async def test_the_same_picture_has_the_same_id_always(office: Office) -> None:
    """It follows from what is told and to whom, and has no dot."""
    await office.tell(to=[POLICE, FIRE])
    await office.tell(sequence=2, kind="update", to=[POLICE])
    ids = [row.id for row in await office.rows()]
    assert len(set(ids)) == 3
    assert all(len(each) == 15 and each.startswith("n-") and "." not in each for each in ids)


async def test_numbers_have_no_gaps(office: Office) -> None:
    """Each partner's own, whatever it is told of."""
    for about in (FIRST, SECOND):
        for sequence in (1, 2, 3):
            await office.tell(about, sequence, "alert" if sequence == 1 else "update", to=[POLICE, FIRE])
            await office.tell(about, sequence, "alert", to=[POLICE])
    for name in (POLICE, FIRE):
        rows = await office.rows(partner=name)
        assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert await office.room.database.read(lambda connection: store.newest(connection, POLICE)) == 6


async def test_many_at_once_have_no_gaps_either(office: Office) -> None:
    """They share batches, and some of those are rolled back and done again."""

    async def broken() -> None:
        with pytest.raises(RuntimeError, match="undone"):
            await office.room.database.write(_number_and_fail, entries=lambda _: [])

    tasks = [office.tell(f"i-{number:013d}", to=[POLICE, FIRE]) for number in range(40)]
    await asyncio.gather(*tasks, *(broken() for _ in range(5)))
    for name in (POLICE, FIRE):
        assert [row.number for row in await office.rows(partner=name)] == list(range(1, 41))


def _number_and_fail(connection: Connection) -> None:
    store.next_numbers(connection, [POLICE])
    raise RuntimeError("undone")


async def test_a_planned_partner_knows_nothing_and_somebody_is_to_ring(office: Office) -> None:
    """At once, not after a minute; the operators are woken for what is urgent."""
    await office.tell(to=[PLANNED])
    row = await office.row(partner=PLANNED)
    assert (row.delivery, row.call, row.alarm) == (Delivery.HELD, True, "not_connected")
    assert (row.held_since, row.due_at, row.watch) == (row.accepted_at, None, None)
    assert office.wakes.woken == [("operators", "not_connected", row.id)]
    assert office.acts() == ["accepted:held", "alarmed:alarmed"]
    assert await office.deliver() == 0


async def test_what_is_not_urgent_wakes_nobody(office: Office) -> None:
    """It stands on the screens."""
    await office.tell(to=[PLANNED], urgent=False)
    row = await office.row(partner=PLANNED)
    assert (row.call, row.alarm) == (True, "not_connected")
    assert office.wakes.woken == []


async def test_a_newer_held_picture_is_the_one_to_ring_about(office: Office) -> None:
    """One call is enough for what one partner is to be told of one thing."""
    await office.tell(to=[PLANNED])
    await office.tell(sequence=2, kind="update", to=[PLANNED])
    first, second = await office.rows(partner=PLANNED)
    assert (first.call, first.alarm, first.delivery) == (False, None, Delivery.HELD)
    assert (second.call, second.alarm) == (True, "not_connected")
    assert office.wakes.called_off == [first.id]


@pytest.mark.parametrize(
    ("name", "said", "delivery", "alarm"),
    [
        (PLANNED, Standing.LIVE, Delivery.QUEUED, None),
        (POLICE, Standing.SUSPENDED, Delivery.HELD, "suspended"),
        (POLICE, Standing.ONBOARDING, Delivery.HELD, "not_connected"),
    ],
)
async def test_what_somebody_said_of_a_standing_goes_before_the_file(
    office: Office, name: str, said: Standing, delivery: Delivery, alarm: str | None
) -> None:
    """Also before this replica has heard of it."""
    stands = Stands(name, said, datetime.now(UTC), "k-1")

    def put(connection: Connection) -> None:
        standing_store.put(connection, stands)

    await office.room.database.maintain(put)
    await office.tell(to=[name])
    row = await office.row(partner=name)
    assert (row.delivery, row.alarm) == (delivery, alarm)


@pytest.mark.parametrize(("drill", "delivery"), [(True, Delivery.QUEUED), (False, Delivery.HELD)])
async def test_who_is_still_trying_things_out_hears_drills_only(
    open_office: Callable[..., Office], drill: bool, delivery: Delivery
) -> None:
    """And is sent them."""
    agency = Agency()
    office = open_office(partner(POLICE, agency, standing=Standing.ONBOARDING))
    await office.tell(drill=drill)
    assert (await office.row()).delivery is delivery
    await office.deliver()
    assert [alert.drill for alert in agency.alerts] == ([True] if drill else [])


async def test_a_partner_without_any_way_is_not_connected(open_office: Callable[..., Office]) -> None:
    """Nor is one that partners.toml names no longer."""
    office = open_office(partner(POLICE, None))
    await office.tell(to=[POLICE, "gone"])
    assert {(row.partner, row.delivery, row.alarm) for row in await office.rows()} == {
        (POLICE, Delivery.HELD, "not_connected"),
        ("gone", Delivery.HELD, "not_connected"),
    }


async def test_who_fetches_is_due_at_no_time(office: Office) -> None:
    """It is queued until somebody comes for it, and watched all the same."""
    await office.tell(to=[WELFARE])
    row = await office.row(partner=WELFARE)
    assert (row.delivery, row.due_at, row.watch) == (Delivery.QUEUED, None, "undelivered")
    assert office.wakes.woken == []


async def test_where_a_message_is_the_first_way_the_duty_officers_are_woken_at_once(
    open_office: Callable[..., Office],
) -> None:
    """There is nothing else that could reach them."""
    office = open_office(partner(WELFARE, None, Channel.MESSAGE))
    await office.tell(to=[WELFARE], urgent=False)
    row = await office.row(partner=WELFARE)
    assert office.wakes.woken == [(WELFARE, "alert_waiting", row.id)]


async def test_only_the_first_of_a_lane_is_due(office: Office) -> None:
    """Lanes of other partners and other things do not wait for it."""
    for about in (FIRST, SECOND):
        await office.tell(about, to=[POLICE, FIRE])
        await office.tell(about, 2, "closed", to=[POLICE, FIRE])
    due = [(row.about, row.partner, row.sequence) for row in await office.rows() if row.due_at is not None]
    assert sorted(due) == sorted((about, name, 1) for about in (FIRST, SECOND) for name in (POLICE, FIRE))


async def test_an_update_takes_the_place_of_one_that_was_never_told(office: Office) -> None:
    """Never that of the first word; and the lane goes on with what is left."""
    await office.tell()
    for sequence in (2, 3):
        await office.tell(sequence=sequence, kind="update")
    await office.tell(sequence=4, kind="closed")
    rows = await office.rows(FIRST)
    assert [(row.kind, row.delivery) for row in rows] == [
        ("alert", Delivery.QUEUED),
        ("update", Delivery.SUPERSEDED),
        ("update", Delivery.SUPERSEDED),
        ("closed", Delivery.QUEUED),
    ]
    assert [row.reason for row in rows] == [None, rows[2].id, rows[3].id, None]
    assert len(office.acts("notification.superseded")) == 2


async def test_where_the_agreement_wants_every_picture_none_is_left_out(
    open_office: Callable[..., Office],
) -> None:
    """The partner is told all of them, in order."""
    agency = Agency()
    office = open_office(partner(POLICE, agency, supersedes=False))
    await office.tell()
    for sequence in (2, 3):
        await office.tell(sequence=sequence, kind="update")
    while await office.deliver():
        pass
    assert [alert.sequence for alert in agency.alerts] == [1, 2, 3]


async def test_one_incident_told_to_six_is_a_few_statements(open_office: Callable[..., Office]) -> None:
    """Whether it is one or six makes no difference."""
    names = [f"partner-{number}" for number in range(6)]
    office = open_office(*(partner(name, Agency()) for name in names))
    assert await _statements(office, FIRST, names[:1]) == await _statements(office, SECOND, names) <= 5


async def _statements(office: Office, about: str, names: list[str]) -> int:
    said: list[str] = []
    database = office.room.database

    def note(*arguments: Any) -> None:
        said.append(arguments[2])

    def listen(connection: Connection) -> None:
        event.listen(connection, "before_cursor_execute", note)

    def unlisten(connection: Connection) -> None:
        event.remove(connection, "before_cursor_execute", note)

    await database.maintain(listen)
    await office.tell(about, to=names)
    await database.maintain(unlisten)
    return len([each for each in said if not each.startswith("BEGIN") and "advisory" not in each])
