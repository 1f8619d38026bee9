"""One deadline for everything: waiting for a place, the intent, every attempt and every pause."""

import asyncio

import pytest

from contracts import Busy, NoAnswer, Unreachable
from tests.gateway.exchange.play import ANSWER, HANGS, OPERATION, Script, Watching, ask, ended, gaps, partner
from tests.virtual_time import in_virtual_time, now


@in_virtual_time
async def test_a_partner_that_hangs_is_late_at_the_deadline() -> None:
    """The attempt under way is cut off at that moment, and no other is made."""
    script, began = Script(HANGS), now()
    outcome = await ask(partner(), script, within=1.5)
    assert ended(outcome) == ("late", "deadline")
    assert (outcome.attempts, outcome.elapsed_ms, script.cut_off) == (1, 1500, 1)
    assert now() - began == pytest.approx(1.5)


@in_virtual_time
async def test_an_answer_in_time_is_an_answer() -> None:
    """Just before the deadline is in time."""
    outcome = await ask(partner(), Script(1.49), within=1.5)
    assert ended(outcome) == ("answered", None)
    assert outcome.result == ANSWER


@in_virtual_time
async def test_waiting_for_a_place_counts() -> None:
    """Whoever waited the whole time was not asked about at all, and the partner is not blamed."""
    whom = partner(concurrency=1)
    first = asyncio.create_task(ask(whom, Script(HANGS), within=3.0))
    await asyncio.sleep(0)
    script, watching = Script(), Watching()
    outcome = await ask(whom, script, within=1.0, witness=watching)
    assert ended(outcome) == ("not_asked", "deadline")
    assert (script.at, watching.notes, outcome.elapsed_ms) == ([], [], 1000)
    assert whom.presence.last_word is None
    assert (await first).word == "late"


@in_virtual_time
async def test_what_is_left_after_waiting_is_all_there_is() -> None:
    """A place after 1.5 of 2 s leaves the attempt half a second."""
    whom = partner(concurrency=1)
    first = asyncio.create_task(ask(whom, Script(1.5)))
    await asyncio.sleep(0)
    script, began = Script(HANGS), now()
    assert ended(await ask(whom, script, within=2.0)) == ("late", "deadline")
    assert script.at == [pytest.approx(began + 1.5)]
    assert now() - began == pytest.approx(2.0)
    assert (await first).word == "answered"


@in_virtual_time
async def test_a_deadline_that_has_passed_sends_nothing() -> None:
    """Nobody waits for the answer any more."""
    script, watching = Script(1.0), Watching(intent_s=0.001)
    outcome = await ask(partner(), script, within=-1.0, witness=watching)
    assert script.at == []
    assert outcome.attempts == 0


@in_virtual_time
async def test_a_slow_intent_is_inside_the_deadline() -> None:
    """A database that takes too long to commit the intent keeps the question from leaving."""
    script, watching = Script(), Watching(intent_s=5.0)
    outcome = await ask(partner(), script, within=1.0, witness=watching)
    assert (ended(outcome), outcome.attempts) == (("late", "deadline"), 0)
    assert script.at == []


@in_virtual_time
async def test_nobody_waits_for_a_retry_that_cannot_come_in_time() -> None:
    """Asked to wait longer than there is time, the answer is given at once."""
    outcome = await ask(partner(), Script(Busy("status_503", retry_after=2.0)), within=2.0)
    assert (ended(outcome), outcome.attempts, outcome.elapsed_ms) == (("busy", "status_503"), 1, 0)


@in_virtual_time
async def test_a_partner_that_asks_for_patience_gets_it() -> None:
    """Retry-After is a lower bound, and a tenth more at most."""
    script = Script(Busy(retry_after=3.0), ANSWER)
    outcome = await ask(partner(), script, within=10.0)
    assert (outcome.word, outcome.attempts) == ("answered", 2)
    (waited,) = gaps(script.at)
    assert 3.0 <= waited <= 3.3


@pytest.mark.parametrize("failure", [Unreachable(), Busy(), NoAnswer()])
@pytest.mark.parametrize("within", [0.01, 0.06, 0.3, 1.1, 2.5])
def test_no_pause_passes_the_deadline(failure: Exception, within: float) -> None:
    """Whatever is drawn, the exchange ends with its own word and not by running out of time."""

    @in_virtual_time
    async def once() -> None:
        outcome = await ask(partner(attempts=5), Script(failure), within=within)
        assert outcome.error is failure
        assert outcome.elapsed_ms <= within * 1000

    for _ in range(20):
        once()


@in_virtual_time
async def test_the_last_attempt_is_cut_off_too() -> None:
    """A retry has what its elders left over."""
    script, began = Script(Unreachable(), HANGS), now()
    outcome = await ask(partner(), script, within=1.0)
    assert (ended(outcome), outcome.attempts) == (("late", "deadline"), 2)
    assert now() - began == pytest.approx(1.0)


@in_virtual_time
async def test_a_timeout_of_the_adapters_own_is_no_deadline() -> None:
    """An adapter promised PartnerError only: its TimeoutError is its defect, and nobody was late."""
    outcome = await ask(partner(), Script(TimeoutError()))
    assert ended(outcome) == ("garbled", "defect")


@in_virtual_time
async def test_late_speaks_against_the_partner() -> None:
    """Five hang, and nobody asks the sixth."""
    whom = partner()
    for _ in range(5):
        assert (await ask(whom, Script(HANGS))).word == "late"
    assert whom.presence.last_word == "late"
    assert whom.breaker(OPERATION).state == "open"


@in_virtual_time
async def test_an_attempt_without_a_fair_chance_does_not() -> None:
    """Who leaves the partner a tenth of a second cannot close it for everybody else."""
    whom = partner()
    for _ in range(20):
        assert (await ask(whom, Script(HANGS), within=0.1)).word == "late"
    assert whom.breaker(OPERATION).state == "closed"
    assert whom.presence.last_word is None
