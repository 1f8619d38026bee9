"""A flood of bad keys must not fill the disk, and must not go unseen."""

import asyncio

import pytest

from gateway.access.refusals import Refusals, neighbourhood, refused
from tests.gateway.gate import Gate, Notebook


def _entry():
    return refused("key-unknown", route="/v1/beds", source="192.0.2.0/24", request="abc")


async def test_a_flood_becomes_a_few_entries_and_one_sum():
    """Ten per neighbourhood and window, then a number."""
    async with Gate([], window_s=0.05, most_per_source=3) as gate:
        async with gate.caller("grb_demo_wrong") as caller:
            for _ in range(20):
                assert (await caller.get("/v1/who")).status_code == 401
        await asyncio.sleep(0.1)
        *single, total = gate.notebook.entries
    assert [entry.code for entry in single] == ["key-unknown"] * 3
    assert total.code == "many"
    assert total.detail == {"count": 17, "sources": 1, "most_from": "192.0.2.0/24", "most": 17}


async def test_one_neighbourhood_does_not_silence_another():
    """Somebody else's refusal is still written out."""
    book = Notebook()
    refusals = Refusals(book.record, most_per_source=1)
    for source in ("192.0.2.0/24", "192.0.2.0/24", "198.51.100.0/24"):
        await refusals.note(_entry(), source=source)
    assert len(book.entries) == 2
    await refusals.close()
    assert book.entries[-1].detail["count"] == 1


async def test_many_neighbourhoods_share_one_bound():
    """An attacker with a million addresses gets no million entries, nor a million counters."""
    book = Notebook()
    refusals = Refusals(book.record, most_in_all=5)
    for number in range(500):
        await refusals.note(_entry(), source=f"net-{number}")
    await refusals.close()
    assert len(book.entries) == 6
    assert book.entries[-1].detail["count"] == 495
    assert book.entries[-1].detail["sources"] == 6


async def test_the_next_window_starts_from_nothing():
    """After the sum, single entries again."""
    book = Notebook()
    refusals = Refusals(book.record, window_s=0.02, most_per_source=1)
    for _ in range(2):
        await refusals.note(_entry(), source="here")
        await refusals.note(_entry(), source="here")
        await asyncio.sleep(0.05)
    await refusals.close()
    assert [entry.code for entry in book.entries] == ["key-unknown", "many", "key-unknown", "many"]


async def test_a_slow_log_holds_an_answer_a_quarter_second_at_most():
    """The entry is still written when the log gets to it."""
    written = []

    async def slowly(entry):
        await asyncio.sleep(0.6)
        written.append(entry)

    refusals = Refusals(slowly)
    async with asyncio.timeout(0.5):
        await refusals.note(_entry(), source="here")
    assert written == []
    await refusals.close()
    assert len(written) == 1


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_is_kept_as_its_neighbourhood(host, network):
    """Enough to see where a flood comes from."""
    assert neighbourhood(host) == network
