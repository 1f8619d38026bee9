"""Breaker and attempts together: what an opening means for those under way and those who wait."""

import asyncio

from contracts import Unreachable
from gateway.partners.budget import RetryBudget
from tests.gateway.exchange.play import HANGS, OPERATION, Script, ask, ended, open_the_breaker, partner
from tests.virtual_time import in_virtual_time, now


@in_virtual_time
async def test_no_attempt_is_made_after_the_one_that_opened_it() -> None:
    """Three of the first exchange and two of the second; the budget would pay for more."""
    whom, script = partner(), Script(Unreachable())
    whom.budget = RetryBudget(most=100)
    for _ in range(2):
        assert (await ask(whom, script, within=60)).word == "unreachable"
    assert len(script.at) == 5


@in_virtual_time
async def test_a_probe_is_not_tried_again_even_if_the_budget_allows_it() -> None:
    """A partner that is down is touched once."""
    whom, script = partner(), Script(Unreachable())
    await open_the_breaker(whom, Unreachable())
    whom.budget = RetryBudget(most=100)
    await asyncio.sleep(5.1)
    assert (await ask(whom, script, within=60)).attempts == 1
    assert len(script.at) == 1


@in_virtual_time
async def test_an_open_breaker_is_told_without_waiting_for_a_place() -> None:
    """The places may be taken by exchanges that still hang."""
    whom = partner(concurrency=1)
    hanging = asyncio.create_task(ask(whom, Script(HANGS), within=30))
    await asyncio.sleep(0)
    breaker = whom.breaker(OPERATION)
    for _ in range(5):
        breaker.failed(breaker.admit() or 0)
    asked_at = now()
    assert ended(await ask(whom, Script())) == ("not_asked", "breaker_open")
    assert now() == asked_at
    await hanging
