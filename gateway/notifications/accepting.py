"""
The promise to tell partners something, made inside the transaction of what it is about.

So there is no incident without its notifications, and none of them without its entry. Nothing is sent here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from contracts import Actor, Entry
from gateway.partners import standing_store
from gateway.partners.shape import Channel, Standing

from . import entries, followers, store
from .beginning import LINK, Listener, Wanted, begin
from .room import NotificationRoom, Waking
from .rows import CHANGE, Delivery, Notification
from .superseding import make_way, superseded

__all__ = ["LINK", "Wanted", "accept", "follow", "told", "waking"]

WAKING = timedelta(minutes=30)  # how long somebody is woken for one reason

Waiting = Mapping[str, Sequence[Notification]]


@dataclass(frozen=True, slots=True)
class _Act:
    """One acceptance under way: on whose behalf, and when."""

    room: NotificationRoom
    connection: Connection
    at: datetime
    actor: Actor
    request: str | None


def accept(
    room: NotificationRoom,
    connection: Connection,
    wanted: Wanted,
    partners: Mapping[str, str],
    *,
    at: datetime,
    actor: Actor,
    request: str | None,
) -> list[Entry]:
    """
    Promise to tell each of *partners*, given with what the picture is to it; return the entries of it.

    For use inside the caller's change. The same picture is promised to the same partner once.
    """
    done = _promised(connection, wanted, partners)
    kinds = {each: kind for each, kind in sorted(partners.items()) if each not in done}
    if not kinds:
        return []
    act = _Act(room, connection, at, actor, request)
    listeners = _listeners(act, kinds)
    waiting = _by_partner(store.unsaid(connection, wanted.about, kinds))
    rows = [_begun(act, wanted, each, waiting.get(each.id, ())) for each in listeners]
    store.add(connection, rows)
    for listener, row in zip(listeners, rows, strict=True):
        _wake(act, listener, row)
    said = [entry for row in rows for entry in _entries(act, row)]
    return said + [entry for row in rows for entry in _make_way(act, row, waiting)]


def follow(
    room: NotificationRoom,
    connection: Connection,
    topic: str,
    about: str,
    *,
    source_system: str | None,
    drill: bool,
    at: datetime,
    actor: Actor,
    request: str | None,
    subject: str | None = None,
) -> list[Entry]:
    """
    Promise the new picture of *about* to whoever follows what *source_system* asked for; return the entries.

    For use inside the caller's change.
    """
    partners = followers.of_system(room.registry, source_system)
    unmade = followers.unmade(connection, about, partners)
    followers.renew(connection, unmade)
    wanted = Wanted(topic, about, 0, CHANGE, urgent=False, drill=drill, subject=subject)
    served = {row.partner for row in unmade}
    kinds = {each: CHANGE for each in partners if each not in served}
    return accept(room, connection, wanted, kinds, at=at, actor=actor, request=request)


def told(room: NotificationRoom, about: str) -> None:
    """Tell the screens, and have what may have come due looked for; after the commit."""
    room.changes.tell(about)
    room.turns.look("delivery", "watch", "wake")


def waking(row: Notification, *, at: datetime) -> Waking:
    """Return what every wake about *row* says."""
    return Waking(row.id, at, at + WAKING, row.urgent)


def _promised(connection: Connection, wanted: Wanted, partners: Mapping[str, str]) -> set[str]:
    if wanted.about == LINK or wanted.kind == CHANGE or not partners:
        return set()
    return store.already(connection, wanted.about, wanted.sequence, partners)


def _listeners(act: _Act, kinds: Mapping[str, str]) -> list[Listener]:
    """Return them with their next numbers; from then on nobody changes how they stand until the commit."""
    numbers = store.next_numbers(act.connection, kinds)
    said = {each.partner: each.standing for each in standing_store.load_all(act.connection)}
    found = []
    for name, kind in kinds.items():
        partner = act.room.registry.partners.get(name)
        first = partner.standing if partner else Standing.PLANNED
        found.append(Listener(name, partner, said.get(name, first), kind, numbers[name]))
    return found


def _by_partner(rows: Sequence[Notification]) -> Waiting:
    found: dict[str, list[Notification]] = {}
    for row in rows:
        found.setdefault(row.partner, []).append(row)
    return found


def _begun(act: _Act, wanted: Wanted, listener: Listener, waiting: Sequence[Notification]) -> Notification:
    gone = superseded(act.room, listener.id, waiting, listener.kind)
    return begin(wanted, listener, [row for row in waiting if row not in gone], at=act.at)


def _make_way(act: _Act, row: Notification, waiting: Waiting) -> list[Entry]:
    earlier = waiting.get(row.partner, ())
    return make_way(act.room, act.connection, row, earlier, at=act.at, request=act.request)


def _wake(act: _Act, listener: Listener, row: Notification) -> None:
    """Wake operators for what is urgent and held, duty officers where that is the first way there is."""
    how = waking(row, at=act.at)
    if row.alarm is not None and row.urgent:
        act.room.wakes.operators(act.connection, row.alarm, how)
    if row.delivery is Delivery.QUEUED and listener.ways[0] is Channel.MESSAGE:
        act.room.wakes.duty(act.connection, row.partner, "alert_waiting", how)


def _entries(act: _Act, row: Notification) -> list[Entry]:
    said = [entries.accepted(row, actor=act.actor, at=act.at, request=act.request)]
    if row.alarm is not None:
        said.append(entries.alarmed(row, row.alarm, at=act.at, actor=act.actor, request=act.request))
    return said
