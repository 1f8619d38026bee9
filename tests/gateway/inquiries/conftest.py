"""An inquiry room with its databases, on SQLite; what the routes would hand it is made by hand."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.alarms import Alarms
from gateway.audit import Recorder, Spool
from gateway.db import Database, migrate
from gateway.inquiries.room import InquiryRoom
from gateway.people import People
from tests.gateway.audit.material import house_log
from tests.gateway.people.conftest import Memory, opened

AUDITOR = Principal("auditorkey", Role.AUDITOR, "Meja contoh", None, datetime.now(UTC) + timedelta(days=1))


class Desk:
    """The room, and the folder everything lies in."""

    def __init__(self, folder: Path, memory: Memory) -> None:
        self.folder, self.url = folder, f"sqlite:///{folder / 'gerbang.db'}"
        migrate(self.url, environment="demo")
        logbook = house_log(folder)
        database = Database(self.url, logbook)
        self.alarms = Alarms()
        recorder = Recorder(database, Spool(folder / "spool", size=100_000), self.alarms)
        people = People(opened(f"sqlite:///{folder / 'keys.db'}", folder, memory))
        self.forgotten = 0
        self.room = InquiryRoom(
            environment="demo",
            site="test.gerbang.example",
            database=database,
            recorder=recorder,
            people=people,
            logbook=logbook,
            alarms=self.alarms,
            forget=[self._forget],
        )

    def _forget(self) -> None:
        self.forgotten += 1

    async def open(self) -> "Desk":
        """Start everything."""
        self.room.people.start()
        await self.room.database.start()
        await self.room.recorder.start()
        return self

    async def close(self) -> None:
        """Stop everything."""
        await self.room.recorder.close()
        await self.room.database.close()
        await self.room.people.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Give an open desk."""
    desk = await Desk(tmp_path, Memory()).open()
    yield desk
    await desk.close()
