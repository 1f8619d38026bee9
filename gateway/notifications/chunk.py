"""Rows of one partner that are held, or let go: each with its entry, all in the transaction at hand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from contracts import Actor, AlertKind, Entry
from gateway.partners.registry import Partner
from gateway.partners.shape import Standing

from . import accepting, digest, following, lanes, releasing, store
from .beginning import LINK, Wanted
from .releasing import Fate, Lane
from .room import NotificationRoom
from .rows import Delivery, Notification
from .standing_entries import aligned
from .tables import notification
from .ways import why_held


@dataclass(frozen=True, slots=True)
class Doing:
    """On whose behalf rows are held or let go, and when."""

    at: datetime
    actor: Actor
    request: str | None


class Chunk:
    """One transaction's rows; *counts* says how many by what became of them, *said* are the entries."""

    def __init__(
        self, room: NotificationRoom, connection: Connection, partner: Partner, doing: Doing
    ) -> None:
        """Take the partner whose turnstile this transaction holds."""
        self._room = room
        self._connection = connection
        self._partner = partner
        self._doing = doing
        self.counts: dict[str, int] = {}
        self.said: list[Entry] = []
        self._changes: dict[tuple[tuple[str, Any], ...], list[str]] = {}

    def hold(self, rows: Sequence[Notification], standing: Standing) -> None:
        """Hold what is queued; of what is urgent an operator is woken for the first, and sees all."""
        why = why_held(standing)
        for row in rows:
            self._set(row, releasing.hold(row, why, at=self._doing.at), "held", code=why)
        self._write()
        overtaken = {"watch_turn": notification.c.watch_turn + 1}  # the person's clock stands still, too
        store.put(self._connection, [row.id for row in rows], overtaken)
        to_ring = [row for row in rows if row.urgent and row.topic == "incident" and not row.human]
        for row in to_ring[:1]:
            self._room.wakes.operators(self._connection, why, accepting.waking(row, at=self._doing.at))
        self._follow(rows)

    def release(self, rows: Sequence[Notification], ended: Mapping[str, bool]) -> None:
        """Let go of what is held, each row as its lane has it."""
        known = self._lanes({row.about for row in rows}, ended)
        for row in rows:
            self._let_go(row, known[row.about])
        for its in known.values():
            self._say_first(its)
        self._write()
        self._in_order(known)
        self._follow(rows)

    def leave_digest(self) -> None:
        """Promise one message for all that was over before it could be told, if there is any."""
        gathered = digest.owed(self._connection, self._partner.id)
        if not gathered:
            return
        kind = str(AlertKind.DIGEST)
        wanted = Wanted(digest.TOPIC, LINK, 0, kind, urgent=False, drill=False, subject=None)
        self.said += accepting.accept(
            self._room,
            self._connection,
            wanted,
            {self._partner.id: kind},
            at=self._doing.at,
            actor=self._doing.actor,
            request=self._doing.request,
        )
        self._count("digests")
        self._count("gathered", len(gathered))

    def _lanes(self, abouts: Collection[str], ended: Mapping[str, bool]) -> dict[str, Lane]:
        its = notification.c.about.in_(sorted(abouts)) & (notification.c.partner == self._partner.id)
        found: dict[str, list[Notification]] = {about: [] for about in abouts}
        for row in store.read(self._connection, select(notification).where(its)):
            found[row.about].append(row)
        at = self._doing.at
        return {
            about: releasing.lane(rows, ended=ended.get(about, False), at=at) for about, rows in found.items()
        }

    def _let_go(self, row: Notification, its: Lane) -> None:
        at = self._doing.at
        which = releasing.fate(row, its, at=at)
        if which is Fate.RELEASED:
            self._set(row, releasing.release(row, its, self._partner.ladder, at=at), str(which))
            return
        newer = its.newest.id if its.newest else None
        changes = releasing.end(which, newer=newer, at=at)
        self._set(row, changes, str(which), code=changes["reason"])
        if row.call and not changes.get("call", True):
            self._room.wakes.call_off(self._connection, about=row.id, at=at)

    def _say_first(self, its: Lane) -> None:
        changes = releasing.first_word(its, self._partner.ladder, at=self._doing.at)
        if its.newest is not None and changes is not None:
            self._set(its.newest, changes, "first_word")

    def _in_order(self, abouts: Collection[str]) -> None:
        """Let only the first of each lane be due: what was let go now may stand before what was queued."""
        its = notification.c.about.in_(sorted(abouts)) & (notification.c.partner == self._partner.id)
        its &= notification.c.delivery == str(Delivery.QUEUED)
        query = select(notification).where(its).order_by(notification.c.number)
        seen: set[str] = set()
        for row in store.read(self._connection, query):
            if row.about in seen and row.due_at is not None and not lanes.is_under_way(row):
                store.put(self._connection, [row.id], {"due_at": None})
            seen.add(row.about)
        lanes.advance(self._connection, self._room.registry, self._partner.id, abouts, at=self._doing.at)

    def _set(self, row: Notification, changes: dict[str, Any], how: str, *, code: str | None = None) -> None:
        """Have the row changed, with its entry; what changes alike is changed in one statement."""
        self._changes.setdefault(tuple(changes.items()), []).append(row.id)
        doing = self._doing
        self.said.append(aligned(row, how, code=code, actor=doing.actor, at=doing.at, request=doing.request))
        self._count(how)

    def _write(self) -> None:
        for changes, ids in self._changes.items():
            store.put(self._connection, ids, dict(changes))
        self._changes.clear()

    def _follow(self, rows: Sequence[Notification]) -> None:
        """Let the dispatch system hear that ladders have changed."""
        self.said += following.changed(
            self._room,
            self._connection,
            rows,
            at=self._doing.at,
            actor=self._doing.actor,
            request=self._doing.request,
        )

    def _count(self, how: str, more: int = 1) -> None:
        self.counts[how] = self.counts.get(how, 0) + more
