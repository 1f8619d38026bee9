"""Whose turn it is: the urgent first, and of those what was cut off: nobody knows whether it arrived."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from gateway.notifications import store
from gateway.notifications.picking import pick

from .office import POLICE, Agency, Office, partner

PLACES = 3


async def _picked(office: Office, limit: int = 50) -> list[str]:
    at_us = int(datetime.now(UTC).timestamp() * 1_000_000)
    due = await office.room.database.read(lambda c: pick(c, office.room.registry, at_us, limit))
    rows = {row.id: row.about for row in await office.rows()}
    return [rows[each.row].lstrip("i-0") for each in due.due]


async def test_what_was_cut_off_goes_before_its_equals(open_office: Callable[..., Office]) -> None:
    """Before those due longer; never before what is urgent where it is not; and no more than have a place."""
    office = open_office(partner(POLICE, Agency(), concurrency=PLACES))
    for number in range(1, 7):
        await office.tell(f"i-{number:013}", urgent=number > 3)
    assert await _picked(office) == ["4", "5", "6"]
    now = datetime.now(UTC)

    def cut_off(connection: Connection) -> None:
        for number in (1, 6):
            (row,) = store.unsaid(connection, f"i-{number:013}", [POLICE])
            store.put(connection, [row.id], {"attempts": 1, "due_at": now - timedelta(microseconds=1)})
        (row,) = store.unsaid(connection, f"i-{5:013}", [POLICE])
        store.put(connection, [row.id], {"attempts": 1, "due_at": now + timedelta(seconds=60)})

    await office.room.database.maintain(cut_off)
    assert sorted(await _picked(office)) == ["1", "4", "6"]
    assert (await _picked(office, limit=2)) == ["4", "6"]
