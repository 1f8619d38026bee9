"""Refusals leave an audit entry each, but a flood cannot fill the disk: past a number, one sum."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from contracts import Actor, Entry
from contracts.audit import Detail

Record = Callable[..., Awaitable[Any]]

NOBODY = Actor(id="unknown", role="none")

WINDOW_S = 10.0
MOST_PER_SOURCE = 10
MOST_IN_ALL = 50
LONGEST_WAIT_S = 0.25


class Refusals:
    """
    Records refusals through *record*: per window at most so many of one neighbourhood and in all.

    What goes beyond is counted and recorded as one entry, code `many`, when the window ends.
    """

    def __init__(
        self,
        record: Record,
        *,
        window_s: float = WINDOW_S,
        most_per_source: int = MOST_PER_SOURCE,
        most_in_all: int = MOST_IN_ALL,
    ) -> None:
        """Take *record*, which writes audit entries and never raises."""
        self._record = record
        self._window_s = window_s
        self._most_per_source = most_per_source
        self._most_in_all = most_in_all
        self._written: Counter[str] = Counter()
        self._beyond: Counter[str] = Counter()
        self._window: asyncio.TimerHandle | None = None
        self._under_way: set[asyncio.Task[Any]] = set()

    async def note(self, entry: Entry, *, source: str) -> None:
        """Record *entry* of somebody from *source*, or count it; waits a quarter second at most."""
        self._open_window()
        full = self._written.total() >= self._most_in_all
        if full or self._written[source] >= self._most_per_source:
            # Past that many different neighbourhoods only the number still matters.
            self._beyond[source if len(self._beyond) < self._most_in_all else "others"] += 1
            return
        self._written[source] += 1
        await asyncio.wait({self._start(entry)}, timeout=LONGEST_WAIT_S)

    async def close(self) -> None:
        """Record the sum that is due and wait for what is under way."""
        if self._window is not None:
            self._window.cancel()
            self._end_window()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _start(self, entry: Entry) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(self._record(entry))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    def _open_window(self) -> None:
        if self._window is None:
            self._window = asyncio.get_running_loop().call_later(self._window_s, self._end_window)

    def _end_window(self) -> None:
        self._window = None
        if self._beyond:
            self._start(_sum_of(self._beyond))
        self._written.clear()
        self._beyond = Counter()


def refused(code: str, *, route: str, source: str, request: str, actor: Actor = NOBODY) -> Entry:
    """Return the entry of one refusal; *route* is the template."""
    detail = {"route": route, "source": source}
    return Entry(
        act="access.refused", outcome="refused", actor=actor, code=code, request=request, detail=detail
    )


def at_key(entry: Entry, key_id: str | None) -> Entry:
    """Return *entry* naming the key somebody tried to pass for."""
    return entry if key_id is None else replace(entry, object_type="access_key", object_id=key_id)


def neighbourhood(host: str | None) -> str:
    """Return the network of *host*, /24 or /48: enough to count by, too coarse to name a person."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return "unknown"
    width = 24 if address.version == 4 else 48
    return str(ip_network((address, width), strict=False))


def _sum_of(beyond: Counter[str]) -> Entry:
    source, most = beyond.most_common(1)[0]
    detail: Detail = {"count": beyond.total(), "sources": len(beyond), "most_from": source, "most": most}
    return Entry(act="access.refused", outcome="refused", actor=NOBODY, code="many", detail=detail)
