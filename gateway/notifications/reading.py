"""Ladders read for a screen or a program: who was told, and how far each is; nothing that names anybody."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from gateway.partners.registry import Registry

from . import store
from .answers import LadderLine, ReceiptView
from .room import NotificationRoom
from .rows import CHANGE, Heard, Notification
from .tables import notification
from .words import SHOWN, sentences, state

ALARMED = notification.c.alarm.is_not(None) | notification.c.call
NEVER_SAID = notification.c.delivery.in_(("dead", "expired"))
MOST_ABOUT_ONE = 1000
_ABOUT = (
    select(notification)
    .where(notification.c.about.in_(bindparam("abouts", expanding=True)), notification.c.kind != CHANGE)
    .order_by(notification.c.accepted_at_us, notification.c.number)
)

Query = Callable[[Connection], Sequence[Notification]]


Ladders = Mapping[str, list[LadderLine]]  # by what they are about


async def ladders(room: NotificationRoom, abouts: Sequence[str]) -> Ladders:
    """Return every partner's ladder of each of *abouts*, the oldest first; changes followed are none."""
    return await room.database.read(partial(ladders_in, registry=room.registry, abouts=abouts))


def ladders_in(connection: Connection, registry: Registry, abouts: Sequence[str]) -> Ladders:
    """Return them as `ladders` does, within a transaction at hand."""
    found: dict[str, list[LadderLine]] = {each: [] for each in abouts}
    for line in _lines(connection, registry=registry, query=_ABOUT, asked={"abouts": list(abouts)}):
        found[line.about].append(line)
    return found


async def alarmed(room: NotificationRoom, limit: int) -> list[LadderLine]:
    """Return what an operator is to see to, calls and alarms, the oldest first."""
    query = select(notification).where(ALARMED).order_by(notification.c.accepted_at_us, notification.c.id)
    return await lines(room, query.limit(limit))


async def line(room: NotificationRoom, row_id: str) -> LadderLine | None:
    """Return one notification, None where there is none."""
    found = await lines(room, select(notification).where(notification.c.id == row_id))
    return found[0] if found else None


async def lines(room: NotificationRoom, query: Select[Any], **asked: object) -> list[LadderLine]:
    """Return what *query* selects, *asked* with those values, as a screen shows it."""
    return await room.database.read(partial(_lines, registry=room.registry, query=query, asked=asked))


def _lines(
    connection: Connection, *, registry: Registry, query: Select[Any], asked: Mapping[str, object]
) -> list[LadderLine]:
    """Make the lines here too, in the reader's thread: some hundred would hold the event loop."""
    rows = store.read(connection, query, **asked)
    heard: dict[str, list[Heard]] = {row.id: [] for row in rows}
    for each in store.receipts_of(connection, heard):
        heard[each.notification].append(each)
    return [_line(row, heard[row.id], registry) for row in rows]


def _line(row: Notification, heard: Sequence[Heard], registry: Registry) -> LadderLine:
    partner = registry.partners.get(row.partner)
    name, phone = (partner.name, partner.phone) if partner else (row.partner, None)
    now = state(row)
    return LadderLine(
        id=row.id,
        topic=row.topic,
        about=row.about,
        partner=row.partner,
        partner_name=name,
        phone=phone,
        number=row.number,
        sequence=row.sequence,
        kind=row.kind,
        state=now,
        shown=SHOWN[now],
        words=sentences(row, name=name, phone=phone, standing=partner.standing if partner else None),
        urgent=row.urgent,
        drill=row.drill,
        accepted_at=row.accepted_at,
        expires_at=row.expires_at,
        delivered_at=row.delivered_at,
        channel=row.channel,
        held_since=row.held_since,
        delayed=row.delayed,
        confirmed_at=row.confirmed_at,
        human_confirmed=row.human,
        needs_phone_call=row.call,
        call_since=row.call_since,
        alarm=row.alarm,
        alarm_at=row.alarm_at,
        attempts=row.attempts,
        trouble=row.trouble,
        reference=row.reference,
        reason=row.reason,
        receipts=[_receipt(each) for each in heard],
    )


def _receipt(heard: Heard) -> ReceiptView:
    return ReceiptView(
        state=str(heard.progress),
        heard_at=heard.heard_at,
        at=heard.at,
        channel=heard.channel,
        proof=heard.proof,
        named=heard.sealed is not None,
        post=heard.post,
        reference=heard.reference,
        reason=heard.reason,
    )
