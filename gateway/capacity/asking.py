"""
Ask the hospitals' systems, one exchange under way per hospital at most.

Whoever asks while an exchange with the same hospital is under way waits for that one: twenty
dispatchers make one question. An answer that comes too late for its askers still enters the picture.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import structlog

from contracts import CapacityReport, ReportsCapacity
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import NOTHING_PERSONAL, perform
from gateway.partners.registry import Partner

from .picture import AskOutcome, Picture, Sighting
from .tally import tally

OPERATION = "report_capacity"

_OUTCOMES = {
    "answered": AskOutcome.ANSWERED,
    "late": AskOutcome.LATE,
    "unreachable": AskOutcome.UNREACHABLE,
    "no_answer": AskOutcome.UNREACHABLE,
    "busy": AskOutcome.UNREACHABLE,
    "not_asked": AskOutcome.NOT_ASKED,
}


log = structlog.get_logger()


class Asking:
    """The exchanges under way and the picture they feed."""

    def __init__(self, partners: Iterable[Partner], picture: Picture, *, limit_s: float) -> None:
        self.partners = {partner.id: partner for partner in partners}
        self._picture = picture
        self._limit_s = limit_s
        self._under_way: dict[str, asyncio.Task[AskOutcome]] = {}

    async def ask_all(self, deadline: Deadline) -> dict[str, AskOutcome]:
        """Ask every hospital that has a system; who has not answered by *deadline* is LATE."""
        tasks = {hospital: self._exchange(partner, deadline) for hospital, partner in self.partners.items()}
        if tasks:
            await asyncio.wait(tasks.values(), timeout=max(0.0, deadline.remaining()))
        return {hospital: _ended(task) for hospital, task in tasks.items()}

    async def close(self) -> None:
        """End what is under way."""
        under_way = list(self._under_way.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def _exchange(self, partner: Partner, deadline: Deadline) -> asyncio.Task[AskOutcome]:
        task = self._under_way.get(partner.id)
        if task is None:
            limit = Deadline.after(max(self._limit_s, deadline.remaining()))
            task = asyncio.create_task(self._ask(partner, limit))
            self._under_way[partner.id] = task
            task.add_done_callback(lambda _: self._under_way.pop(partner.id, None))
        return task

    async def _ask(self, partner: Partner, limit: Deadline) -> AskOutcome:
        port = partner.port
        assert isinstance(port, ReportsCapacity)  # noqa: S101  only such partners are handed in
        outcome = await perform(
            partner, OPERATION, port.report_capacity, deadline=limit, witness=NOTHING_PERSONAL
        )
        seen = self._sighting(partner.id, outcome)
        self._picture.see(partner.id, seen)
        return seen.outcome

    def _sighting(self, hospital: str, outcome: Outcome[CapacityReport]) -> Sighting:
        """Return what is known now; a report that cannot be counted spoils no other hospital's line."""
        before, at = self._picture.sighting(hospital), datetime.now(UTC)
        try:
            return sighting_after(before, outcome, at=at)
        except Exception:  # a defect of ours must not cost the answer about all the others
            log.exception("capacity.report_not_counted", partner=hospital)
            return before.failed(AskOutcome.UNUSABLE, "defect", at=at)


def _ended(task: asyncio.Task[AskOutcome]) -> AskOutcome:
    if not task.done():
        return AskOutcome.LATE
    return AskOutcome.NOT_ASKED if task.cancelled() else task.result()  # cancelled: the gateway closes


def sighting_after(before: Sighting, outcome: Outcome[CapacityReport], *, at: datetime) -> Sighting:
    """Return what is known of a hospital after one more exchange with it."""
    word = _OUTCOMES.get(outcome.word, AskOutcome.UNUSABLE)
    report = outcome.result
    if report is None:
        return before.failed(word, outcome.reason or outcome.word, at=at)
    return Sighting(
        origin=report.origin,
        tallies=tally(report),
        as_of=report.as_of,
        received_at=at,
        complete=report.complete,
        remarks=report.remarks,
        outcome=AskOutcome.ANSWERED,
        asked_at=at,
    )


def changed(before: Mapping[str, Sighting], after: Mapping[str, Sighting]) -> list[str]:
    """Return the hospitals whose exchange ended otherwise than the one before."""
    return [
        hospital
        for hospital, seen in after.items()
        if before.get(hospital, Sighting()).outcome != seen.outcome
    ]
