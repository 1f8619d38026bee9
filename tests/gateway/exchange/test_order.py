"""The guards stand in one order, and what was intended is always followed by what came of it."""

import asyncio

import pytest

from contracts import Busy, CannotConvey, Garbled, NoAnswer, NotAccepted, Refused, Unreachable
from gateway import db
from gateway.partners.config import Standing
from tests.gateway.exchange.play import (
    ANSWER,
    HANGS,
    OPERATION,
    Script,
    Watching,
    ask,
    ended,
    open_the_breaker,
    partner,
)
from tests.virtual_time import in_virtual_time, now


class CannotWrite(Exception):
    """As the database says when nothing can be committed."""


@pytest.mark.parametrize("standing", [Standing.PLANNED, Standing.ONBOARDING, Standing.SUSPENDED])
def test_only_a_live_partner_is_asked(standing: Standing) -> None:
    """Planned, trying out or suspended: nothing is sent and nothing intended."""

    @in_virtual_time
    async def asked() -> None:
        script, watching = Script(), Watching()
        outcome = await ask(partner(standing=standing), script, witness=watching)
        assert ended(outcome) == ("not_asked", "standing")
        assert (script.at, watching.notes) == ([], [])

    asked()


@pytest.mark.parametrize(
    ("standing", "word"),
    [
        (Standing.PLANNED, "not_asked"),
        (Standing.ONBOARDING, "answered"),
        (Standing.LIVE, "answered"),
        (Standing.SUSPENDED, "not_asked"),
    ],
)
def test_a_drill_goes_to_whoever_is_trying_things_out_as_well(standing: Standing, word: str) -> None:
    """With the same guards; to a planned or suspended partner nothing goes."""

    @in_virtual_time
    async def asked() -> None:
        script, watching = Script(), Watching()
        outcome = await ask(partner(standing=standing), script, witness=watching, drill=True)
        assert outcome.word == word
        assert (len(script.at), bool(watching.notes)) == ((1, True) if word == "answered" else (0, False))

    asked()


@pytest.mark.parametrize("drill", [False, True])
def test_a_partner_without_a_system_is_not_asked(drill: bool) -> None:
    """It has a telephone."""

    @in_virtual_time
    async def asked() -> None:
        outcome = await ask(partner(connected=False), Script(), drill=drill)
        assert ended(outcome) == ("not_asked", "no_system")

    asked()


@in_virtual_time
async def test_a_full_bulkhead_turns_away_at_once() -> None:
    """One under way, one waiting: the third is told now, before breaker and intent."""
    whom = partner(concurrency=1, queue=1)
    held = [asyncio.create_task(ask(whom, Script(0.5))) for _ in range(2)]
    await asyncio.sleep(0)
    script, watching = Script(), Watching()
    outcome = await ask(whom, script, witness=watching)
    assert ended(outcome) == ("not_asked", "bulkhead_full")
    assert (outcome.elapsed_ms, script.at, watching.notes) == (0, [], [])
    assert [(await each).word for each in held] == ["answered", "answered"]


@in_virtual_time
async def test_an_open_breaker_lets_nothing_be_intended() -> None:
    """What is not going to leave is not announced."""
    whom = partner()
    await open_the_breaker(whom, Unreachable())
    script, watching = Script(), Watching()
    outcome = await ask(whom, script, witness=watching)
    assert ended(outcome) == ("not_asked", "breaker_open")
    assert (script.at, watching.notes, outcome.elapsed_ms) == ([], [], 0)


@in_virtual_time
async def test_a_breaker_that_opens_while_one_waits_is_heeded() -> None:
    """Who waited for a place looks again before asking."""
    whom = partner(concurrency=1)
    first = asyncio.create_task(ask(whom, Script(HANGS), within=1.0))
    await asyncio.sleep(0)
    script = Script()
    second = asyncio.create_task(ask(whom, script, within=5.0))
    await asyncio.sleep(0)
    breaker = whom.breaker(OPERATION)
    permit = breaker.admit()
    assert permit is not None
    for _ in range(5):
        breaker.failed(permit)
    assert ended(await second) == ("not_asked", "breaker_open")
    assert ((await first).word, script.at) == ("late", [])


@in_virtual_time
async def test_the_intent_comes_before_the_first_attempt() -> None:
    """Once for the exchange, however many attempts it takes, and the outcome last."""
    notes: list[str] = []
    script = Script(Unreachable(), NoAnswer(), ANSWER, notes=notes)
    outcome = await ask(partner(), script, within=10.0, witness=Watching(notes))
    assert outcome.word == "answered"
    assert notes == ["intent", "attempt", "attempt", "attempt", "outcome"]


@in_virtual_time
async def test_what_cannot_be_written_down_is_not_sent() -> None:
    """The intent's own trouble reaches the asker; place and probe are given back."""
    whom = partner(concurrency=1)
    script, watching = Script(), Watching(trouble=CannotWrite())
    with pytest.raises(CannotWrite):
        await ask(whom, script, witness=watching)
    assert (script.at, watching.outcomes) == ([], [])
    assert (await ask(whom, Script())).word == "answered"


@in_virtual_time
async def test_a_probe_whose_intent_fails_lets_another_be_it() -> None:
    """A full disk of ours must not keep a recovered partner closed."""
    whom = partner()
    await open_the_breaker(whom, Unreachable())
    await asyncio.sleep(6)
    with pytest.raises(CannotWrite):
        await ask(whom, Script(), witness=Watching(trouble=CannotWrite()))
    assert (await ask(whom, Script())).word == "answered"


@in_virtual_time
async def test_a_timeout_of_the_witness_is_not_the_deadline() -> None:
    """It passes through like whatever else goes wrong with an intent."""
    with pytest.raises(TimeoutError):
        await ask(partner(), Script(), witness=Watching(trouble=TimeoutError()))


@pytest.mark.parametrize(
    ("step", "word"),
    [
        (ANSWER, "answered"),
        (HANGS, "late"),
        (Unreachable(), "unreachable"),
        (NoAnswer(), "no_answer"),
        (Busy(), "busy"),
        (Refused("no", code="201"), "refused"),
        (NotAccepted(), "not_accepted"),
        (Garbled(), "garbled"),
        (CannotConvey("nik"), "cannot_convey"),
        (ValueError("defect"), "garbled"),
    ],
)
def test_every_intent_is_followed_by_its_outcome(step: Exception | str, word: str) -> None:
    """However it ends, the outcome told is the outcome recorded, once."""

    @in_virtual_time
    async def asked() -> None:
        watching = Watching()
        outcome = await ask(partner(), Script(step), witness=watching)
        assert outcome.word == word
        assert watching.outcomes == [outcome]
        assert watching.notes == ["intent", "outcome"]

    asked()


@pytest.mark.parametrize("after", [0.5, 1.0, 1.5, 2.5])
def test_an_asker_who_goes_away_leaves_its_outcome(after: float) -> None:
    """While the intent is committed, while the partner is awaited, while the outcome is recorded."""

    @in_virtual_time
    async def asked() -> None:
        watching = Watching(intent_s=1.0, outcome_s=1.0)
        asker = asyncio.create_task(ask(partner(), Script(1.0), within=9.0, witness=watching))
        await asyncio.sleep(after)
        asker.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asker
        await asyncio.sleep(5)
        assert len(watching.outcomes) == 1

    asked()


@in_virtual_time
async def test_a_second_farewell_does_not_lose_the_outcome_either() -> None:
    """Cancelled again while the first cancellation is being recorded."""
    watching = Watching(outcome_s=1.0)
    asker = asyncio.create_task(ask(partner(), Script(HANGS), within=9.0, witness=watching))
    for _ in range(2):
        await asyncio.sleep(0.5)
        asker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asker
    await asyncio.sleep(5)
    assert [outcome.reason for outcome in watching.outcomes] == ["cancelled"]


@in_virtual_time
async def test_an_asker_who_goes_away_frees_its_place() -> None:
    """Under way or waiting: no hole is left in the bulkhead, and no verdict on the partner."""
    whom = partner(concurrency=2, queue=2)
    askers = [asyncio.create_task(ask(whom, Script(HANGS), within=60.0)) for _ in range(4)]
    await asyncio.sleep(1.0)
    for asker in askers:
        asker.cancel()
    await asyncio.gather(*askers, return_exceptions=True)
    assert whom.bulkhead.waiting == 0
    began = now()
    outcomes = await asyncio.gather(*(ask(whom, Script(0.5)) for _ in range(4)))
    assert [outcome.word for outcome in outcomes] == ["answered"] * 4
    assert now() - began == pytest.approx(1.0)
    assert whom.breaker(OPERATION).state == "closed"


@in_virtual_time
@pytest.mark.parametrize("may_have_happened", [True, False])
async def test_an_intent_that_may_stand_in_the_log_gets_its_outcome(may_have_happened: bool) -> None:
    """The commit's answer was lost: nothing is sent, the asker is told, and the log says that nothing was."""
    lost = db.CannotWrite("connection lost", may_have_happened=may_have_happened)
    watching, script = Watching(trouble=lost), Script()
    with pytest.raises(db.CannotWrite):
        await ask(partner(), script, witness=watching)
    assert script.at == []
    said = [ended(outcome) for outcome in watching.outcomes]
    assert said == ([("not_asked", "cannot_record")] if may_have_happened else [])


@in_virtual_time
async def test_the_partners_fault_never_reaches_the_asker() -> None:
    """Twenty kinds of trouble, not one exception."""
    troubles = (Unreachable(), Garbled(), RuntimeError(), KeyError("x"), AssertionError(), RecursionError())
    for trouble in troubles:
        assert (await ask(partner(), Script(trouble))).result is None
