"""Which areas of ours a warning touches; worked out once for each text of it, never long at a time."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from contracts import Warned
from gateway.areas.areas import Areas

_Key = tuple[str, str, datetime]


class Touching:
    """Remembers what was worked out for the warnings listed now."""

    def __init__(self, areas: Areas) -> None:
        """Take the areas of this house."""
        self._areas = areas
        self._known: dict[_Key, tuple[str, ...]] = {}

    async def of(self, listed: Sequence[Warned]) -> dict[str, tuple[str, ...]]:
        """Return the codes that each touches, by its identifier; forget what is no longer listed."""
        self._known = {_key(each): await self._codes(each) for each in listed}
        return {each.identifier: self._known[_key(each)] for each in listed}

    async def _codes(self, warned: Warned) -> tuple[str, ...]:
        known = self._known.get(_key(warned))
        if known is not None:
            return known
        await asyncio.sleep(0)  # 150 polygons take some milliseconds: others come in between
        return self._areas.touches(warned.rings, centre=warned.centre, radius_km=warned.radius_km)


def _key(warned: Warned) -> _Key:
    return warned.source, warned.identifier, warned.sent_at
