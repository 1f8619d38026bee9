"""The breaker as exchanges feel it: what counts against a partner, and the one probe that may close it."""

import asyncio

import pytest

from contracts import Busy, CannotConvey, Garbled, NoAnswer, NotAccepted, PartnerError, Refused, Unreachable
from tests.gateway.exchange.play import HANGS, OPERATION, Script, ask, ended, open_the_breaker, partner
from tests.virtual_time import in_virtual_time


@pytest.mark.parametrize(
    "failure", [Unreachable(), NoAnswer(), Busy(retry_after=60), Garbled(), PartnerError()]
)
def test_five_failures_open_it(failure: Exception) -> None:
    """The sixth attempt is not made."""

    @in_virtual_time
    async def asked() -> None:
        whom = partner(attempts=1)
        script = Script(failure)
        for _ in range(5):
            assert whom.breaker(OPERATION).state == "closed"
            await ask(whom, script)
        assert ended(await ask(whom, script)) == ("not_asked", "breaker_open")
        assert len(script.at) == 5

    asked()


@pytest.mark.parametrize(
    "failure", [Refused("no", code="1"), NotAccepted(), CannotConvey("nik"), ValueError("defect")]
)
def test_a_reasoned_no_and_our_own_inability_do_not(failure: Exception) -> None:
    """A partner that says no is well; what we cannot say, it never heard."""

    @in_virtual_time
    async def asked() -> None:
        whom = partner()
        for _ in range(50):
            await ask(whom, Script(failure))
        assert whom.breaker(OPERATION).state == "closed"

    asked()


@in_virtual_time
async def test_one_operation_does_not_close_the_other() -> None:
    """A breaker per partner and operation."""
    whom = partner()
    await open_the_breaker(whom, Unreachable())
    assert whom.breaker("report_capacity").state == "closed"


@in_virtual_time
async def test_twenty_askers_send_one_probe() -> None:
    """After the pause one goes through and the others are told that nobody was asked."""
    whom = partner(concurrency=20)
    await open_the_breaker(whom, Unreachable())
    await asyncio.sleep(5.1)
    script = Script(1.0)
    outcomes = await asyncio.gather(*(ask(whom, script) for _ in range(20)))
    assert len(script.at) == 1
    assert sorted(outcome.word for outcome in outcomes) == ["answered", *["not_asked"] * 19]


@in_virtual_time
async def test_a_good_probe_closes_it_for_everybody() -> None:
    """One answer, and whoever comes next is let through as ever."""
    whom = partner()
    await open_the_breaker(whom, Unreachable())
    await asyncio.sleep(5.1)
    assert (await ask(whom, Script())).word == "answered"
    outcomes = await asyncio.gather(*(ask(whom, Script(0.1)) for _ in range(8)))
    assert {outcome.word for outcome in outcomes} == {"answered"}
    assert whom.breaker(OPERATION).state == "closed"


@in_virtual_time
async def test_a_refused_probe_closes_it_too() -> None:
    """It is the partner that answers."""
    whom = partner()
    await open_the_breaker(whom, Unreachable())
    await asyncio.sleep(5.1)
    assert (await ask(whom, Script(Refused("no", code="1")))).word == "refused"
    assert whom.breaker(OPERATION).state == "closed"


@in_virtual_time
async def test_a_late_probe_opens_it_for_longer() -> None:
    """Hanging is failing: the second pause is twice the first."""
    whom = partner()
    await open_the_breaker(whom, Unreachable())
    await asyncio.sleep(5.1)
    assert (await ask(whom, Script(HANGS))).word == "late"
    await asyncio.sleep(9.9)
    assert (await ask(whom, Script())).word == "not_asked"
    await asyncio.sleep(0.2)
    assert (await ask(whom, Script())).word == "answered"


@pytest.mark.parametrize("ending", [CannotConvey("nik"), ValueError("defect")])
def test_a_probe_that_tells_nothing_is_given_back(ending: Exception) -> None:
    """It neither closes the breaker nor blocks the next probe."""

    @in_virtual_time
    async def asked() -> None:
        whom = partner()
        await open_the_breaker(whom, Unreachable())
        await asyncio.sleep(5.1)
        await ask(whom, Script(ending))
        assert whom.breaker(OPERATION).state == "half_open"
        assert (await ask(whom, Script())).word == "answered"

    asked()


@in_virtual_time
async def test_a_probe_whose_asker_went_away_is_given_back() -> None:
    """Otherwise nobody would ever ask again."""
    whom = partner()
    await open_the_breaker(whom, Unreachable())
    await asyncio.sleep(5.1)
    probe = asyncio.create_task(ask(whom, Script(HANGS)))
    await asyncio.sleep(0.5)
    assert (await ask(whom, Script())).word == "not_asked"
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert (await ask(whom, Script())).word == "answered"


@in_virtual_time
async def test_a_probe_with_too_little_time_is_given_back() -> None:
    """Cut off after a tenth of a second it proved nothing."""
    whom = partner()
    await open_the_breaker(whom, Unreachable())
    await asyncio.sleep(5.1)
    assert (await ask(whom, Script(HANGS), within=0.1)).word == "late"
    assert (await ask(whom, Script())).word == "answered"


@in_virtual_time
async def test_a_straggler_does_not_judge_the_probe() -> None:
    """Eight asked before it opened; their ends, good or bad, leave the probe alone."""
    whom = partner()
    stragglers = [
        asyncio.create_task(ask(whom, Script(HANGS), within=7.0)),
        asyncio.create_task(ask(whom, Script(6.5), within=9.0)),
    ]
    await asyncio.sleep(0)
    await open_the_breaker(whom, Unreachable())
    await asyncio.sleep(5.1)
    probe_script = Script(1.9)
    probe = asyncio.create_task(ask(whom, probe_script))
    await asyncio.sleep(1.0)
    assert (await ask(whom, Script())).word == "not_asked"
    assert (await probe).word == "answered"
    assert whom.breaker(OPERATION).state == "closed"
    assert [(await each).word for each in stragglers] == ["late", "answered"]
    assert whom.breaker(OPERATION).state == "closed"


@in_virtual_time
async def test_a_partner_down_for_an_hour_is_asked_once_a_minute() -> None:
    """One asker a second for an hour makes some sixty attempts, and the first good one ends it."""
    whom = partner()
    script = Script(Unreachable())
    for _ in range(3600):
        await ask(whom, script)
        await asyncio.sleep(1)
    assert 60 <= len(script.at) <= 100
    for _ in range(61):
        if (await ask(whom, Script())).word == "answered":
            break
        await asyncio.sleep(1)
    assert whom.breaker(OPERATION).state == "closed"
