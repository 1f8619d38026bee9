"""Earthquakes: the newest, those of magnitude 5 and more, those that were felt."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from contracts import Warned, WarningReport

from .fetching import Pages
from .quake import Row, merged, rows_of, warned_of
from .settings import Settings

FILES = ("autogempa", "gempadirasakan", "gempaterkini")  # what an earlier one says of a quake counts


class Quakes:
    """The feed."""

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, *, now: Callable[[], float] = time.time
    ) -> None:
        """Take the partner's client; *now* is the clock."""
        self._pages = Pages(http)
        self._base = settings.base
        self._keep = timedelta(hours=settings.keep_hours)
        self._now = now

    async def report_warnings(self) -> WarningReport:
        """Read the three files; what is older than it is of interest is left out."""
        rows = [row for name in FILES for row in rows_of(await self._file(name))]
        found, unread = merged(rows)
        at = datetime.fromtimestamp(self._now(), UTC)
        told = []
        for row in found:
            warned = self._warned(row)
            if warned is None:
                unread.append(str(row["DateTime"])[:40])
            elif warned.expires_at is None or warned.expires_at > at:
                told.append(warned)
        return WarningReport(at, tuple(told), tuple(unread))

    async def _file(self, name: str) -> bytes:
        return await self._pages.get(f"{self._base}/DataMKG/TEWS/{name}.json", keep=True)

    def _warned(self, row: Row) -> Warned | None:
        try:
            return warned_of(row, keep=self._keep)
        except (ValueError, OverflowError):
            return None
