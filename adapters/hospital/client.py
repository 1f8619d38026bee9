"""One question to a hospital's own FHIR R4 server: which beds are there, and in what state."""

from collections.abc import Callable, Sequence
from datetime import datetime

from contracts import CapacityReport, Refused

from .ability import Ability
from .moments import now
from .pages import PAGE_CAP, Found, read_all
from .saner import counted
from .server import Server
from .translate import capacity

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
        ability: Ability | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """
        Take *organization* where the server holds several hospitals; *clock* tells the receipt.

        *ability* is what the server says of itself, where somebody else asks for that too.
        """
        self._server = server
        self._organization = organization
        self._page_size = page_size
        self._clock = clock
        self._ability = ability or Ability(server)

    async def report_capacity(self) -> CapacityReport:
        """Read all Locations: R4 cannot search for beds, and rooms tell what a bed is for."""
        await self._ability.check_version()
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


class CountingHospital(R4Hospital):
    """Reports capacity from SANER counts, where a hospital publishes no single beds."""

    async def report_capacity(self) -> CapacityReport:
        """Read the newest reports; older pages are only missed if the server did not sort."""
        await self._ability.check_version()
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
