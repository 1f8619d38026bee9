"""The bulkhead by itself: so many at once, so many waiting, and no hole where somebody gave up."""

import asyncio
import random

import pytest

from gateway.partners.bulkhead import Bulkhead, BulkheadFull
from tests.virtual_time import in_virtual_time, now


class Crowd:
    """Counts who is inside."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.bulkhead = bulkhead
        self.inside = 0
        self.most = 0
        self.order: list[int] = []

    async def visit(self, seconds: float = 1.0, *, name: int = 0) -> None:
        """Take a place for so long."""
        async with self.bulkhead:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.order.append(name)
            try:
                await asyncio.sleep(seconds)
            finally:
                self.inside -= 1


@in_virtual_time
async def test_no_more_than_agreed_are_inside_at_once() -> None:
    """Three places, nine visitors of a second: three seconds."""
    crowd, began = Crowd(Bulkhead(concurrency=3, queue=9)), now()
    await asyncio.gather(*(crowd.visit() for _ in range(9)))
    assert crowd.most == 3
    assert now() - began == pytest.approx(3.0)


@in_virtual_time
async def test_who_finds_the_queue_full_is_told_at_once() -> None:
    """Two inside, two waiting, and the fifth has not lost a moment."""
    crowd = Crowd(Bulkhead(concurrency=2, queue=2))
    visits = [asyncio.create_task(crowd.visit()) for _ in range(4)]
    await asyncio.sleep(0)
    began = now()
    with pytest.raises(BulkheadFull):
        await crowd.visit()
    assert now() == began
    await asyncio.gather(*visits)
    await crowd.visit()


@in_virtual_time
async def test_without_a_queue_nobody_waits() -> None:
    """A queue of none is a queue that is full."""
    crowd = Crowd(Bulkhead(concurrency=1, queue=0))
    visit = asyncio.create_task(crowd.visit())
    await asyncio.sleep(0)
    with pytest.raises(BulkheadFull):
        await crowd.visit()
    await visit
    await crowd.visit()


@in_virtual_time
async def test_the_longest_waiting_goes_first() -> None:
    """Nobody who comes later slips in."""
    crowd = Crowd(Bulkhead(concurrency=1, queue=9))
    await asyncio.gather(*(crowd.visit(name=number) for number in range(6)))
    assert crowd.order == list(range(6))


@in_virtual_time
async def test_a_visitor_that_fails_gives_its_place_back() -> None:
    """Whatever is raised inside."""
    bulkhead = Bulkhead(concurrency=1, queue=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with bulkhead:
                raise ZeroDivisionError


@in_virtual_time
async def test_one_who_gave_up_waiting_leaves_no_hole() -> None:
    """Neither in the queue nor in the order."""
    crowd = Crowd(Bulkhead(concurrency=1, queue=3))
    visits = [asyncio.create_task(crowd.visit(name=number)) for number in range(4)]
    await asyncio.sleep(0.5)
    visits[1].cancel()
    await asyncio.sleep(0)
    assert crowd.bulkhead.waiting == 2
    visits.append(asyncio.create_task(crowd.visit(name=4)))
    await asyncio.gather(*visits, return_exceptions=True)
    assert crowd.order == [0, 2, 3, 4]


@in_virtual_time
async def test_one_who_gave_up_in_the_moment_of_its_turn_passes_it_on() -> None:
    """The place was given to it and it never came."""
    crowd = Crowd(Bulkhead(concurrency=1, queue=3))

    async def leave_and_cancel_the_next() -> None:
        await crowd.visit(name=0)
        visits[1].cancel()

    first = asyncio.create_task(leave_and_cancel_the_next())
    visits = [first, *(asyncio.create_task(crowd.visit(name=number)) for number in (1, 2))]
    await asyncio.gather(*visits, return_exceptions=True)
    assert (crowd.order, crowd.inside) == ([0, 2], 0)
    await asyncio.wait_for(crowd.visit(name=3), 2)


@pytest.mark.parametrize("seed", range(5))
def test_coming_and_going_loses_no_place(seed: int) -> None:
    """After hundreds of visitors, a third of whom left early, every place is free and no more than that."""
    luck = random.Random(seed)

    @in_virtual_time
    async def bustle() -> None:
        crowd = Crowd(Bulkhead(concurrency=3, queue=10))
        visits = []
        for _ in range(300):
            visits.append(asyncio.create_task(crowd.visit(luck.choice([0.0, 0.1, 1.0]))))
            await asyncio.sleep(luck.choice([0.0, 0.05, 0.2]))
            if luck.random() < 0.3:
                luck.choice(visits).cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        assert (crowd.most, crowd.inside, crowd.bulkhead.waiting) == (3, 0, 0)
        crowd.most = 0
        await asyncio.gather(*(crowd.visit() for _ in range(13)))
        assert crowd.most == 3

    bustle()
