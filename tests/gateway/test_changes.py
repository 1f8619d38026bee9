"""Who looks at referrals hears which has changed."""

import asyncio

from gateway.changes import EVERYTHING, MOST_WAITING, Changes


async def test_everybody_who_follows_hears_of_it() -> None:
    """In order, and only from now on."""
    changes = Changes()
    changes.tell("r-before")
    with changes.follow() as one, changes.follow() as other:
        for name in ("r-1", "r-2"):
            changes.tell(name)
        assert [await anext(one), await anext(one)] == ["r-1", "r-2"]
        assert await anext(other) == "r-1"


async def test_who_is_too_slow_is_told_to_look_at_everything() -> None:
    """Nothing is kept for them without bound, and nothing is lost: the star stands for all of it."""
    changes = Changes()
    with changes.follow() as ids:
        for number in range(MOST_WAITING + 1):
            changes.tell(f"r-{number}")
        changes.tell("r-last")
        assert [await anext(ids), await anext(ids)] == [EVERYTHING, "r-last"]


async def test_who_has_gone_is_not_remembered() -> None:
    """A closed tab costs nothing."""
    changes = Changes()
    with changes.follow():
        assert changes.followers == 1
    assert changes.followers == 0


async def test_a_follower_waits_for_the_next_change() -> None:
    """No polling."""
    changes = Changes()
    with changes.follow() as ids:
        waiting = asyncio.ensure_future(anext(ids))
        await asyncio.sleep(0)
        assert not waiting.done()
        changes.tell("r-1")
        assert await waiting == "r-1"
