"""The keys in memory: accepting one is a hash and a look-up, whatever the database does."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import structlog

from gateway.alarms import Alarms
from gateway.db import CannotRead, Database

from . import store
from .keys import GRACE, AccessKey
from .roles import Principal, Role

REREAD_S = 5.0
STALE = "keys.stale"

log = structlog.get_logger()


class DemoKeyInLive(Exception):
    """A demo key would open the live gateway; revoke it first."""


class KeyRing:
    """
    Every key of this *environment*, read at the start, after each change and every few seconds.

    While the database cannot be read the keys known last stay good: dispatch is never locked out by it.
    """

    def __init__(self, database: Database, alarms: Alarms, *, environment: str) -> None:
        """Take where keys are kept; `load` comes before anything else."""
        self._database = database
        self._alarms = alarms
        self._lock = asyncio.Lock()
        self.environment = environment
        self.keys: list[AccessKey] = []
        self.in_use: dict[bytes, Principal] = {}
        self.revoked: dict[bytes, Principal] = {}
        self._ids: frozenset[str] = frozenset()
        self.heard: Callable[[datetime], None] = lambda at: None  # called whenever the keys were read

    async def load(self) -> None:
        """Read every key. Raises CannotRead, and DemoKeyInLive naming the keys to revoke."""
        async with self._lock:
            self._hold(await self._database.read(store.load_keys))
        self.heard(datetime.now(UTC))

    async def keep_fresh(self, *, every_s: float = REREAD_S) -> None:
        """Read the keys again and again, for what other replicas changed; ends when cancelled."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.load()
            except (CannotRead, DemoKeyInLive) as trouble:
                self._alarms.raise_(STALE, f"Access keys cannot be read again ({type(trouble).__name__}).")
            else:
                self._alarms.clear(STALE)

    def knows(self, key_id: str) -> bool:
        """Say whether a key of that id was ever made here."""
        return key_id in self._ids

    def in_grace(self, at: datetime) -> list[AccessKey]:
        """Return the dispatchers' keys that have expired and still work."""
        return [
            key
            for key in self.keys
            if key.role is Role.DISPATCHER and key.state(at) == "expired" and at < key.expires_at + GRACE
        ]

    def _hold(self, keys: Iterable[AccessKey]) -> None:
        every = list(keys)
        refuse_demo_in_live(every, environment=self.environment)
        ours = [key for key in every if key.environment == self.environment]
        self.keys = ours
        self.in_use = {key.digest: key.principal() for key in ours if key.revoked_at is None}
        self.revoked = {key.digest: key.principal() for key in ours if key.revoked_at is not None}
        self._ids = frozenset(key.id for key in ours)


def refuse_demo_in_live(keys: Iterable[AccessKey], *, environment: str) -> None:
    """Raise DemoKeyInLive if a demo key is in use where *environment* is live."""
    found = [key.id for key in keys if key.environment == "demo" and key.revoked_at is None]
    if environment == "live" and found:
        raise DemoKeyInLive(f"demo keys in a live database: {', '.join(found)}")
