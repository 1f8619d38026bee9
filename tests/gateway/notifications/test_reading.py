"""Ladders as a screen shows them: a query for rows and one for receipts, however many incidents there are."""

from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from contracts import Progress
from gateway.notifications import reading
from gateway.notifications.reading import ALARMED, NEVER_SAID
from gateway.notifications.tables import notification

from .office import DISPATCH, FIRE, FIRST, PLANNED, POLICE, SECOND, Office


async def test_every_partner_of_every_incident_in_order(office: Office) -> None:
    """What the dispatch system follows is no ladder."""
    for about in (FIRST, SECOND):
        await office.tell(about, to=[POLICE, PLANNED])
        await office.follow(about)
    await office.deliver()
    await office.tell(sequence=2, kind="update", to=[POLICE])
    await office.hear(await office.row(SECOND), Progress.ACCEPTED, post="SPKT")
    found = await reading.ladders(office.room, [FIRST, SECOND, "i-nothing"])
    lines = {
        about: sorted((each.partner, each.sequence, each.state) for each in its)
        for about, its in found.items()
    }
    assert lines == {
        FIRST: [(PLANNED, 1, "held"), (POLICE, 1, "delivered"), (POLICE, 2, "queued")],
        SECOND: [(PLANNED, 1, "held"), (POLICE, 1, "accepted")],
        "i-nothing": [],
    }
    (police,) = [line for line in found[SECOND] if line.partner == POLICE]
    assert [(each.state, each.post, each.named) for each in police.receipts] == [("accepted", "SPKT", False)]
    assert (police.partner_name, police.phone) == ("Polresta", "0741-110")


async def test_what_somebody_is_to_see_to(office: Office) -> None:
    """Alarms and calls, the oldest first, and no more than wanted."""
    await office.tell(to=[PLANNED, POLICE])
    await office.tell(SECOND, to=[PLANNED])
    assert [line.about for line in await reading.alarmed(office.room, 10)] == [FIRST, SECOND]
    assert len(await reading.alarmed(office.room, 1)) == 1


async def test_a_partner_that_is_gone_keeps_its_place(office: Office) -> None:
    """By its id."""
    await office.tell(to=["gone"])
    (line,) = (await reading.ladders(office.room, [FIRST]))[FIRST]
    assert (line.partner_name, line.phone) == ("gone", None)


async def test_it_is_two_statements(office: Office) -> None:
    """For one incident or for many."""
    for number in range(5):
        await office.tell(f"i-{number:013d}", to=[POLICE, FIRE])
    asked: list[str] = []

    def count(connection: Connection) -> Any:
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        query = select(notification).where(notification.c.about.like("i-%"))
        return reading._lines(connection, registry=office.room.registry, query=query, asked={})

    lines = await office.room.database.read(count)
    assert len(lines) == 10
    assert len([each for each in asked if each.startswith("SELECT")]) == 2


@pytest.mark.parametrize(
    ("its", "index"), [(ALARMED, "ix_notification_alarmed"), (NEVER_SAID, "ix_notification_never_said")]
)
async def test_what_is_looked_at_all_day_is_found_by_an_index(office: Office, its: Any, index: str) -> None:
    """Among any number that nobody is to see to."""

    def plan(connection: Connection) -> str:
        query = select(notification.c.id).where(its).order_by(notification.c.accepted_at_us).limit(50)
        said = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
            return str(list(connection.exec_driver_sql(f"EXPLAIN {said}".replace("%", "%%"))))
        return str(list(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}")))

    await office.tell(to=[POLICE, DISPATCH])
    assert index in await office.room.database.read(plan)
