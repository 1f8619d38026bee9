"""A partner that follows a script, and a witness who notes in which order things happen."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import NOTHING_PERSONAL, Outcome, Witness
from gateway.exchange.perform import perform
from gateway.partners import registry
from gateway.partners.breaker import Breaker
from gateway.partners.config import Limits, PartnerConfig, Standing
from gateway.partners.registry import Partner
from tests.virtual_time import now

OPERATION = "check_eligibility"
HANGS = "hangs"
ANSWER = "answer"


def partner(
    *,
    standing: Standing = Standing.LIVE,
    connected: bool = True,
    breaker: Breaker | None = None,
    **limits: int,
) -> Partner:
    """Return a live partner; its breaker lives in the loop's time and draws the shortest pause."""
    config = PartnerConfig(
        id="bpjs",
        kind="bpjs",
        standing=standing,
        name="BPJS",
        phone=None,
        limits=Limits(**limits),
        ladder=None,
        facility=None,
        adapter=None,
        settings=None,
    )
    built = registry.partner(config, object() if connected else None)
    built.breakers[OPERATION] = breaker or Breaker(now=now, jitter=lambda shortest, _: shortest)
    return built


class Script:
    """
    What the partner does at each attempt: raise, wait so many seconds and answer, hang, or answer.

    The last step is repeated for ever. *at* are the moments of the attempts, *ended* how many of
    them were cut off.
    """

    def __init__(self, *steps: Exception | float | str, notes: list[str] | None = None) -> None:
        self._steps = list(steps or [ANSWER])
        self._notes = notes if notes is not None else []
        self.at: list[float] = []
        self.cut_off = 0

    async def __call__(self) -> str:
        """Make one attempt."""
        self.at.append(now())
        self._notes.append("attempt")
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        try:
            return await self._play(step)
        except asyncio.CancelledError:
            self.cut_off += 1
            raise

    async def _play(self, step: Exception | float | str) -> str:
        if isinstance(step, Exception):
            raise step
        if isinstance(step, float):
            await asyncio.sleep(step)
            return ANSWER
        if step == HANGS:
            await asyncio.get_running_loop().create_future()
        return step


class Watching:
    """A witness: notes intent and outcome, can take its time, can fail."""

    def __init__(
        self,
        notes: list[str] | None = None,
        *,
        intent_s: float = 0.0,
        outcome_s: float = 0.0,
        trouble: Exception | None = None,
    ) -> None:
        self.notes = notes if notes is not None else []
        self.outcomes: list[Outcome[Any]] = []
        self._intent_s = intent_s
        self._outcome_s = outcome_s
        self._trouble = trouble

    async def intent(self) -> None:
        """Commit the intent."""
        await asyncio.sleep(self._intent_s)
        if self._trouble:
            raise self._trouble
        self.notes.append("intent")

    async def outcome(self, outcome: Outcome[Any]) -> None:
        """Record the outcome."""
        await asyncio.sleep(self._outcome_s)
        self.notes.append("outcome")
        self.outcomes.append(outcome)


async def ask(
    whom: Partner,
    script: Script,
    *,
    within: float = 2.0,
    witness: Witness = NOTHING_PERSONAL,
    repeatable: bool = True,
    drill: bool = False,
) -> Outcome[str]:
    """Ask once, within so many seconds."""
    return await perform(
        whom,
        OPERATION,
        script,
        deadline=Deadline.after(within),
        witness=witness,
        repeatable=repeatable,
        drill=drill,
    )


def ended(outcome: Outcome[str]) -> tuple[str, str | None]:
    """Return word and reason."""
    return outcome.word, outcome.reason


async def open_the_breaker(whom: Partner, failure: Exception) -> None:
    """Fail until nobody asks any more."""
    while whom.breaker(OPERATION).state == "closed":
        await ask(whom, Script(failure))


def gaps(moments: Sequence[float]) -> list[float]:
    """Return the time between each and the next."""
    return [after - before for before, after in pairwise(moments)]
