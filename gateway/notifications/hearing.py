"""
Receipts taken in: from callbacks and the inbox, and from an operator who has rung.

All count the same, but for one thing: only a named person or duty post ends the person's clock. The same
receipt again changes nothing, and one that comes late reopens nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from contracts import Actor, Entry, Receipt
from gateway.access.guard import Principal
from gateway.db import CannotRead
from gateway.people import Person
from gateway.problems import Problem

from . import entries, store
from .accepting import told
from .following import changed
from .room import NotificationRoom
from .rows import Heard, Notification
from .taking import People, Speaker, is_known, take


class _NothingNew(Exception):
    """Everything was heard before: there is nothing to write."""


async def hear(
    room: NotificationRoom,
    receipts: Sequence[Receipt],
    *,
    channel: str,
    proof: str,
    by: Principal | None,
    partner: str | None,
    request: str | None,
) -> list[Notification]:
    """
    Take *receipts* in; return what they were for, as it stands then. *partner* speaks for itself only.

    Raises Problem `no-such-notification`, `not-your-notification`; CannotRead, CannotWrite.
    """
    ids = list(dict.fromkeys(receipt.alert for receipt in receipts))
    rows, known = await room.database.read(lambda connection: _known(connection, ids))
    if len(rows) < len(ids):
        raise Problem("no-such-notification")
    await _demand_own(room, rows, partner, by=by, request=request)
    people = await persons(room, rows.values())
    news = [each for each in receipts if not _was_heard(each, rows[each.alert], known, people)]
    if not news:
        return [rows[each] for each in ids]
    actor = by.actor if by else Actor(partner or "gerbang", "partner")
    return await _written(room, news, rows, people, Speaker(channel, proof, actor, request))


async def persons(room: NotificationRoom, rows: Iterable[Notification]) -> People:
    """Return who *rows* are about, by pseudonym, as far as they were not erased and can be read now."""
    found: dict[str, Person] = {}
    for subject in {row.subject for row in rows if row.subject is not None}:
        try:
            person = await room.people.with_pseudonym(subject)
        except CannotRead:
            continue  # the name is not kept then; that a person confirmed must not wait for it
        if person is not None:
            found[subject] = person
    return found


Known = Mapping[str, list[Heard]]


def _known(connection: Connection, ids: Sequence[str]) -> tuple[dict[str, Notification], Known]:
    known: dict[str, list[Heard]] = {each: [] for each in ids}
    for heard in store.receipts_of(connection, ids):
        known[heard.notification].append(heard)
    return store.with_ids(connection, ids), known


async def _demand_own(
    room: NotificationRoom,
    rows: Mapping[str, Notification],
    partner: str | None,
    *,
    by: Principal | None,
    request: str | None,
) -> None:
    others = [row for row in rows.values() if partner is not None and row.partner != partner]
    if not others:
        return
    if by is not None:
        await room.database.record(*(entries.refused(row, by=by, request=request) for row in others))
    raise Problem("not-your-notification")


def _was_heard(receipt: Receipt, row: Notification, known: Known, people: People) -> bool:
    return is_known(receipt, known[row.id], people.get(row.subject or ""))


async def _written(
    room: NotificationRoom,
    receipts: Sequence[Receipt],
    rows: Mapping[str, Notification],
    people: People,
    speaker: Speaker,
) -> list[Notification]:
    """Commit them; screens are told."""
    try:
        heard, _ = await room.database.write(
            lambda connection: _take_all(room, connection, receipts, speaker, people),
            entries=lambda written: written[1],
        )
    except _NothingNew:
        heard = {}
    for each in {row.about for row in heard.values()}:
        told(room, each)
    return [heard.get(name, row) for name, row in rows.items()]


def _take_all(
    room: NotificationRoom,
    connection: Connection,
    receipts: Sequence[Receipt],
    speaker: Speaker,
    people: People,
) -> tuple[dict[str, Notification], list[Entry]]:
    at = datetime.now(UTC)
    heard = store.locked(connection, {receipt.alert for receipt in receipts})
    said: list[Entry] = []
    for name, row in heard.items():
        its = [receipt for receipt in receipts if receipt.alert == name]
        heard[name], more = take(room, connection, row, its, speaker, people, at=at)
        said += more
    if not said:
        raise _NothingNew
    rows = heard.values()
    said += changed(room, connection, rows, at=at, actor=speaker.actor, request=speaker.request)
    return heard, said
