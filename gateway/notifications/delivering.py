"""
The turn at one message to one partner's system.

The claim and the intent are one commit before anything leaves; what came of it is one commit after. A crash
between leaves the row due again, and the same message with the same id makes no second copy.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import Connection

from contracts import Alert, AlertKind, Change, Conveyed, Entry, TakesAlerts, TakesChanges
from gateway.db import CannotRead, CannotWrite
from gateway.db.values import Changes
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import perform
from gateway.partners.registry import NOTIFY, Partner
from gateway.partners.shape import Limits
from gateway.turns import Due

from . import entries, pace, settling, store
from .hearing import persons
from .messages import Material, material, message_of
from .picking import pick
from .room import NotificationRoom
from .rows import Delivery, Notification
from .store import Overtaken
from .ways import has_wire

URGENT_S, PATIENT_S = 5.0, 10.0  # how long one exchange may take
UNSAYABLE_FOR = timedelta(minutes=1)  # how long a message that could not be made is left alone
LEASE_S = 3.0  # a turn that a crash cut off is due again this long after its deadline

Ending = Callable[..., list[Entry]]

log = structlog.get_logger(__name__)


class DeliveryTurns:
    """The kind of row `delivery`, in groups of one partner each."""

    name = "delivery"

    def __init__(self, room: NotificationRoom) -> None:
        """Take the room."""
        self._room = room
        self._crowded: frozenset[str] = frozenset()  # partners of whom more may be due than was picked

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[Due]:
        """Return what is due, no more of each partner than it has places."""
        picked = pick(connection, self._room.registry, at_us, limit)
        self._crowded = picked.crowded
        return picked.due

    def limit(self, group: str) -> int | None:
        """Return how many exchanges that partner may be burdened with at once."""
        partner = self._room.registry.partners.get(group)
        return partner.limits.concurrency if partner else None

    async def carry(self, row: str, turn: int) -> None:
        """Make one attempt. Raises CannotRead, CannotWrite."""
        its = await self._room.database.read(lambda connection: material(self._room, connection, row))
        if its is None or its.row.turn != turn or not _is_due(its.row):
            return
        try:
            await self._go_on(its)
        except Overtaken:
            log.debug("notification.overtaken", row=row)  # another replica, or the partner itself, was first

    async def _go_on(self, its: Material) -> None:
        partner = self._room.registry.partners.get(its.row.partner)
        if partner is None:
            await self._end(its.row, settling.bury)
        elif datetime.now(UTC) >= its.row.expires_at:
            await self._end(its.row, settling.expire)
        elif not its.is_head or not has_wire(partner, its.row.kind):
            await self._leave(its.row)
        else:
            await self._convey(its, partner)

    async def _convey(self, its: Material, partner: Partner) -> None:
        row = its.row
        message = await self._message(its, partner)
        if message is None:
            await self._end(row, settling.cancel)
            return
        conveyance = _Conveyance(self._room, row, message, partner.limits)
        outcome: Outcome[Conveyed | None] = await perform(
            partner,
            NOTIFY,
            lambda: _attempt(partner, message),
            deadline=Deadline.after(URGENT_S if row.urgent else PATIENT_S),
            witness=conveyance,
            drill=row.drill or row.kind == AlertKind.TEST,
        )
        if outcome.word != "not_asked":
            self._tell(row, calls=conveyance.calls or row.partner in self._crowded)

    async def _message(self, its: Material, partner: Partner) -> Alert | Change | None:
        try:
            return await message_of(self._room, its, partner)
        except (CannotRead, CannotWrite):
            raise
        except Exception:  # one that cannot be said must not stand before all that can
            await self._leave(its.row, until=datetime.now(UTC) + UNSAYABLE_FOR)
            raise

    async def _end(self, row: Notification, ending: Ending) -> None:
        room, at = self._room, datetime.now(UTC)
        await room.database.write(lambda connection: ending(room, connection, row, at=at), entries=list)
        self._tell(row)

    async def _leave(self, row: Notification, *, until: datetime | None = None) -> None:
        """Let it wait for those before it, or for the partner to come for it."""
        changes = {"due_at": until, "turn": row.turn + 1}
        await self._room.database.maintain(lambda connection: store.change(connection, row, changes))

    def _tell(self, row: Notification, *, calls: bool = True) -> None:
        """Tell the screens, and have what may be due by that looked for: most attempts make nothing due."""
        self._room.changes.tell(row.about)
        if calls:
            self._room.turns.look("delivery", "wake")


async def _attempt(partner: Partner, message: Alert | Change) -> Conveyed | None:
    if isinstance(message, Change):
        await cast(TakesChanges, partner.port).convey_change(message, key=message.id)
        return None
    return await cast(TakesAlerts, partner.port).convey_alert(message, key=message.id)


class _Conveyance:
    """Writes down one exchange that tells a partner of something."""

    def __init__(
        self, room: NotificationRoom, row: Notification, message: Alert | Change, limits: Limits
    ) -> None:
        self._room = room
        self._row = row
        self._limits = limits
        self._message = message
        self.calls = True  # whether anything may be due when it is over that was not before

    async def intent(self) -> None:
        """Claim the turn. Raises Overtaken, CannotWrite."""
        at, row = datetime.now(UTC), self._row
        lease = timedelta(seconds=(URGENT_S if row.urgent else PATIENT_S) + LEASE_S)
        changes: dict[str, Any] = {"turn": row.turn + 1, "attempts": row.attempts + 1, "due_at": at + lease}
        self._row = replace(row, **changes)
        await self._room.database.write(
            lambda connection: self._claim(connection, row, changes, at),
            entries=[entries.conveying(self._row, self._message, at=at)],
        )

    def _claim(self, connection: Connection, row: Notification, changes: Changes, at: datetime) -> None:
        store.change(connection, row, changes)
        if not pace.begin(connection, row.partner, self._limits, at):
            raise Overtaken  # another process has just sent what this minute had room for

    async def outcome(self, outcome: Outcome[Any]) -> None:
        """Commit what came of it. Raises CannotWrite."""
        if outcome.reason == "cannot_record":
            return
        receipts = outcome.result.receipts if isinstance(outcome.result, Conveyed) else ()
        try:
            people = await persons(self._room, [self._row] if receipts else [])
            at = datetime.now(UTC)
            settled = await self._room.database.write(
                lambda c: settling.settle(self._room, c, self._row, outcome, receipts, people, at=at),
                entries=lambda settled: settled.entries,
            )
            self.calls = settled.calls
        except CannotWrite:
            await self._room.recorder.record(entries.conveyed(self._row, outcome))
            raise


def _is_due(row: Notification) -> bool:
    return row.delivery is Delivery.QUEUED and row.due_at is not None
