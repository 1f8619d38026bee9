"""What gathers in one turn of the event loop is done together; nobody waits for others to come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.db.batching import BatchThread, Overrun, Pending

Batches = list[list[int]]


@asynccontextmanager
async def _running(
    batches: Batches, *, at_most: int = 256, room: int = 1000
) -> AsyncIterator[BatchThread[int, int]]:
    """Give a thread that answers every number with itself and writes its batches down."""

    def perform(batch: list[Pending[int, int]]) -> None:
        batches.append([pending.job for pending in batch])
        for pending in batch:
            pending.settle(pending.job)

    thread = BatchThread[int, int]("test-batches", perform, at_most=at_most, room=room)
    thread.start()
    yield thread
    await thread.stop()


async def test_jobs_of_one_turn_are_one_batch() -> None:
    """Fifty askers at once cost one commit, not fifty."""
    batches: Batches = []
    async with _running(batches) as thread:
        answers = await asyncio.gather(*(thread.submit(number) for number in range(50)))
    assert list(range(50)) == answers
    assert [list(range(50))] == batches


async def test_a_batch_has_its_limit() -> None:
    """More than fit into one transaction make several, in order."""
    batches: Batches = []
    async with _running(batches, at_most=20) as thread:
        await asyncio.gather(*(thread.submit(number) for number in range(50)))
    assert [len(batch) for batch in batches] == [20, 20, 10]
    assert list(range(50)) == [number for batch in batches for number in batch]


async def test_what_gathers_counts_against_the_room() -> None:
    """A flood within one turn is refused as one over several turns is."""
    async with _running([], room=10) as thread:
        answers = await asyncio.gather(
            *(thread.submit(number) for number in range(12)), return_exceptions=True
        )
    assert [Overrun, Overrun] == [type(answer) for answer in answers if not isinstance(answer, int)]


async def test_what_has_gathered_is_done_before_the_end() -> None:
    """Whoever asked in the turn in which the thread is told to stop still gets an answer."""
    batches: Batches = []
    async with _running(batches) as thread:
        asked = asyncio.create_task(thread.submit(7))
        await asyncio.sleep(0)
        await thread.stop()
        assert await asyncio.wait_for(asked, 5) == 7
    with pytest.raises(Overrun):
        await thread.submit(8)
