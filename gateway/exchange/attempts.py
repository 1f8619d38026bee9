"""The attempts of one exchange: each is counted, and breaker and retry budget hear what came of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog
from tenacity import AsyncRetrying, retry_if_exception

from contracts import PartnerError
from gateway.partners.breaker import Breaker, Permit
from gateway.partners.registry import Partner

from .deadline import Deadline
from .policy import Defect, pause, rule

T = TypeVar("T")

FAIR_S = 0.5  # an attempt cut off sooner than this says nothing about the partner

log = structlog.get_logger()


class Attempts(Generic[T]):
    """One *attempt*, and again while policy, limit, breaker, budget and *deadline* all agree."""

    __slots__ = (
        "_attempt",
        "_began",
        "_breaker",
        "_deadline",
        "_operation",
        "_partner",
        "_pause_s",
        "_permit",
        "_repeatable",
        "made",
        "timed_out",
    )

    def __init__(
        self,
        partner: Partner,
        operation: str,
        attempt: Callable[[], Awaitable[T]],
        *,
        deadline: Deadline,
        repeatable: bool,
    ) -> None:
        self._partner = partner
        self._operation = operation
        self._attempt = attempt
        self._deadline = deadline
        self._repeatable = repeatable
        self._breaker: Breaker = partner.breaker(operation)
        self._permit: Permit = 0
        self._began: float | None = None
        self._pause_s = 0.0
        self.made = 0
        self.timed_out = False

    async def run(self, permit: Permit) -> T:
        """Return the first answer. Raises the last attempt's PartnerError."""
        self._permit = permit
        try:
            return await self._one()
        except PartnerError as failure:
            if not self._worth_another(failure):
                raise
            return await self._more(failure)

    async def _more(self, failure: PartnerError) -> T:
        """Go on with tenacity from *failure*; most exchanges need one attempt and are spared its cost."""
        first = [failure]

        async def attempt() -> T:
            if first:
                raise first.pop()
            return await self._one()

        retrying = AsyncRetrying(
            retry=retry_if_exception(self._worth_another),
            wait=lambda _: self._pause_s,
            sleep=asyncio.sleep,
            reraise=True,
        )
        return await retrying(attempt)

    def _worth_another(self, failure: BaseException) -> bool:
        """Decide, and keep the pause: drawn anew it might pass the deadline after all."""
        if not isinstance(failure, PartnerError) or self.made >= self._partner.limits.attempts:
            return False
        if not (self._breaker.allows_another(self._permit) and self._partner.budget.allows_retry()):
            return False
        remaining = self._deadline.remaining()
        seconds = pause(failure, made=self.made, repeatable=self._repeatable, remaining=remaining)
        self._pause_s = seconds or 0.0
        return seconds is not None

    async def _one(self) -> T:
        self.made += 1
        self._began = asyncio.get_running_loop().time()
        try:
            answer = await self._attempt()
        except PartnerError as failure:
            self._tell(sound=rule(failure).sound)
            raise
        except asyncio.CancelledError as error:
            if _are_we_cancelled():
                raise
            raise self._defect() from error  # something the adapter shares was cancelled by another asker
        except Exception as error:  # the edge to the adapters: their defects end here
            raise self._defect() from error
        self._tell(sound=True)
        return answer

    def _defect(self) -> Defect:
        log.exception("exchange.defect", partner=self._partner.id, operation=self._operation)
        self._tell(sound=None)
        return Defect("defect")

    def cut_off(self) -> None:
        """Count the attempt under way as a failure, if it had its fair time."""
        if self._began is not None and asyncio.get_running_loop().time() - self._began >= FAIR_S:
            self.timed_out = True
            self._tell(sound=False)

    def _tell(self, *, sound: bool | None) -> None:
        self._began = None
        if sound:
            self._breaker.succeeded(self._permit)
            self._partner.budget.succeeded()
        elif sound is False:
            self._breaker.failed(self._permit)
            self._partner.budget.failed()


def _are_we_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
