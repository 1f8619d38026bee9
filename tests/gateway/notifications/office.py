"""A room of notifications built by hand, with scripted agencies of this process and nobody to wake."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, select, update

from contracts import Actor, Alert, Change, Conveyed, Entry, Over, Place, Progress, Receipt
from contracts.alert import AlertKind
from contracts.audit import SYSTEM
from gateway.access.roles import Principal, Role
from gateway.alarms import Alarms
from gateway.db import Database
from gateway.notifications import accepting, hearing, store
from gateway.notifications.accepting import Wanted
from gateway.notifications.delivering import DeliveryTurns
from gateway.notifications.room import NotificationRoom, Waking
from gateway.notifications.rows import Heard, Notification
from gateway.notifications.tables import notification, receipt
from gateway.notifications.watching import WatchTurns
from gateway.partners import registry
from gateway.partners.config import Limits, PartnerConfig
from gateway.partners.registry import Partner, Registry
from gateway.partners.shape import Channel, Rungs, Standing, Telling
from gateway.people import People
from gateway.turns import Turns
from tests.gateway.gate import Notebook
from tests.gateway.referrals.house import Crowd

POLICE, FIRE, PLANNED, WELFARE, DISPATCH = "polresta", "damkar", "bpbd", "dinsos", "cad"
FIRST, SECOND = "i-aaaaaaaaaaaaa", "i-bbbbbbbbbbbbb"
REQUEST = "q-1"
_MOMENTS = [column for column in notification.c if column.name.endswith("_us")]


def by(role: Role, partner: str | None = None) -> Principal:
    """Return somebody of that role."""
    ends = datetime.now(UTC) + timedelta(days=1000)
    return Principal(f"k-{role}", role, "Meja contoh", partner, ends)


OPERATOR = by(Role.OPERATOR)
Step = Exception | Sequence[Receipt]


class Agency:
    """
    A partner's system; *script* says what happens to the next messages, and then all is well.

    An exception is raised before it takes the message; one of *lost* after it has.
    """

    def __init__(self, *script: Step, lost: Sequence[Exception] = ()) -> None:
        self.script = list(script)
        self.lost = list(lost)
        self.alerts: list[Alert] = []
        self.heard: Callable[[Alert | Change], None] = lambda message: None

    async def convey_alert(self, alert: Alert, *, key: str) -> Conveyed:
        """Take it, or raise."""
        assert key == alert.id
        self.heard(alert)
        now: Step = self.script.pop(0) if self.script else ()
        if isinstance(now, Exception):
            raise now
        self.alerts.append(alert)
        if self.lost:
            raise self.lost.pop(0)
        return Conveyed(tuple(now))

    @property
    def taken(self) -> list[str]:
        """Return the ids in the order in which they first came."""
        return list(dict.fromkeys(alert.id for alert in self.alerts))


class Desk:
    """The dispatch system's own: takes changes."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.trouble: Exception | None = None

    async def convey_change(self, change: Change, *, key: str) -> None:
        """Take it, or raise."""
        assert key == change.id
        if self.trouble:
            raise self.trouble
        self.changes.append(change)


class Pictures:
    """Composes what incidents say; those that are *gone* have nothing to say any more."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.composed: list[str] = []

    def gather(self, connection: Connection, row: Notification) -> None:
        """Read nothing."""

    async def compose(self, row: Notification, partner: Partner, gathered: None) -> Alert | Change | None:
        """Return that row's picture, the same at every attempt."""
        self.composed.append(row.id)
        if row.about in self.gone:
            return None
        if row.kind == "change":
            data = {"id": row.about}
            return Change(row.id, row.number, row.about, row.topic, row.accepted_at, row.expires_at, data)
        return Alert(
            row.id,
            row.number,
            AlertKind(row.kind),
            row.accepted_at,
            row.expires_at,
            incident=row.about,
            sequence=row.sequence,
            place=Place(-1.61, 103.61, address="Jl. Contoh 1"),
            narrative=f"picture {row.sequence}",
        )

    async def is_over(self, abouts: Sequence[str]) -> Mapping[str, Over | None]:
        """Everything goes on."""
        return dict.fromkeys(abouts)


class Sleepers:
    """Notes who would be woken, and for what no more."""

    def __init__(self) -> None:
        self.woken: list[tuple[str, str, str]] = []
        self.called_off: list[str] = []

    def duty(self, connection: Connection, partner: str, why: str, waking: Waking) -> None:
        """Note it."""
        self.woken.append((partner, why, waking.about))

    def operators(self, connection: Connection, why: str, waking: Waking) -> None:
        """Note it."""
        self.woken.append(("operators", why, waking.about))

    def call_off(self, connection: Connection, *, about: str, at: datetime) -> None:
        """Note it."""
        self.called_off.append(about)


def partner(
    name: str,
    port: object | None,
    *channels: Channel,
    standing: Standing = Standing.LIVE,
    rungs: Rungs | None = None,
    concurrency: int = 8,
    per_minute: int | None = None,
    **telling: Any,
) -> Partner:
    """Return a partner behind *port*."""
    config = PartnerConfig(
        id=name,
        kind="webhook" if port else None,
        standing=standing,
        name=name.title(),
        phone="0741-110",
        limits=Limits(concurrency=concurrency, attempts=1, per_minute=per_minute),
        ladder=rungs or Rungs(),
        facility=None,
        adapter=None,
        settings=None,
        telling=Telling(channels=channels or (Channel.WIRE,), **telling),
    )
    return registry.partner(config, port)


class Office:
    """The room, its log, its agencies, and short ways to have something done."""

    def __init__(self, database: object, notebook: object, partners: Sequence[Partner]) -> None:
        self.notebook = cast(Notebook, notebook)
        self.people = Crowd()
        self.wakes = Sleepers()
        self.pictures = Pictures()
        alarms = Alarms()
        self.room = NotificationRoom(
            environment="demo",
            database=cast(Database, database),
            recorder=cast(Any, notebook),
            people=cast(People, self.people),
            alarms=alarms,
            registry=Registry(partners),
            turns=Turns(cast(Database, database), alarms),
            wakes=self.wakes,
            composers={"incident": self.pictures, "referral": self.pictures, "link": self.pictures},
            callback_phone="112",
            public_url="https://gerbang.test",
        )
        self.deliveries, self.watches = DeliveryTurns(self.room), WatchTurns(self.room)

    async def tell(
        self,
        about: str = FIRST,
        sequence: int = 1,
        kind: str = "alert",
        *,
        to: Sequence[str] | Mapping[str, str] = (POLICE,),
        urgent: bool = True,
        drill: bool = False,
        topic: str = "incident",
        subject: str | None = None,
    ) -> list[Entry]:
        """Promise a picture to some partners, as an incident's own change does."""
        wanted = Wanted(topic, about, sequence, kind, urgent, drill, subject)
        partners = to if isinstance(to, Mapping) else dict.fromkeys(to, kind)
        at = datetime.now(UTC)

        def change(connection: Connection) -> list[Entry]:
            return accepting.accept(
                self.room, connection, wanted, partners, at=at, actor=OPERATOR.actor, request=REQUEST
            )

        return await self.room.database.write(change, entries=lambda said: said or [_nothing()])

    async def follow(
        self, about: str = FIRST, *, topic: str = "incident", system: str | None = DISPATCH
    ) -> None:
        """Promise the new picture to whoever follows that system."""
        at, actor = datetime.now(UTC), Actor("k-1", "operator")

        def change(connection: Connection) -> list[Entry]:
            return accepting.follow(
                self.room,
                connection,
                topic,
                about,
                source_system=system,
                drill=False,
                at=at,
                actor=actor,
                request=None,
            )

        await self.room.database.write(change, entries=lambda said: said or [_nothing()])

    async def deliver(self) -> int:
        """Carry every delivery that is due now, as one turn each; return how many."""
        return await self._sweep(self.deliveries)

    async def watch(self) -> int:
        """Carry every rung that is due now, and those that come due by it; return how many."""
        return await self._sweep(self.watches)

    async def _sweep(self, kind: Any) -> int:
        at_us = int(datetime.now(UTC).timestamp() * 1_000_000)
        due = await self.room.database.read(lambda connection: kind.due(connection, at_us, 200))
        for each in due:
            await kind.carry(each.row, each.turn)
        return len(due)

    async def hear(
        self, row: Notification, progress: Progress, channel: str = "callback", **more: Any
    ) -> Notification:
        """Take in what the partner says to *row*."""
        proof = "machine" if channel in ("callback", "inbox", "wire") else "operator_statement"
        said = Receipt(row.id, progress, **more)
        heard = await hearing.hear(
            self.room, [said], channel=channel, proof=proof, by=OPERATOR, partner=None, request=REQUEST
        )
        return heard[0]

    async def rows(self, about: str | None = None, *, partner: str | None = None) -> list[Notification]:
        """Return the rows as they stand, by partner and number."""
        query = select(notification).order_by(notification.c.partner, notification.c.number)
        if about is not None:
            query = query.where(notification.c.about == about)
        if partner is not None:
            query = query.where(notification.c.partner == partner)
        return await self.room.database.read(lambda connection: store.read(connection, query))

    async def row(self, about: str = FIRST, partner: str = POLICE) -> Notification:
        """Return the newest of one lane."""
        return (await self.rows(about, partner=partner))[-1]

    async def heard(self, row: Notification) -> list[Heard]:
        """Return its receipts."""
        return await self.room.database.read(lambda connection: store.receipts_of(connection, [row.id]))

    async def pass_time(self, seconds: float) -> None:
        """Let *seconds* go by: every moment of every row is so much longer ago."""
        by_us = int(seconds * 1_000_000)
        moved = {column.name: column - by_us for column in _MOMENTS}

        def move(connection: Connection) -> None:
            connection.execute(update(notification).values(**moved))
            connection.execute(update(receipt).values(heard_at_us=receipt.c.heard_at_us - by_us))

        await self.room.database.maintain(move)

    def acts(self, *wanted: str) -> list[str]:
        """Return the acts in the log with their outcomes, in order; only *wanted* if any are."""
        its = [each for each in self.notebook.entries if not wanted or each.act in wanted]
        return [f"{each.act.removeprefix('notification.')}:{each.outcome}" for each in its]


def _nothing() -> Entry:
    return Entry("test.nothing", "nothing", SYSTEM)
