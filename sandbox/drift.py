"""Beds fill and empty by themselves: a seeded random walk that stays near where it began."""

import asyncio
from random import Random

from sandbox.building import CLEANING, FREE, ISOLATED, TAKEN
from sandbox.hospital import Hospital, state_of
from sandbox.world import World

_NEXT = {FREE: TAKEN, TAKEN: CLEANING, CLEANING: FREE}


def _wanted(hospital: Hospital, key: str, random: Random) -> str:
    """Which state's bed is to move on: freeing grows likelier the fewer are free, and the reverse."""
    beds = hospital.beds(key)
    free = sum(state_of(bed) in (FREE, ISOLATED) for bed in beds)
    usual = next(row.free for row in hospital.row.beds if row.key == key)
    if random.random() < min(0.9, max(0.1, 0.5 + 0.2 * (free - usual))):
        return FREE
    return random.choice((TAKEN, CLEANING))


def step(world: World, random: Random) -> str | None:
    """Move one bed of one hospital on to its next state; return the hospital's id."""
    moving = [
        hospital
        for hospital in world.hospitals.values()
        if hospital.bearers and "stale" not in hospital.row.habits
    ]
    hospital = random.choice(moving)
    key = random.choice(hospital.row.beds).key
    wanted = _wanted(hospital, key, random)
    beds = [bed for bed in hospital.beds(key) if state_of(bed) == wanted]
    if not beds:
        return None
    hospital.set_state(random.choice(beds), _NEXT[wanted], world.now())
    return hospital.row.id


async def drift(world: World, *, seed: int, every_s: float) -> None:
    """Move a bed every *every_s* seconds until cancelled."""
    random = Random(f"{seed}/drift")  # noqa: S311 - repeatable sample data
    while True:
        await asyncio.sleep(every_s)
        step(world, random)
