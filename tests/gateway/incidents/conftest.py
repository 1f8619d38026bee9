"""A room of incidents over a real database, once on each dialect."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from contracts import Alert, Category, Change, Entry
from gateway.db import Database
from gateway.incidents import actions, store
from gateway.incidents.room import IncidentRoom
from gateway.incidents.rows import Incident, Link, Picture
from gateway.notifications import store as notices
from gateway.notifications.rows import Notification
from gateway.notifications.tables import notification
from tests.gateway.gate import Notebook
from tests.gateway.referrals.house import Crowd

from . import house


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep what is logged from the console."""
    with capture_logs():
        yield


@dataclass
class Desk:
    """The room, its log, and short ways to have something done."""

    room: IncidentRoom
    notebook: Notebook
    people: Crowd

    async def open(self, category: Category = Category.FIRE, **more: Any) -> Incident:
        """Open an incident."""
        opened = await actions.open_incident(
            self.room, house.draft(category, **more), by=house.DISPATCHER, request="q-1"
        )
        return opened.incident

    async def do(self, verb: Any, incident: Incident | str, *what: Any, **more: Any) -> Incident:
        """Have something done by an operator."""
        name = incident if isinstance(incident, str) else incident.id
        asked = {"by": house.OPERATOR, "request": "q-2", **more}
        changed: Incident = await verb(self.room, name, *what, **asked)
        return changed

    async def get(self, incident: Incident) -> Incident:
        """Return the incident as it stands now."""
        found = await self.room.database.read(lambda c: store.get(c, incident.id))
        assert found is not None
        return found

    async def pictures(self, incident: Incident) -> list[Picture]:
        """Return its pictures."""
        return await self.room.database.read(lambda c: store.pictures_of(c, incident.id))

    async def links(self, incident: Incident) -> list[Link]:
        """Return what it is linked with."""
        return await self.room.database.read(lambda c: store.links_of(c, incident.id))

    async def notices(self, incident: Incident) -> list[Notification]:
        """Return every notification about it, in the order they were made."""
        query = select(notification).where(notification.c.about == incident.id)
        query = query.order_by(notification.c.accepted_at_us, notification.c.partner, notification.c.number)
        return await self.room.database.read(lambda c: notices.read(c, query))

    async def told(self, incident: Incident) -> list[tuple[str, str, int]]:
        """Return who was told which picture as what; not who only follows."""
        found = await self.notices(incident)
        return [(each.partner, each.kind, each.sequence) for each in found if each.kind != "change"]

    async def says(self, row: Notification) -> Alert | Change | None:
        """Return what a notification says to its partner."""
        composer = self.room.notifications.composers[row.topic]
        gathered = await self.room.database.read(lambda c: composer.gather(c, row))
        return await composer.compose(row, self.room.registry.partners[row.partner], gathered)

    def of(self, *acts: str) -> list[Entry]:
        """Return the entries of those acts."""
        return [entry for entry in self.notebook.entries if entry.act in acts]

    def acts(self) -> list[str]:
        """Return the acts of this room so far, and forget them."""
        acts = [each.act for each in self.notebook.entries if each.act.startswith("incident.")]
        self.notebook.entries.clear()
        return acts


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Give a room with partners that are told this and that, one of them not connected yet."""
    notebook, people = Notebook(), Crowd()
    database = Database(database_url, notebook)
    await database.start()
    yield Desk(house.build(database, notebook, people), notebook, people)
    await database.close()
