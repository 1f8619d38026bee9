"""Which failure is worth another attempt, how many, after how long, and how many in all."""

import asyncio
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import (
    Busy,
    CannotConvey,
    Garbled,
    NoAnswer,
    NotAccepted,
    PartnerError,
    Refused,
    Unreachable,
)
from gateway.exchange.policy import pause
from gateway.partners.breaker import Breaker, Permit
from tests.gateway.exchange.play import ANSWER, Script, ask, gaps, partner
from tests.virtual_time import in_virtual_time, now


class NeverOpens(Breaker):
    """A breaker that is not what is tested."""

    def failed(self, permit: Permit) -> None:
        """Forget it."""


@pytest.mark.parametrize(
    ("failure", "repeatable", "attempts"),
    [
        (Unreachable(), True, 3),
        (Unreachable(), False, 3),
        (Busy(), True, 3),
        (Busy(), False, 3),
        (NoAnswer(), True, 3),
        (NoAnswer(), False, 1),
        (Refused("no", code="1"), True, 1),
        (NotAccepted(), True, 1),
        (Garbled(), True, 1),
        (CannotConvey("nik"), True, 1),
        (PartnerError(), True, 1),
        (ValueError(), True, 1),
    ],
)
def test_a_failure_says_whether_to_ask_again(failure: Exception, repeatable: bool, attempts: int) -> None:
    """Nothing sent, or asked to wait: again. No answer: only where twice does no harm. A no is a no."""

    @in_virtual_time
    async def asked() -> None:
        script = Script(failure)
        outcome = await ask(partner(attempts=3), script, within=60.0, repeatable=repeatable)
        assert outcome.attempts == len(script.at) == attempts

    asked()


@pytest.mark.parametrize("most", [1, 2, 4])
def test_the_partners_limit_on_attempts_holds(most: int) -> None:
    """The first attempt counts."""

    @in_virtual_time
    async def asked() -> None:
        script = Script(Unreachable())
        await ask(partner(attempts=most), script, within=60.0)
        assert len(script.at) == most

    asked()


@in_virtual_time
async def test_the_retry_that_succeeds_is_the_answer() -> None:
    """What failed before it is history."""
    outcome = await ask(partner(), Script(Unreachable(), ANSWER))
    assert (outcome.word, outcome.result, outcome.attempts, outcome.error) == ("answered", ANSWER, 2, None)


@in_virtual_time
async def test_the_last_failure_is_the_outcome() -> None:
    """Not the first one."""
    last = Refused("no", code="201")
    outcome = await ask(partner(), Script(Unreachable("dns"), last))
    assert (outcome.word, outcome.reason, outcome.error) == ("refused", "201", last)


def shortest(low: float, _: float) -> float:
    """Draw the lower end."""
    return low


def longest(_: float, high: float) -> float:
    """Draw the upper end."""
    return high


@pytest.mark.parametrize(
    ("failure", "made", "most"),
    [
        (Unreachable(), 1, 0.05),
        (Unreachable(), 2, 0.1),
        (Unreachable(), 3, 0.2),
        (NoAnswer(), 1, 0.05),
        (Unreachable(), 30, 20.0),
        (Busy(), 1, 1.0),
        (Busy(), 2, 2.0),
        (Busy(), 9, 20.0),
        (Busy(), 30, 20.0),
    ],
)
def test_the_pause_is_drawn_from_nothing_to_a_doubling_ceiling(
    failure: PartnerError, made: int, most: float
) -> None:
    """Full jitter: 50 ms at first, a second where the partner asked for patience, 20 s at most."""

    def drawn(draw: Callable[[float, float], float]) -> float | None:
        return pause(failure, made=made, repeatable=True, remaining=1e9, draw=draw)

    assert (drawn(shortest), drawn(longest)) == (0.0, most)


@given(
    wanted=st.floats(0, 300),
    made=st.integers(1, 5),
    remaining=st.floats(-1, 400),
    repeatable=st.booleans(),
    seed=st.integers(),
)
def test_the_wait_asked_for_is_a_floor_and_the_deadline_a_roof(
    wanted: float, made: int, remaining: float, repeatable: bool, seed: int
) -> None:
    """There is a pause only between the two."""
    seconds = pause(
        Busy(retry_after=wanted),
        made=made,
        repeatable=repeatable,
        remaining=remaining,
        draw=random.Random(seed).uniform,
    )
    if seconds is None:
        assert remaining <= wanted * 1.1
    else:
        assert wanted <= seconds < remaining


@in_virtual_time
async def test_askers_do_not_come_back_in_step() -> None:
    """Pauses differ from exchange to exchange."""
    waits: set[float] = set()
    for _ in range(20):
        script = Script(Unreachable(), ANSWER)
        await ask(partner(), script)
        waits.update(round(gap, 6) for gap in gaps(script.at))
    assert len(waits) > 15
    assert all(0 <= wait <= 0.05 for wait in waits)


@in_virtual_time
async def test_in_a_total_outage_hardly_anybody_asks_twice() -> None:
    """A thousand exchanges with a dead partner: at most a tenth more attempts, here not even a hundredth."""
    whom = partner(breaker=NeverOpens(now=now))
    scripts = [Script(Unreachable()) for _ in range(1000)]
    for script in scripts:
        await ask(whom, script)
    assert 1000 <= sum(len(script.at) for script in scripts) <= 1010


@pytest.mark.parametrize("share", [0.02, 0.08, 0.2, 0.5])
def test_retries_stay_a_tenth_of_the_traffic(share: float) -> None:
    """Also when only some of the attempts fail."""
    luck = random.Random(7)

    @in_virtual_time
    async def outage() -> None:
        whom = partner(breaker=NeverOpens(now=now))
        steps = [Unreachable() if luck.random() < share else ANSWER for _ in range(4000)]
        script = Script(*steps)
        for _ in range(2000):
            await ask(whom, script)
        assert 2000 < len(script.at) <= 2000 * 1.1

    outage()


@in_virtual_time
async def test_a_partner_that_is_back_earns_its_retries_again() -> None:
    """A tenth of a token for each good answer."""
    whom = partner(breaker=NeverOpens(now=now))
    for _ in range(20):
        await ask(whom, Script(Unreachable()))
    for _ in range(100):
        await ask(whom, Script())
    assert (await ask(whom, Script(Unreachable(), ANSWER))).word == "answered"


@in_virtual_time
async def test_a_reasoned_no_costs_no_retries() -> None:
    """A hundred refusals later, a lost connection is still tried again."""
    whom = partner()
    for _ in range(100):
        await ask(whom, Script(Refused("no", code="1")))
    assert (await ask(whom, Script(Unreachable(), ANSWER))).word == "answered"


@in_virtual_time
async def test_a_probe_is_a_single_attempt() -> None:
    """A partner that may be down is asked once, not three times."""
    whom = partner()
    for _ in range(5):
        await ask(whom, Script(Garbled()))
    await asyncio.sleep(6)
    script = Script(Unreachable())
    outcome = await ask(whom, script)
    assert (outcome.word, len(script.at)) == ("unreachable", 1)
