"""
The standing of each partner, as the registry shows it to everyone who asks a partner.

What somebody has said stands in the database and goes before partners.toml. A change in this process counts
at once, one of another replica within two seconds; while the database cannot be read, what was known stands.
"""

import asyncio

import structlog

from gateway.db import CannotRead, Database

from .registry import Registry
from .standing_store import Stands, load_all

EVERY_S = 2.0

log = structlog.get_logger(__name__)


def follow(registry: Registry, said: Stands) -> None:
    """Have the partner stand as was committed; what is older than what is known changes nothing."""
    partner = registry.partners.get(said.partner)
    if partner is None or (partner.standing_since is not None and partner.standing_since >= said.since):
        return
    if partner.standing is not said.standing:
        log.info("partner.standing_changed", partner=said.partner, standing=said.standing)
    partner.standing, partner.standing_since = said.standing, said.since


class StandingBook:
    """Keeps the standings of the whole *registry* as the database says."""

    def __init__(self, database: Database, registry: Registry, *, every_s: float = EVERY_S) -> None:
        """Take the started *database*; `load` before anybody is asked, then `keep_fresh`."""
        self._database = database
        self._registry = registry
        self._every_s = every_s

    async def load(self) -> None:
        """Read what was said. Raises CannotRead."""
        for said in await self._database.read(load_all):
            follow(self._registry, said)

    async def keep_fresh(self) -> None:
        """Follow the other replicas until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.load()
            except CannotRead as exc:
                log.debug("partner.standing_unread", reason=str(exc))
