"""
One exchange with a partner; its guards stand once, in one order, in `_guarded`:

total deadline, bulkhead, breaker, intent, attempts (retry budget, jitter, Retry-After). Whatever happens,
breaker, presence and metrics are told, and every intent gets its outcome.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from contracts import PartnerError
from gateway.db import CannotWrite
from gateway.partners.bulkhead import BulkheadFull
from gateway.partners.config import Standing
from gateway.partners.registry import Partner

from .course import Course
from .deadline import Deadline
from .outcome import NOTHING_PERSONAL, Outcome, Witness

__all__ = ["NOTHING_PERSONAL", "perform"]

MAY_BE_ASKED = (Standing.LIVE,)
MAY_BE_DRILLED = (Standing.LIVE, Standing.ONBOARDING)

T = TypeVar("T")


class _BreakerOpen(Exception):
    """Nobody asks this partner at the moment."""


async def perform(
    partner: Partner,
    operation: str,
    attempt: Callable[[], Awaitable[T]],
    *,
    deadline: Deadline,
    witness: Witness,
    repeatable: bool = True,
    drill: bool = False,
) -> Outcome[T]:
    """
    Return how the exchange ended; a partner's fault is never raised.

    *attempt* is one try at the whole question; *repeatable* says whether it may be sent again when no
    answer came; a *drill* or a test may go to a partner who is still trying things out. What *witness* raises
    passes through; from its intent, it means that nothing was sent.
    """
    course = Course(partner, operation, attempt, deadline=deadline, witness=witness, repeatable=repeatable)
    reason = _reason_not_to_ask(partner, operation, drill=drill)
    if reason is not None:
        return course.not_asked(reason)
    outcome = await _outcome(course)
    await course.write_down(outcome)
    return outcome


def _reason_not_to_ask(partner: Partner, operation: str, *, drill: bool) -> str | None:
    """Say at once what need not wait for a place."""
    if partner.port is None:
        return "no_system"
    if partner.standing not in (MAY_BE_DRILLED if drill else MAY_BE_ASKED):
        return "standing"
    return None if partner.breaker(operation).would_admit() else "breaker_open"


async def _outcome(course: Course[T]) -> Outcome[T]:
    try:
        return course.answered(await _guarded(course))
    except BulkheadFull:
        return course.not_asked("bulkhead_full")
    except _BreakerOpen:
        return course.not_asked("breaker_open")
    except PartnerError as error:
        return course.failed(error)
    except TimeoutError:
        if not course.total.expired():
            raise  # the witness's own
        return course.late()
    except asyncio.CancelledError:
        await course.write_down(course.cancelled())
        raise
    except CannotWrite:
        await course.write_down(course.not_asked("cannot_record"))
        raise


async def _guarded(course: Course[T]) -> T:
    breaker = course.partner.breaker(course.operation)
    async with course.total, course.partner.bulkhead:
        permit = breaker.admit()
        if permit is None:
            raise _BreakerOpen
        try:
            await course.intend()
            return await course.attempts.run(permit)
        finally:
            course.settle(permit)
