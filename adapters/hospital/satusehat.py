"""
One question to the SATUSEHAT platform: the beds of a hospital, wherever in its departments they hang.

The platform cannot search for beds and its beds belong to departments, themselves organisations
below the hospital. So the tree of departments is walked first (`Organization?partof=`), then their
Locations are asked for, several departments at a time (`Location?organization=a,b,c`). Read from
the Ministry's sample collection, 2026-11-23.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from contracts import CapacityReport

from .moments import now
from .pages import Found, read_all
from .places import id_of
from .server import Server
from .translate import capacity

PAGE_SIZE = 100  # the platform gives no more
TOGETHER = 25  # organisations in one question: 25 UUIDs make an address of some 1,000 characters
DEPARTMENT_CAP = 500
_FHIR_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")


class SatusehatHospital:
    """Reports the capacity of one organisation and everything below it."""

    def __init__(
        self, server: Server, *, organization: str, page_size: int, clock: Callable[[], datetime] = now
    ) -> None:
        """Take the hospital's *organization* id; *clock* tells the time of receipt."""
        self._server = server
        self._root = organization
        self._page_size = min(page_size, PAGE_SIZE)
        self._clock = clock

    async def report_capacity(self) -> CapacityReport:
        """Walk the departments, then read their Locations."""
        tree, doubts = await self._departments()
        found = await self._locations(tree)
        return capacity(
            found.rows.values(),
            received=self._clock(),
            owners=frozenset(tree),
            complete=found.complete and not doubts,
            remarks=found.remarks | doubts,
        )

    async def _departments(self) -> tuple[list[str], set[str]]:
        """Return the hospital and every organisation below it, and why some may be missing."""
        tree, level, doubts = [self._root], [self._root], set[str]()
        while level and len(tree) < DEPARTMENT_CAP:
            found = await self._below(level)
            doubts |= found.remarks - {"duplicate_rows"}
            level = [key for key in _children(found, set(level)) if key not in tree]
            tree += level
        if len(tree) >= DEPARTMENT_CAP:
            doubts.add("department_cap")
        return tree, doubts

    async def _below(self, parents: Sequence[str]) -> Found:
        """
        Return the organisations directly below *parents*.

        The hospital itself, which has departments, is asked about along with several others: if
        not even those come back, the list was not understood, and each is asked about alone.
        """
        if len(parents) == 1:
            return await self._search("Organization", "partof", parents)
        found = Found()
        for some in _chunks(parents, TOGETHER - 1):
            answer = await self._search("Organization", "partof", [self._root, *some])
            if not answer.rows and not answer.left_out:
                return await self._each("Organization", "partof", parents)
            found.merge(answer)
        return found

    async def _locations(self, tree: Sequence[str]) -> Found:
        """Return all Locations of *tree*; "none at all" is asked again one by one before it is believed."""
        found = Found()
        for some in _chunks(tree, TOGETHER):
            found.merge(await self._search("Location", "organization", some))
        if not found.rows and not found.left_out and len(tree) > 1:
            return await self._each("Location", "organization", tree)
        return found

    async def _each(self, kind: str, parameter: str, organizations: Sequence[str]) -> Found:
        found = Found()
        for one in organizations:
            found.merge(await self._search(kind, parameter, [one]))
        return found

    async def _search(self, kind: str, parameter: str, organizations: Sequence[str]) -> Found:
        question = {parameter: ",".join(organizations), "_count": str(self._page_size)}
        start = self._server.url(kind, question)
        # Its Bundle.total is the number of entries on this page (all 333 samples): never compared.
        return await read_all(self._server.ask, start, base=self._server.base, kind=kind, totals=False)


def _children(found: Found, parents: set[str]) -> Iterator[str]:
    """Return the ids of rows that truly hang below *parents*: a server may ignore the question."""
    for key, row in found.rows.items():
        if id_of(row.part_of) in parents and _FHIR_ID.fullmatch(key):
            yield key


def _chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
