"""Turns: what is due is carried, once at a time, within bounds, and again after whatever failed."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from gateway.db import CannotRead, CannotWrite
from gateway.turns.executor import AGAIN_S
from tests.virtual_time import now

from .rows import Bench, Rows, on_both, until


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the log from the console."""
    with capture_logs():
        yield


@on_both
async def test_what_is_due_is_carried_once(bench: Bench) -> None:
    """Also while a turn takes longer than many sweeps."""
    rows = Rows("a", "b")
    rows.held.clear()
    async with bench.running(rows):
        await asyncio.sleep(3)
        assert rows.carried == [("a", 0), ("b", 0)]
        rows.held.set()
        await asyncio.sleep(2)
    assert rows.carried == [("a", 0), ("b", 0)]
    assert rows.due_now == {}


@on_both
async def test_what_comes_due_is_seen_within_the_pause_or_at_once(bench: Bench) -> None:
    """Half a second; `look` makes it now."""
    rows = Rows("first")
    at_once = 0.25 if bench.queued else 0.001  # real time here, of a machine that does other things too
    async with bench.running(rows) as (turns, _):
        await until(lambda: len(rows.carried) == 1, within=5)
        rows.add(["a"])
        began = now()
        await until(lambda: len(rows.carried) == 2, within=5)
        assert 0 < rows.at[1] - began <= 0.5 + at_once
        await asyncio.sleep(0.1)
        rows.add(["b"])
        looked = now()
        turns.look()
        await until(lambda: len(rows.carried) == 3, within=5)
        assert rows.at[2] - looked < at_once


@on_both
async def test_a_look_at_one_kind_asks_for_no_other(bench: Bench) -> None:
    """So that a kind with many turns costs the others nothing; all are swept now and then."""
    rows, others = Rows(), Rows(name="other")
    async with bench.running(rows, every_s=1.0) as (turns, _):
        turns.add(others)
        await asyncio.sleep(1.5)
        rows.add(["a"])
        others.add(["b"])
        turns.look("row")
        await until(lambda: rows.carried, within=0.4)
        assert others.carried == []
        await until(lambda: others.carried, within=2)


@on_both
async def test_no_more_are_under_way_than_may_be(bench: Bench) -> None:
    """The others follow as soon as there is room, not at the next sweep."""
    rows = Rows()
    async with bench.running(rows, at_most=2, every_s=60) as (turns, _):
        await asyncio.sleep(1)
        rows.add("abcdefgh")
        turns.look()
        await until(lambda: len(rows.carried) == 8, within=5)
    assert rows.most[""] == 2


@on_both
async def test_of_a_group_no_more_are_under_way_than_its_limit(bench: Bench) -> None:
    """And whoever waits for a place gets it as soon as there is one; other groups are not asked to wait."""
    rows = Rows()
    rows.limits = {"police": 2, "fire": 3}
    async with bench.running(rows, every_s=60) as (turns, _):
        await asyncio.sleep(1)
        rows.held.clear()
        rows.add((f"p{n}" for n in range(9)), group="police")
        rows.add((f"f{n}" for n in range(9)), group="fire")
        rows.add("xyz", group="unbounded")
        turns.look()
        await until(lambda: rows.under_way[""] == 8, within=5)
        assert rows.under_way == Counter({"police": 2, "fire": 3, "unbounded": 3, "": 8})
        rows.held.set()
        await until(lambda: len(rows.carried) == 21, within=5)
    assert (rows.most["police"], rows.most["fire"]) == (2, 3)


@on_both
async def test_a_full_group_hides_nobody(bench: Bench) -> None:
    """It is the oldest that is due, and longer than any sweep is wide."""
    rows = Rows()
    rows.limits = {"dead": 2}
    rows.held.clear()
    rows.add((f"d{n:03}" for n in range(300)), group="dead")
    rows.add(["other"], group="well")
    async with bench.running(rows, at_most=10):
        await until(lambda: ("other", 0) in rows.carried, within=5)
        assert rows.most["dead"] == 2


@pytest.mark.parametrize("fault", [CannotWrite("full"), CannotRead("away"), KeyError("defect")])
@on_both
async def test_a_turn_that_failed_rests_and_is_made_again(bench: Bench, fault: Exception) -> None:
    """Five seconds; only a defect alarms, and the alarm goes when one succeeds."""
    rows = Rows("a")
    rows.faults["a"] = fault
    async with bench.running(rows) as (_, alarms):
        await until(lambda: len(rows.carried) == 1, within=3)
        await asyncio.sleep(0.2)
        assert bool(alarms.current()) is isinstance(fault, KeyError)
        del rows.faults["a"]
        await asyncio.sleep(AGAIN_S - 1)
        assert len(rows.carried) == 1
        await until(lambda: len(rows.carried) == 2, within=3)
        await asyncio.sleep(0.2)
        assert alarms.current() == []
    assert rows.due_now == {}


@on_both
async def test_rows_that_fail_again_and_again_hide_none_behind_them(bench: Bench) -> None:
    """They are the oldest that are due, and as many as may be under way: the next is carried all the same."""
    rows = Rows("a", "b", "c")
    rows.faults = {"a": KeyError("defect"), "b": KeyError("defect")}
    async with bench.running(rows, at_most=2):
        await until(lambda: ("c", 0) in rows.carried, within=4)


@on_both
async def test_a_database_that_is_away_is_asked_again(bench: Bench) -> None:
    """Nothing else ends."""
    rows = Rows("a")
    rows.away = True
    async with bench.running(rows):
        await asyncio.sleep(2)
        assert rows.carried == []
        rows.away = False
        await until(lambda: rows.carried == [("a", 0)], within=2)


@on_both
async def test_at_the_end_nothing_is_left_under_way(bench: Bench) -> None:
    """What was cut off is due again at the next start, at once."""
    rows = Rows("a")
    rows.held.clear()
    async with bench.running(rows):
        await until(lambda: rows.under_way[""] == 1, within=3)
    assert rows.under_way[""] == 0
    assert list(rows.due_now) == ["a"]
    async with bench.running(rows):
        await until(lambda: len(rows.carried) == 2, within=3)
