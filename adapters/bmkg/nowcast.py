"""
Weather of the next hours: the list, and the bodies of what is new in it.

BMKG allows 60 requests a minute to an address, over all its feeds. One attempt asks MOST times at most; what
is left waits for the next attempt and is named as unread until then.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import httpx

from contracts import Busy, NoAnswer, PartnerError, Unreachable, Warned, WarningReport

from .fetching import Pages
from .index import Item, items_of, nearest_first
from .settings import Settings
from .translate import warned_of

MOST = 20  # requests of one attempt, lists included

_AWAY = (Unreachable, NoAnswer, Busy)


class Nowcast:
    """The feed; bodies read once are not asked for again while the list says that they are the same."""

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, *, now: Callable[[], float] = time.time
    ) -> None:
        """Take the partner's client; *now* is the clock."""
        self._pages = Pages(http)
        self._base = settings.base
        self._languages = settings.languages
        self._near = settings.near
        self._now = now
        self._known: dict[Item, Warned] = {}

    async def report_warnings(self) -> WarningReport:
        """Read the lists, then what is new in them, the nearest first."""
        lists = {language: await self._listed(language) for language in self._languages}
        reading = _Reading(self._pages, self._known, left=MOST - len(lists))
        for language, items in lists.items():
            for item in nearest_first(items, self._near):
                await reading.read(item, language)
        reading.demand_something()
        self._known = reading.read_items
        return reading.report(datetime.fromtimestamp(self._now(), UTC))

    async def _listed(self, language: str) -> Sequence[Item]:
        address = f"{self._base}/alerts/nowcast/{language}"
        return items_of(await self._pages.get(address, keep=True), base=self._base, language=language)


class _Reading:
    """One attempt: what was read so far, and how many requests are *left*."""

    def __init__(self, pages: Pages, known: dict[Item, Warned], *, left: int) -> None:
        self.read_items: dict[Item, Warned] = {}
        self._pages = pages
        self._known = known
        self._left = left
        self._names: dict[str, Warned | None] = {}
        self._away: PartnerError | None = None

    async def read(self, item: Item, language: str) -> None:
        """Have *item* read, unless another language has it already."""
        if self._names.get(item.name) is None:
            warned = self._known.get(item) or await self._asked(item, language)
            self._names[item.name] = warned
            if warned is not None:
                self.read_items[item] = warned

    async def _asked(self, item: Item, language: str) -> Warned | None:
        if item.link is None or self._away is not None or self._left <= 0:
            return None
        self._left -= 1
        try:
            return warned_of(await self._pages.get(item.link), language=language)
        except _AWAY as fault:
            self._away = fault  # whoever is away is not asked for the next one
        except PartnerError:
            pass  # it is named as unread, and the others are not held up
        return None

    def demand_something(self) -> None:
        """Raise what was in the way when it left nothing readable: a list alone warns of nothing."""
        if self._away is not None and not self.read_items:
            raise self._away

    def report(self, at: datetime) -> WarningReport:
        """Return what was read, each warning once, and the names of what was not."""
        told = {(each.identifier, each.sent_at): each for each in reversed(self.read_items.values())}
        unread = tuple(name for name, warned in self._names.items() if warned is None)
        return WarningReport(at, tuple(reversed(told.values())), unread)
