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

from contracts import CapacityReport, Refused

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
        # By the parameter asked with: whether lists are read; who had rows, to stand last in one as proof.
        self._lists_read = {"partof": False, "organization": False}
        self._had_rows: dict[str, set[str]] = {"partof": {organization}, "organization": set()}

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
        """Return the organisations directly below *parents*; beside several the hospital stands as proof."""
        if len(parents) == 1:
            return await self._search("Organization", "partof", parents)
        found = Found()
        for some in _chunks(parents, TOGETHER - 1):
            found.merge(await self._together("Organization", "partof", [*some, self._root]))
        return found

    async def _locations(self, tree: Sequence[str]) -> Found:
        """Return all Locations of *tree*."""
        found = Found()
        for some in _chunks(tree, TOGETHER):
            found.merge(await self._together("Location", "organization", some))
        return found

    async def _together(self, kind: str, parameter: str, organizations: Sequence[str]) -> Found:
        """
        Ask about all in one question, and about each alone until an answer has proved that lists are read.

        A platform that reads only the first name looks like one where the others have nothing. Rows
        of two of them prove it, or of the last one named.
        """
        if len(organizations) == 1:
            return await self._search(kind, parameter, organizations)
        listed = sorted(organizations, key=self._had_rows[parameter].__contains__)
        try:
            found = await self._search(kind, parameter, listed)
        except Refused:
            return await self._each(kind, parameter, organizations)
        if not (self._lists_read[parameter] or found.left_out):
            owners = _owners(found, parameter) & set(listed)
            self._lists_read[parameter] = listed[-1] in owners or len(owners) > 1
        if self._lists_read[parameter] or found.left_out:
            return found
        return await self._each(kind, parameter, organizations)

    async def _each(self, kind: str, parameter: str, organizations: Sequence[str]) -> Found:
        found = Found()
        for one in organizations:
            found.merge(await self._search(kind, parameter, [one]))
        self._had_rows[parameter] |= _owners(found, parameter)
        return found

    async def _search(self, kind: str, parameter: str, organizations: Sequence[str]) -> Found:
        question = {parameter: ",".join(organizations), "_count": str(self._page_size)}
        start = self._server.url(kind, question)
        # Its Bundle.total is the number of entries on this page (all 333 samples): never compared.
        return await read_all(self._server.ask, start, base=self._server.base, kind=kind, totals=False)


def _owners(found: Found, parameter: str) -> set[str]:
    """Return the organisations that *found* has rows of, by the parameter that asked for them."""
    of = (row.part_of if parameter == "partof" else row.managing_organization for row in found.rows.values())
    return {owner for reference in of if (owner := id_of(reference))}


def _children(found: Found, parents: set[str]) -> Iterator[str]:
    """Return the ids of rows that truly hang below *parents*: a server may ignore the question."""
    for key, row in found.rows.items():
        if id_of(row.part_of) in parents and _FHIR_ID.fullmatch(key):
            yield key


def _chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
