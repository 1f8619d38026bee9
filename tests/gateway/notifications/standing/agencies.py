"""A notification room with scripted agencies, and incidents that go on, are updated or end as a test says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, select

from contracts import (
    Alert,
    AlertKind,
    Category,
    Change,
    Conveyed,
    Entry,
    Over,
    PartnerError,
    Receipt,
    Severity,
)
from contracts.audit import SYSTEM
from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.alarms import Alarms
from gateway.audit import Recorder
from gateway.db import Database
from gateway.notifications import accepting, standing, store
from gateway.notifications.beginning import Wanted
from gateway.notifications.delivering import DeliveryTurns
from gateway.notifications.digest import LinkComposer
from gateway.notifications.room import NotificationRoom, Waking
from gateway.notifications.rows import Delivery, Notification
from gateway.notifications.standing import Released
from gateway.notifications.tables import notification
from gateway.partners import registry
from gateway.partners.config import Limits, PartnerConfig
from gateway.partners.registry import Partner, Registry
from gateway.partners.shape import Rungs, Standing, Telling
from gateway.people import People
from gateway.turns import Turns
from tests.gateway.gate import Notebook

ADMIN = Principal("k-admin", Role.ADMIN, "Meja admin", None, datetime.now(UTC) + timedelta(days=1))
REQUEST = "a" * 32


class Agency:
    """A partner's system: takes alerts, and changes; *faults* are raised one after the other first."""

    def __init__(self, *faults: PartnerError, receipts: Sequence[Receipt] = ()) -> None:
        self.faults = list(faults)
        self.receipts = tuple(receipts)
        self.alerts: list[Alert] = []
        self.changes: list[Change] = []

    async def convey_alert(self, alert: Alert, *, key: str) -> Conveyed:
        """Take it, or raise."""
        assert key == alert.id
        if self.faults:
            raise self.faults.pop(0)
        self.alerts.append(alert)
        return Conveyed(self.receipts)

    async def convey_change(self, change: Change, *, key: str) -> None:
        """Take it, or raise."""
        if self.faults:
            raise self.faults.pop(0)
        self.changes.append(change)

    def of(self, kind: AlertKind) -> list[Alert]:
        """Return the messages of one kind."""
        return [alert for alert in self.alerts if alert.kind is kind]


def partner(
    name: str,
    port: object | None,
    at: Standing = Standing.LIVE,
    telling: Telling | None = None,
    ladder: Rungs | None = None,
) -> Partner:
    """Return a partner behind *port*."""
    config = PartnerConfig(
        id=name,
        kind="madeup" if port else None,
        standing=at,
        name=name.upper(),
        phone="0741-112",
        limits=Limits(concurrency=8, attempts=1),
        ladder=ladder or Rungs(),
        facility=None,
        adapter=None,
        settings=None,
        telling=telling or Telling(),
    )
    return registry.partner(config, port)


class Incidents:
    """Composes what is told of incidents: the newest picture says so in its narrative."""

    def __init__(self) -> None:
        self.ended: dict[str, Over] = {}

    def gather(self, connection: Connection, row: Notification) -> None:
        """Read nothing."""

    async def compose(self, row: Notification, partner: Partner, gathered: None) -> Alert | Change | None:
        """Return the picture of that row."""
        if row.kind == "change":
            return Change(row.id, row.number, row.about, row.topic, row.accepted_at, row.expires_at, {})
        return Alert(
            row.id,
            row.number,
            AlertKind(row.kind),
            row.accepted_at,
            row.expires_at,
            incident=row.about,
            sequence=row.sequence,
            category=Category.FLOOD,
            severity=Severity.SEVERE,
            narrative=f"{row.about} picture {row.sequence}",
        )

    async def is_over(self, abouts: Sequence[str]) -> Mapping[str, Over | None]:
        """Return which have ended."""
        return {about: self.ended.get(about) for about in abouts}

    def end(self, about: str) -> None:
        """Have it end now."""
        now = datetime.now(UTC)
        self.ended[about] = Over(about, Category.FLOOD, "Telanaipura", now - timedelta(hours=1), now)


class Nobody:
    """Wakes nobody, and remembers whom it would have."""

    def __init__(self) -> None:
        self.woken: list[tuple[str, str]] = []

    def duty(self, connection: Connection, partner: str, why: str, waking: Waking) -> None:
        """Remember it."""
        self.woken.append((partner, why))

    def operators(self, connection: Connection, why: str, waking: Waking) -> None:
        """Remember it."""
        self.woken.append(("operators", why))

    def call_off(self, connection: Connection, **_: Any) -> None:
        """Nobody was woken."""


class Centre:
    """The room on a real database, with shortcuts."""

    def __init__(self, database: Database, notebook: Notebook, *partners: Partner) -> None:
        self.notebook = notebook
        self.incidents = Incidents()
        self.wakes = Nobody()
        alarms = Alarms()
        self.room = NotificationRoom(
            environment="demo",
            database=database,
            recorder=cast(Recorder, notebook),
            people=cast(People, None),
            alarms=alarms,
            registry=Registry(partners),
            turns=Turns(database, alarms),
            wakes=self.wakes,
            callback_phone="112",
            public_url="https://gerbang.example",
        )
        self.room.composers["incident"] = self.incidents
        self.room.composers["link"] = LinkComposer(self.room)
        self.deliveries = DeliveryTurns(self.room)

    async def tell(
        self,
        about: str,
        sequence: int,
        kind: str = "alert",
        *,
        to: Sequence[str] = ("bpbd",),
        at: datetime | None = None,
        drill: bool = False,
        urgent: bool = True,
    ) -> None:
        """Promise a picture, as incidents do."""
        wanted = Wanted("incident", about, sequence, kind, urgent=urgent, drill=drill, subject=None)
        when = at or datetime.now(UTC)

        def change(connection: Connection) -> list[Entry]:
            kinds = dict.fromkeys(to, kind)
            return accepting.accept(self.room, connection, wanted, kinds, at=when, actor=SYSTEM, request=None)

        await self.room.database.write(change, entries=list)

    async def put(self, name: str, how: Standing, reason: str = "sistem siap") -> Released:
        """Have a partner stand so."""
        return await standing.change_standing(self.room, name, how, reason=reason, by=ADMIN, request=REQUEST)

    async def deliver(self, *, at: datetime | None = None) -> int:
        """Carry out what is due until nothing is; return how many turns that took."""
        made = 0
        while rows := await self._due(at or datetime.now(UTC)):
            for row in rows:
                await self.deliveries.carry(row.row, row.turn)
            made += len(rows)
        return made

    async def _due(self, at: datetime) -> Sequence[Any]:
        us = int(at.timestamp() * 1_000_000)
        return await self.room.database.read(lambda connection: self.deliveries.due(connection, us, 100))

    async def rows(self, *which: Delivery, partner: str = "bpbd") -> list[Notification]:
        """Return that partner's rows by number, all or those of some deliveries."""
        query = select(notification).where(notification.c.partner == partner)
        if which:
            query = query.where(notification.c.delivery.in_([str(each) for each in which]))
        return await self.room.database.read(
            lambda connection: store.read(connection, query.order_by(notification.c.number))
        )

    def acts(self, request: str | None = REQUEST) -> list[str]:
        """Return the acts in the log of one request."""
        return [entry.act for entry in self.notebook.entries if entry.request == request]
