"""An adapter's mistake ends at the exchange: the asker gets an outcome, the log a place, nobody a number."""

import asyncio
import json
from io import BytesIO

import pytest
from prometheus_client import REGISTRY

from contracts import Garbled, Unreachable
from tests.gateway.exchange.play import Script, ask, ended, partner
from tests.gateway.gate import CANARY, log_into
from tests.virtual_time import in_virtual_time


class Odd(BaseException):
    """Stands for what nobody expects, and what is not an Exception."""


@in_virtual_time
async def test_a_defect_is_a_garbled_answer() -> None:
    """It says `defect`, so that it is looked for with us and not with the partner."""
    outcome = await ask(partner(), Script(KeyError("kelas")))
    assert (ended(outcome), outcome.attempts) == (("garbled", "defect"), 1)


def test_a_defect_is_logged_with_its_place_and_without_data() -> None:
    """Type and line are there; the text, which repeats what was asked, is not."""
    stream = BytesIO()

    @in_virtual_time
    async def asked() -> None:
        defect = ValueError(f"no card for {CANARY}")
        defect.__cause__ = RuntimeError(f"GET /Peserta/nik/{CANARY}")
        await ask(partner(), Script(defect))

    with log_into(stream):
        asked()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    (told,) = [line for line in lines if line["event"] == "exchange.defect"]
    assert (told["partner"], told["operation"]) == ("bpjs", "check_eligibility")
    assert told["error"] == "ValueError < RuntimeError"
    assert any("play" in place for place in told["where"])
    assert CANARY not in stream.getvalue().decode()
    assert "card" not in stream.getvalue().decode()


@in_virtual_time
async def test_something_shared_that_was_cancelled_is_not_our_asker_leaving() -> None:
    """A token fetched for two: the one who left must not take the other one with it."""

    async def shared() -> str:
        task = asyncio.ensure_future(asyncio.sleep(60, "token"))
        asyncio.get_running_loop().call_later(0.5, task.cancel)
        return await task

    outcome = await ask(partner(), shared)  # type: ignore[arg-type]  # a script of one line
    assert ended(outcome) == ("garbled", "defect")


@in_virtual_time
async def test_what_ends_the_program_is_not_caught() -> None:
    """A KeyboardInterrupt or the like is nobody's outcome, and leaves no place taken."""
    whom = partner(concurrency=1)

    async def stop() -> str:
        raise Odd

    with pytest.raises(Odd):
        await ask(whom, stop)  # type: ignore[arg-type]  # a script of one line
    assert (await ask(whom, Script())).word == "answered"


def count(word: str) -> float:
    """Return how many exchanges of the test's partner ended so."""
    labels = {"partner": "bpjs", "operation": "check_eligibility", "word": word}
    return REGISTRY.get_sample_value("gerbang_exchanges_total", labels) or 0.0


@in_virtual_time
async def test_every_exchange_is_counted_once() -> None:
    """By its word, whatever the number of attempts."""
    before = count("unreachable"), count("garbled"), count("not_asked")
    await ask(partner(), Script(Unreachable()))
    await ask(partner(), Script(Garbled()))
    await ask(partner(connected=False), Script())
    assert (count("unreachable"), count("garbled"), count("not_asked")) == tuple(n + 1 for n in before)
