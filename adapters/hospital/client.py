"""One question to a hospital's own FHIR R4 server: which beds are there, and in what state."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import httpx

from contracts import CannotConvey, CapacityReport, Garbled, NoAnswer, Refused

from .moments import now
from .outcome import judged
from .pages import PAGE_CAP, Found, read_all
from .saner import counted
from .server import Server
from .structs import read_version
from .translate import capacity

READABLE = ("4.0", "4.3")  # R4 and R4B, which have the same Location
METADATA_S = 0.5  # seconds; whoever takes longer to tell its version is judged by its Locations
_BUSY = (429, 503)
_NEWEST_FIRST = {"_sort": "-date", "_count": "50"}

Question = dict[str, str]


class R4Hospital:
    """Reports capacity from one Location per bed."""

    def __init__(
        self,
        server: Server,
        *,
        organization: str | None,
        page_size: int,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Take *organization* where the server holds several hospitals; *clock* tells the receipt."""
        self._server = server
        self._organization = organization
        self._page_size = page_size
        self._clock = clock
        self._version_read = False

    async def report_capacity(self) -> CapacityReport:
        """Read all Locations: R4 cannot search for beds, and rooms tell what a bed is for."""
        await self._check_version()
        questions: list[Question] = [{"_count": str(self._page_size)}, {}]
        if self._organization:
            questions.insert(0, {"organization": f"Organization/{self._organization}", **questions[0]})
        found = await self._plainest("Location", questions)
        return capacity(
            found.rows.values(),
            received=self._clock(),
            owners=frozenset({self._organization}) if self._organization else None,
            complete=found.complete,
            remarks=found.remarks,
        )

    async def _plainest(self, kind: str, questions: Sequence[Question], *, pages: int = PAGE_CAP) -> Found:
        """
        Ask from the most precise question to the plainest and return the first that finds rows.

        Servers answer a parameter they do not know with everything, with nothing or with 400; so
        "nothing" is only believed of the last question, and so is a refusal.
        """
        for number, question in enumerate(questions, start=1):
            try:
                found = await self._search(kind, question, pages=pages)
            except Refused:
                if number == len(questions):
                    raise
                continue
            if found.rows or found.left_out:
                break
        if number > 1 and found.rows:
            found.remarks.add("filter_not_understood")
        return found

    async def _search(self, kind: str, question: Question, *, pages: int) -> Found:
        start = self._server.url(kind, question)
        return await read_all(
            self._server.ask, start, base=self._server.base, kind=kind, totals=True, pages=pages
        )

    async def _check_version(self) -> None:
        """
        Refuse what is not R4 or R4B; asked until the server has once answered.

        A server without a readable /metadata is judged by the shape of its Locations alone.
        """
        if self._version_read:
            return
        try:
            async with asyncio.timeout(METADATA_S):
                response = await self._server.look(self._server.url("metadata"))
        except (NoAnswer, Garbled, TimeoutError):
            return
        if response.status_code in _BUSY:
            judged(response)
        version = _version(response)
        if version is not None and version.rpartition(".")[0] not in READABLE and version not in READABLE:
            raise CannotConvey("fhir_version", f"fhir_{version.partition('.')[0][:4]}")
        self._version_read = response.status_code < 500


class CountingHospital(R4Hospital):
    """Reports capacity from SANER counts, where a hospital publishes no single beds."""

    async def report_capacity(self) -> CapacityReport:
        """Read the newest reports; older pages are only missed if the server did not sort."""
        await self._check_version()
        questions = [_NEWEST_FIRST, {}]
        if self._organization:
            questions.insert(0, {"reporter": f"Organization/{self._organization}", **_NEWEST_FIRST})
        found = await self._plainest("MeasureReport", questions, pages=1)
        return counted(
            list(found.rows.values()),
            received=self._clock(),
            owner=self._organization,
            more=found.more,
            complete=found.complete,
            remarks=found.remarks,
        )


def _version(response: httpx.Response) -> str | None:
    return read_version(response.content) if response.is_success else None
