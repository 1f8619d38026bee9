"""The room over a real database, once on each dialect, with authorities that do as a test says."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from contracts import PartnerError, Warned, WarningReport
from gateway.alarms import Alarms
from gateway.areas.areas import load
from gateway.db import CannotWrite, Database
from gateway.incidents.proposing import Proposal
from gateway.partners import registry
from gateway.partners.config import Limits, PartnerConfig, Standing
from gateway.partners.registry import Partner
from gateway.problems import Problem
from gateway.warnings import store
from gateway.warnings.room import WarningRoom
from gateway.warnings.rounds import WarningRounds
from gateway.warnings.rows import KeptWarning
from tests.gateway.gate import Notebook

AREAS = load()


class Authority:
    """Publishes what a test says, or fails as it says."""

    def __init__(self) -> None:
        self.listed: tuple[Warned, ...] = ()
        self.unread: tuple[str, ...] = ()
        self.fault: PartnerError | None = None
        self.asked = 0

    async def report_warnings(self) -> WarningReport:
        """Report, or raise."""
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        return WarningReport(datetime.now(UTC), self.listed, self.unread)


class Operator:
    """Takes proposals; the same warning is the same incident."""

    def __init__(self) -> None:
        self.asked: list[Proposal] = []
        self.revised: list[tuple[str, Proposal]] = []
        self.withdrawn: list[tuple[str, str]] = []
        self.decided = False
        self.away = False

    async def propose(self, proposal: Proposal) -> tuple[Any, bool]:
        """Take one."""
        if self.away:
            raise CannotWrite
        new = proposal.warning not in {each.warning for each in self.asked}
        self.asked.append(proposal)
        return type("Made", (), {"id": f"i-{proposal.warning[2:]}"}), new

    async def revise(self, incident: str, proposal: Proposal) -> None:
        """Ask about what it says now, unless somebody has decided."""
        self.revised.append((incident, proposal))
        if self.decided:
            raise Problem("not-now")

    async def withdraw(self, incident: str, why: str) -> None:
        """Take it back, unless somebody has decided."""
        self.withdrawn.append((incident, why))
        if self.decided:
            raise Problem("not-now")


def partner_of(port: object, name: str = "cuaca", standing: Standing = Standing.LIVE) -> Partner:
    """Return a partner behind *port* that is asked once a time."""
    nothing: Any = None
    limits = Limits(attempts=1)
    config = PartnerConfig(
        id=name,
        kind="bmkg",
        standing=standing,
        name=f"{name.title()} Contoh",
        phone=None,
        limits=limits,
        ladder=None,
        facility=None,
        adapter=nothing,
        settings=nothing,
    )
    return registry.partner(config, port)


class Desk:
    """The room, its authority, its operator, and short ways into the table."""

    def __init__(self, database: Database, notebook: Notebook) -> None:
        self.authority, self.operator, self.notebook = Authority(), Operator(), notebook
        self.partner = partner_of(self.authority)
        recorder: Any = notebook
        self.room = WarningRoom(
            environment="demo",
            database=database,
            recorder=recorder,
            alarms=Alarms(),
            areas=AREAS,
            partners=[self.partner],
            propose=self.operator.propose,
            revise=self.operator.revise,
            withdraw=self.operator.withdraw,
        )
        self.rounds = WarningRounds(self.room, interval_s=0.01, deadline_s=2)

    async def round(self, *listed: Warned, unread: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """Go round once with these on the list; return the acts and outcomes it left, but for the round's."""
        self.notebook.entries.clear()
        self.authority.listed, self.authority.unread = listed, unread
        await self.rounds.once()
        acts = [(each.act, each.outcome) for each in self.notebook.entries]
        return [each for each in acts if each[0] not in ("warning.read", "warning.outcome_changed")]

    async def rows(self) -> dict[str, KeptWarning]:
        """Return every warning by its identifier."""
        living = await self.room.database.read(lambda c: store.living(c, 100))
        ended = await self.room.database.read(lambda c: store.ended(c, 100))
        return {row.identifier: row for row in (*living, *ended)}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep what is logged from the console."""
    with capture_logs():
        yield


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Give a room with one authority."""
    notebook = Notebook()
    database = Database(database_url, notebook)
    await database.start()
    yield Desk(database, notebook)
    await database.close()
