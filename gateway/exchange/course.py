"""One exchange under way: what has happened to it so far, and who is told when it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, Generic, TypeVar

import structlog
from prometheus_client import Counter, Histogram

from contracts import PartnerError, Refused
from gateway.db import CannotWrite
from gateway.partners.breaker import Permit
from gateway.partners.registry import Partner

from .attempts import Attempts
from .deadline import Deadline
from .outcome import NOTHING_PERSONAL, Outcome, Witness
from .policy import rule

T = TypeVar("T")

EXCHANGES = Counter(
    "gerbang_exchanges_total", "Exchanges with partners by how they ended.", ("partner", "operation", "word")
)
SECONDS = Histogram(
    "gerbang_exchange_seconds",
    "Time of an exchange with all its attempts, seconds.",
    ("partner", "operation"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 5.0, 10.0),
)
# prometheus_client looks a child up under a lock each time; there are few and they stay.
_counter = cache(EXCHANGES.labels)
_seconds = cache(SECONDS.labels)

_writing: set[asyncio.Task[None]] = set()  # the event loop itself would let them be collected

log = structlog.get_logger()


class Course(Generic[T]):
    """One exchange: *total* is its deadline at work, *intended* that its intent is, or may be, committed."""

    __slots__ = ("_clock", "_started", "attempts", "intended", "operation", "partner", "total", "witness")

    def __init__(
        self,
        partner: Partner,
        operation: str,
        attempt: Callable[[], Awaitable[T]],
        *,
        deadline: Deadline,
        witness: Witness,
        repeatable: bool,
    ) -> None:
        self.partner = partner
        self.operation = operation
        self.attempts = Attempts(partner, operation, attempt, deadline=deadline, repeatable=repeatable)
        self.total = asyncio.timeout_at(deadline.at)
        self.witness = witness
        self.intended = False
        self._clock = asyncio.get_running_loop().time
        self._started = self._clock()

    async def intend(self) -> None:
        """Have the intent committed; what that raises passes through."""
        if self.witness is NOTHING_PERSONAL:
            return
        try:
            await self.witness.intent()
        except asyncio.CancelledError:
            self.intended = True  # cut off, it may have been committed all the same
            raise
        except CannotWrite as failure:
            self.intended = failure.may_have_happened
            raise
        self.intended = True

    def settle(self, permit: Permit) -> None:
        """Count an attempt that the deadline cut off; a probe that told nothing lets another be it."""
        if self.total.expired():
            self.attempts.cut_off()
        self.partner.breaker(self.operation).gave_up(permit)

    def answered(self, result: T) -> Outcome[T]:
        """End with an answer."""
        self.partner.presence.answered()
        return self._ended("answered", result=result)

    def failed(self, error: PartnerError) -> Outcome[T]:
        """End with the last attempt's *error*."""
        answers = rule(error).answers
        if answers:
            self.partner.presence.answered(error.word)
        elif answers is False:
            self.partner.presence.failed(error.word)
        reason = error.code if isinstance(error, Refused) else error.detail
        return self._ended(error.word, reason=reason or None, error=error)

    def late(self) -> Outcome[T]:
        """End because the deadline has come; nothing was asked if it came before the intent."""
        if not (self.intended or self.attempts.made):
            return self.not_asked("deadline")
        if self.attempts.timed_out:
            self.partner.presence.failed("late")
        return self._ended("late", reason="deadline")

    def cancelled(self) -> Outcome[T]:
        """End because whoever asked has gone; that says nothing about the partner."""
        asked = self.intended or self.attempts.made
        return self._ended("late" if asked else "not_asked", reason="cancelled")

    def not_asked(self, reason: str) -> Outcome[T]:
        """End without having sent anything."""
        return self._ended("not_asked", reason=reason)

    def _ended(
        self,
        word: str,
        *,
        result: T | None = None,
        reason: str | None = None,
        error: PartnerError | None = None,
    ) -> Outcome[T]:
        elapsed = self._clock() - self._started
        made = self.attempts.made
        _counter(self.partner.id, self.operation, word).inc()
        if made:
            _seconds(self.partner.id, self.operation).observe(elapsed)
        log.debug(
            "exchange.finished",
            partner=self.partner.id,
            operation=self.operation,
            outcome=word,
            attempts=made,
        )
        return Outcome(
            self.partner.id, self.operation, word, result, reason, made, round(elapsed * 1000), error
        )

    async def write_down(self, outcome: Outcome[Any]) -> None:
        """Have the outcome of an intent recorded, even if whoever asked goes away meanwhile."""
        if self.intended:
            task = asyncio.ensure_future(self.witness.outcome(outcome))
            _writing.add(task)
            task.add_done_callback(_writing.discard)
            await asyncio.shield(task)
