"""A waking room on a real database, once on each dialect, with ways that do as a test says."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from contracts import Entry
from contracts.waking import Wake
from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.alarms import Alarms
from gateway.audit import Recorder
from gateway.db import Database
from gateway.partners import registry
from gateway.partners.config import Limits, PartnerConfig, Standing
from gateway.partners.registry import Partner
from gateway.waking import store
from gateway.waking.contacts import Contact, insert_contact
from gateway.waking.room import WakingRoom, now_us
from gateway.waking.turns import WakeTurns
from gateway.waking.ways import Ways
from tests.gateway.gate import Notebook

HEAD, DEPUTY = "a-abcdefghij", "a-bcdefghijk"
MAIL, TELEPHONE = "mailto:kepala@dinkes.example", "tel:+6281200000001"
ADMIN = Principal("adminkey", Role.ADMIN, "Meja contoh", None, datetime.now(UTC) + timedelta(days=1))
S = 1_000_000  # microseconds
NUMBER = "r-abcdefghij"


class Pigeon:
    """A way to addresses of one form; *faults* are raised one after the other, then all is taken."""

    def __init__(self, form: str, *faults: Exception) -> None:
        self.form, self.faults = form, list(faults)
        self.sent: list[tuple[Wake, str]] = []

    def reaches(self, address: str) -> bool:
        """Go by the beginning."""
        return address.startswith(self.form)

    async def wake(self, wake: Wake, *, key: str) -> None:
        """Take it, or raise."""
        self.sent.append((wake, key))
        if self.faults:
            raise self.faults.pop(0)


def partner_of(port: object, name: str = "post", standing: Standing = Standing.LIVE) -> Partner:
    """Return a partner behind *port*."""
    nothing: Any = None
    config = PartnerConfig(
        name, "message", standing, name, nothing, Limits(), nothing, nothing, nothing, nothing
    )
    return registry.partner(config, port)


class Office:
    """The room, its kind of turn, and shortcuts into its tables."""

    def __init__(self, database: Database, notebook: Notebook, ways: Sequence[Partner]) -> None:
        self.notebook = notebook
        self.room = WakingRoom(
            environment="demo",
            public_url="https://gerbang.example",
            database=database,
            recorder=cast(Recorder, notebook),
            alarms=Alarms(),
            ways=Ways(ways),
            knows=lambda _, account: account in (HEAD, DEPUTY),
        )
        self.turns = WakeTurns(self.room)

    async def do(self, change: Any) -> Any:
        """Make a change that has its entry elsewhere."""
        return await self.room.database.write(change, entries=[Entry("test.changed", "changed")])

    async def has(self, address: str, account: str = HEAD, language: str = "id") -> str:
        """Give *account* an address; return the contact's id."""
        made = Contact(f"c-{abs(hash((account, address))):x}", account, address, language, now_us())
        await self.do(lambda connection: insert_contact(connection, made))
        return made.id

    async def plan(self, *accounts: str, for_s: int = 600, **more: Any) -> int:
        """Have people woken now."""
        told = {"why": "decision_wanted", "object_id": NUMBER, "at_us": now_us(), **more}
        told["until_at_us"] = told["at_us"] + for_s * S
        return int(await self.do(lambda connection: store.plan(connection, accounts=accounts, **told)))

    async def due(self, at_us: int | None = None) -> list[tuple[str, int]]:
        """Return what is due."""
        at = now_us() if at_us is None else at_us
        return list(await self.room.database.read(lambda c: self.turns.due(c, at, 100)))

    async def sweep(self, at_us: int | None = None) -> int:
        """Carry everything that is due at that time; return how much that was."""
        rows = await self.due(at_us)
        for row, turn in rows:
            await self.turns.carry(row, turn)
        return len(rows)

    async def rows(self) -> list[Any]:
        """Return every wake."""
        return list(
            await self.room.database.read(lambda c: c.execute(store.wake.select().order_by("id")).all())
        )

    def told(self, act: str) -> list[str]:
        """Return the outcomes of the entries of one act."""
        return [entry.outcome for entry in self.notebook.of(act)]


@pytest.fixture
async def started(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Database, Notebook]]:
    """Start the writer on a fresh, migrated database."""
    notebook = Notebook()
    database = Database(database_url, notebook)
    await database.start()
    yield database, notebook
    await database.close()


@pytest.fixture
def post() -> Pigeon:
    """A way to mail that takes everything."""
    return Pigeon("mailto:")


@pytest.fixture
def office(started: tuple[Database, Notebook], post: Pigeon) -> Office:
    """Give a room with one way, for mail."""
    return Office(*started, [partner_of(post)])
