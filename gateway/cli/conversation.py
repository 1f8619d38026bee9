"""
The conversation that shows whether a partner's endpoint keeps what is needed of it: drills only.

Each turn is one attempt behind the same guards as in operation. What the endpoint was told of is cancelled
in the end, so that it is left as it was found.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from contracts import (
    AlertKind,
    Conveyed,
    NotKept,
    OffersTrials,
    Receipt,
    TakesAlerts,
    TakesChanges,
    Trial,
)
from contracts.alert import Alert
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import NOTHING_PERSONAL, perform
from gateway.partners.registry import Partner

from .drills import Drills

T = TypeVar("T")

DEADLINE_S = 10.0
AGAIN = "the same one again is taken again, and kept once"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one turn showed; *kept* is None for what is worth knowing and no promise."""

    promise: str
    kept: bool | None
    said: str


class Conversation:
    """The turns with one *partner*; what it answers is kept until it is judged."""

    def __init__(self, partner: Partner, drills: Drills) -> None:
        """Take the partner and what to tell it; nothing is sent."""
        self._partner = partner
        self._drills = drills
        self._told: set[str] = set()
        self._receipts: list[Receipt] = []

    async def run(self) -> AsyncIterator[Finding]:
        """Yield what each turn shows, one after the other."""
        port, agreed = self._partner.port, self._drills.telling
        if isinstance(port, TakesAlerts) and (agreed.incidents or not agreed.follows):
            async for finding in self._alerts(port):
                yield finding
            yield self._heard()
        if isinstance(port, TakesChanges) and agreed.follows:
            async for finding in self._changes(port):
                yield finding
        for trial in port.conformance() if isinstance(port, OffersTrials) else ():
            yield await self._tried(trial)

    async def _alerts(self, port: TakesAlerts) -> AsyncIterator[Finding]:
        first, stale = self._drills.alert(), self._drills.stale()
        second = self._drills.after(AlertKind.UPDATE, first)
        third = self._drills.after(AlertKind.CANCEL, first, second)
        yield await self._taken(port, self._drills.test(), "a test message is taken")
        yield await self._taken(port, first, "a drill alert is taken")
        yield await self._taken(port, first, AGAIN)
        yield await self._taken(port, second, "an update that takes its place is taken")
        yield await self._taken(port, third, "a cancellation of both is taken")
        late = await self._taken(port, stale, "an alert that is of no more use")
        yield replace(late, kept=None)
        if late.kept:
            gone = self._drills.after(AlertKind.CANCEL, stale)
            yield await self._taken(port, gone, "and the cancellation of that one is taken")

    async def _taken(self, port: TakesAlerts, alert: Alert, promise: str) -> Finding:
        self._told.add(alert.id)
        outcome = await self._asked("convey_alert", lambda: port.convey_alert(alert, key=alert.id))
        self._receipts += outcome.result.receipts if isinstance(outcome.result, Conveyed) else ()
        return Finding(promise, outcome.word == "answered", _words(outcome))

    async def _changes(self, port: TakesChanges) -> AsyncIterator[Finding]:
        change = self._drills.change()
        for promise in ("a change is taken", AGAIN):
            outcome = await self._asked("convey_change", lambda: port.convey_change(change, key=change.id))
            yield Finding(promise, outcome.word == "answered", _words(outcome))

    async def _tried(self, trial: Trial) -> Finding:
        async def attempt() -> Finding:
            try:
                remark = await trial.run()
            except NotKept as instead:
                return Finding(trial.words, False, str(instead))
            return Finding(trial.words, True, remark or "as promised")

        outcome = await self._asked("conformance", attempt)
        return outcome.result or Finding(trial.words, False, _words(outcome))

    async def _asked(self, operation: str, attempt: Callable[[], Awaitable[T]]) -> Outcome[T]:
        return await perform(
            self._partner,
            operation,
            attempt,
            deadline=Deadline.after(DEADLINE_S),
            witness=NOTHING_PERSONAL,
            drill=True,
        )

    def _heard(self) -> Finding:
        """Judge the receipts that came with the answers; those that come later are not seen from here."""
        if not self._receipts:
            said = "none came with the answers: they come to our address for receipts, or from a person"
            return Finding("receipts", None, said)
        strange = sum(each.alert not in self._told for each in self._receipts)
        if strange:
            said = f"{strange} of {len(self._receipts)} are for messages we never sent"
        else:
            said = ", ".join(sorted({str(each.progress) for each in self._receipts}))
        return Finding("receipts name the message they are for", not strange, said)


def _words(outcome: Outcome[T]) -> str:
    """Say how an exchange ended, as a person reads it."""
    why = str(outcome.error) if outcome.error is not None else outcome.reason
    said = f"{outcome.word}: {why}" if why else outcome.word
    return f"{said}, {outcome.elapsed_ms} ms"
