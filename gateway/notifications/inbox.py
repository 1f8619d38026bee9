"""
The inbox: for partners whose system fetches, or who have none and look at our page.

What is handed out counts as arrived, and is committed as that before it leaves. What was never fetched comes
whatever number is asked from, and no number is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, select

from contracts import Alert, Change, Entry
from contracts.alert_wire import wire, wire_change
from gateway.access.guard import Principal
from gateway.partners.registry import Partner
from gateway.partners.shape import Channel
from gateway.problems import Problem

from . import entries, lanes, settling, store
from .accepting import told
from .answers import Inbox, InboxItem
from .following import changed
from .messages import Material, material, message_of
from .room import NotificationRoom
from .rows import Delivery, Notification
from .tables import notification
from .ways import has_wire, telling
from .words import state

TOLD = frozenset({Delivery.QUEUED, Delivery.DELIVERED, Delivery.DEAD})
WAITS = frozenset({Delivery.QUEUED, Delivery.DEAD})

Messages = Mapping[str, Alert | Change]


async def fetch(
    room: NotificationRoom, partner_id: str, *, since: int, limit: int, by: Principal, request: str
) -> Inbox:
    """
    Return what that partner was told after number *since*, and what it has not fetched.

    Raises Problem `no-such-partner`, CannotRead, CannotWrite.
    """
    partner = room.registry.partners.get(partner_id)
    if partner is None:
        raise Problem("no-such-partner")
    found, newest = await room.database.read(
        lambda connection: _page(room, connection, partner_id, since, limit)
    )
    page = found[:limit]
    messages = await _messages(room, partner, page)
    rows = await _handed_out(room, partner, page, messages, since=since, by=by, request=request)
    return Inbox(
        environment=room.environment,
        request=request,
        partner=partner_id,
        since=since,
        newest=newest,
        more=len(found) > len(page),
        gap=False,
        items=[_item(row, messages.get(row.id)) for row in rows],
    )


def _page(
    room: NotificationRoom, connection: Connection, partner: str, since: int, limit: int
) -> tuple[list[Material], int]:
    its = notification.c.partner == partner
    unfetched = its & (notification.c.delivery == str(Delivery.QUEUED)) & (notification.c.number <= since)
    rows = [
        *_first(connection, unfetched, limit + 1),
        *_first(connection, its & (notification.c.number > since), limit + 1),
    ]
    found = [material(room, connection, row.id) for row in rows[: limit + 1]]
    return [each for each in found if each], store.newest(connection, partner)


def _first(connection: Connection, its: ColumnElement[bool], limit: int) -> list[Notification]:
    return store.read(
        connection, select(notification).where(its).order_by(notification.c.number).limit(limit)
    )


async def _messages(room: NotificationRoom, partner: Partner, page: Sequence[Material]) -> Messages:
    said: dict[str, Alert | Change] = {}
    for each in page:
        if each.row.delivery in TOLD:
            message = await message_of(room, each, partner)
            if message is not None:
                said[each.row.id] = message
    return said


async def _handed_out(
    room: NotificationRoom,
    partner: Partner,
    page: Sequence[Material],
    messages: Messages,
    *,
    since: int,
    by: Principal,
    request: str,
) -> list[Notification]:
    """Commit that it is handed out; return the rows as they stand then."""
    rows = {each.row.id: each.row for each in page}
    if not messages and not any(row.delivery in WAITS for row in rows.values()):
        return list(rows.values())
    handing = _Handing(room, partner, messages, by, datetime.now(UTC), request)
    read = entries.inbox_read(partner.id, list(messages), since=since, by=by, at=handing.at, request=request)
    now, _ = await room.database.write(
        lambda connection: handing.over(connection, list(rows)), entries=lambda done: [read, *done[1]]
    )
    for about in {row.about for row in now.values() if row.delivery is not rows[row.id].delivery}:
        told(room, about)
    return [now[each] for each in rows]


@dataclass(frozen=True, slots=True)
class _Handing:
    """One page being handed out."""

    room: NotificationRoom
    partner: Partner
    messages: Messages
    by: Principal
    at: datetime
    request: str

    def over(self, connection: Connection, ids: Sequence[str]) -> tuple[dict[str, Notification], list[Entry]]:
        """Set that what waited is there; return the rows then, in order, and the entries."""
        before = store.locked(connection, ids)
        said = [entry for row in before.values() for entry in self._each(connection, row)]
        now = store.locked(connection, ids)
        news = [row for row in now.values() if row.delivery is not before[row.id].delivery]
        abouts = {row.about for row in news}
        lanes.advance(connection, self.room.registry, self.partner.id, abouts, at=self.at)
        return now, said + changed(
            self.room, connection, news, at=self.at, actor=self.by.actor, request=self.request
        )

    def _each(self, connection: Connection, row: Notification) -> list[Entry]:
        message = self.messages.get(row.id)
        if message is None:
            is_gone = row.delivery is Delivery.QUEUED
            return settling.cancel(self.room, connection, row, at=self.at) if is_gone else []
        if row.delivery not in WAITS or not _comes_by_inbox(self.partner, row):
            return []
        settling.arrive(self.room, connection, row, "inbox", at=self.at)
        return [entries.fetched(row, message, by=self.by, at=self.at, request=self.request)]


def _comes_by_inbox(partner: Partner, row: Notification) -> bool:
    return Channel.INBOX in telling(partner).channels or not has_wire(partner, row.kind)


def _item(row: Notification, message: Alert | Change | None) -> InboxItem:
    said = None
    if message is not None:
        said = wire(message) if isinstance(message, Alert) else wire_change(message)
    return InboxItem(id=row.id, number=row.number, state=state(row), message=said)
