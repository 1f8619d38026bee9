"""
Heartbeats: a partner that is told nothing for a while hears that it has missed nothing; we, that it listens.

Whoever has had a message meanwhile needs none. A wire without a word for it is counted against nobody.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection, select

from contracts import AlertKind, CannotConvey, Conveyed, TakesAlerts
from gateway.db.lead import Elsewhere, alone
from gateway.db.values import moment
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import NOTHING_PERSONAL, perform
from gateway.partners.registry import NOTIFY, Partner
from gateway.partners.shape import Standing

from . import standing_entries, store
from .link import message
from .room import NotificationRoom
from .tables import notification
from .ways import has_wire

EVERY_S = 300.0
LOOK_S = 15.0
DEADLINE_S = 10.0
IN_A_ROW = 3
LAST_ROWS = 50  # among which the message that arrived last is looked for
ALARM = "partner.quiet"

SAYS_NOTHING = frozenset({"bulkhead_full", "deadline", "standing"})  # about the partner
ANSWERS = frozenset({"answered", "refused"})

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Pulse:
    """One partner's last heartbeat: when, how it ended, how many have failed in a row."""

    at: datetime | None = None
    word: str | None = None
    failures: int = 0
    is_mute: bool = False  # its wire has no word for a heartbeat


class Heartbeats:
    """Sends them, every *every_s* to each partner that was told nothing else meanwhile."""

    def __init__(
        self, room: NotificationRoom, *, every_s: float = EVERY_S, elsewhere: Elsewhere = alone
    ) -> None:
        """Take the room; failures are counted in memory, from each start and each taking of the lead anew."""
        self._room = room
        self._elsewhere = elsewhere
        self._every = timedelta(seconds=every_s)
        self._pulses: dict[str, Pulse] = {}

    async def run(self, *, look_s: float = LOOK_S) -> None:
        """Go round until cancelled; a round that fails is logged and the next one comes."""
        while True:
            await asyncio.sleep(look_s * random.uniform(0.9, 1.1))  # noqa: S311  no secret
            try:
                await (self.rest() if await self._elsewhere() else self.once())
            except Exception:  # a loop's edge
                log.exception("heartbeat.round_failed")

    async def rest(self) -> None:
        """Leave it to the process that leads."""
        self._pulses.clear()
        self._room.alarms.clear(ALARM)

    async def once(self) -> None:
        """Send those that are due, have them in the log, and alarm where nobody has answered for long."""
        now = datetime.now(UTC)
        due = [each for each in self._listeners() if await self._is_due(each, now)]
        ended = await asyncio.gather(*(self._beat(each) for each in due))
        entries = [standing_entries.round_ended([outcome.word for outcome in ended])] if ended else []
        for partner, outcome in zip(due, ended, strict=True):
            pulse = self._pulse(partner)
            if outcome.word != pulse.word:
                entries.append(standing_entries.turned(partner.id, outcome, pulse.word))
            _count(pulse, outcome, at=now)
        if entries:
            await self._room.recorder.record(*entries)
        self._judge()

    def _listeners(self) -> list[Partner]:
        """Return who is told of incidents by wire, and may be told now."""
        return [
            each
            for each in self._room.registry.partners.values()
            if each.standing is Standing.LIVE
            and each.telling is not None
            and each.telling.incidents
            and has_wire(each, AlertKind.HEARTBEAT)
            and not self._pulse(each).is_mute
        ]

    async def _is_due(self, partner: Partner, now: datetime) -> bool:
        """Say whether it has been told nothing for long; a message that arrived shows that it listens."""
        pulse = self._pulse(partner)
        if pulse.at is not None and now < pulse.at + self._every:
            return False
        told_at = await self._room.database.read(lambda connection: _told_at(connection, partner.id))
        if told_at is None or now >= told_at + self._every:
            return True
        pulse.at, pulse.word, pulse.failures = told_at, "answered", 0
        return False

    async def _beat(self, partner: Partner) -> Outcome[Conveyed]:
        newest = await self._room.database.read(lambda connection: store.newest(connection, partner.id))
        beat = message(self._room, partner, AlertKind.HEARTBEAT, newest=newest)
        port = partner.port
        assert isinstance(port, TakesAlerts)  # noqa: S101  as `_listeners` looked
        return await perform(
            partner,
            NOTIFY,
            lambda: port.convey_alert(beat, key=beat.id),
            deadline=Deadline.after(DEADLINE_S),
            witness=NOTHING_PERSONAL,
        )

    def _pulse(self, partner: Partner) -> Pulse:
        return self._pulses.setdefault(partner.id, Pulse())

    def _judge(self) -> None:
        """Raise the alarm while anybody is quiet, naming all who are and where to ring."""
        quiet = [each for each in self._listeners() if self._pulse(each).failures >= IN_A_ROW]
        if not quiet:
            self._room.alarms.clear(ALARM)
            return
        names = ", ".join(f"{each.name} ({each.phone or 'no telephone known'})" for each in quiet)
        self._room.alarms.raise_(ALARM, f"no answer to {IN_A_ROW} heartbeats: telephone {names}")


def _count(pulse: Pulse, outcome: Outcome[Conveyed], *, at: datetime) -> None:
    pulse.at, pulse.word = at, outcome.word
    if isinstance(outcome.error, CannotConvey):
        pulse.is_mute = True
    elif outcome.word in ANSWERS:
        pulse.failures = 0
    elif not (outcome.word == "not_asked" and outcome.reason in SAYS_NOTHING):
        pulse.failures += 1


def _told_at(connection: Connection, partner: str) -> datetime | None:
    """Return when a message last arrived by wire."""
    its = (notification.c.partner == partner) & notification.c.delivered_at_us.is_not(None)
    its &= notification.c.channel == "wire"
    last = select(notification.c.delivered_at_us).where(its).order_by(notification.c.number.desc())
    found = list(connection.scalars(last.limit(LAST_ROWS)))
    return moment(max(found)) if found else None
