"""An answer is never held back by its entry, and the entry is not lost either."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.audit import Entry
from gateway.alarms import Alarms
from gateway.audit import Chain, Recorded, Recorder, Spool
from gateway.audit.spool import CannotSpool
from gateway.db import CannotWrite, Database
from gateway.evidence.verify import verify
from tests.exported import lines_at

from .material import entry


class House:
    """A database, a spool and a recorder over them, with a replay only when asked for."""

    def __init__(self, url: str, folder: Path, *, every_s: float = 3600, size: int = 100_000) -> None:
        """Take where things lie."""
        self.url = url
        self.database = Database(url, Chain("gerbang-1"), busy_ms=50)
        self.spool = Spool(folder, size=size)
        self.alarms = Alarms()
        self.recorder = Recorder(self.database, self.spool, self.alarms, bound_s=0.25, every_s=every_s)

    async def open(self) -> "House":
        """Start everything."""
        await self.database.start()
        await self.recorder.start()
        await asyncio.sleep(0)
        return self

    async def close(self) -> None:
        """Stop everything."""
        await self.recorder.close()
        await self.database.close()

    def standing(self) -> list[str]:
        """Name the alarms that stand."""
        return [alarm.name for alarm in self.alarms.current()]

    def log(self) -> list[str]:
        """Check the log and return its keys, in its order."""
        exported = lines_at(self.url)
        report = verify(exported)
        assert report.damage is None, report.damage
        return [json.loads(line)["record"]["key"] for line in exported]


async def until(true: Callable[[], bool]) -> None:
    """Wait up to ten seconds for something that happens in a thread."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - nobody tells when; looking is the only way
            await asyncio.sleep(0.01)


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Let another program hold the database's lock."""
    other = sqlite3.connect(house.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Give a started house on SQLite."""
    house = await House(sqlite_url, tmp_path / "spool").open()
    yield house
    await house.close()


def _keys(*numbers: int) -> list[str]:
    return [entry(number).key for number in numbers]


async def test_a_healthy_database_makes_it_durable(house: House) -> None:
    """Several entries go in one step, and nothing is spooled."""
    assert await house.recorder.record(entry(1), entry(2)) is Recorded.DURABLE
    assert house.log() == _keys(1, 2)
    assert (house.spool.waiting, house.standing()) == (0, [])


async def test_a_locked_database_costs_a_moment_and_no_entry(house: House) -> None:
    """While it is locked entries are spooled, with an alarm; afterwards the log has them in order."""
    with locked(house):
        outcomes = [await house.recorder.record(entry(n)) for n in range(1, 6)]
        assert set(outcomes) == {Recorded.SPOOLED}
        assert house.standing() == ["audit.spooling"]
    assert await house.recorder.replay() == 5
    assert house.log() == _keys(1, 2, 3, 4, 5)
    assert (house.spool.waiting, house.standing()) == (0, [])


async def test_once_known_to_be_away_the_database_is_not_waited_for(house: House) -> None:
    """After the first failure fifty entries take no more than the spool takes."""
    with locked(house):
        await house.recorder.record(entry(0))
        began = time.monotonic()
        await asyncio.gather(*(house.recorder.record(entry(n)) for n in range(1, 51)))
        assert time.monotonic() - began < 0.25
        assert house.spool.waiting == 51


async def test_an_entry_that_is_late_is_not_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer does not wait for it and says so; what reaches the disk later is in the log after all."""
    append = house.spool.append

    async def slow(entries: Sequence[Entry]) -> None:
        await asyncio.sleep(0.2)
        await append(entries)

    monkeypatch.setattr(house.spool, "append", slow)
    with locked(house):
        began = time.monotonic()
        assert await house.recorder.record(entry(1), within_s=0.1) is Recorded.DEGRADED
        assert time.monotonic() - began < 0.2
        await until(lambda: house.spool.waiting == 1)
        assert "audit.degraded" not in house.standing()
    await house.recorder.replay()
    assert house.log() == _keys(1)


async def test_an_entry_that_is_late_and_fails_is_lost_and_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late or not: what could be written nowhere is an alarm, and owned up to in the log."""

    async def slow(_: Sequence[Entry]) -> None:
        await asyncio.sleep(0.2)
        raise CannotSpool("full")

    monkeypatch.setattr(house.spool, "append", slow)
    with locked(house):
        assert await house.recorder.record(entry(1), within_s=0.1) is Recorded.DEGRADED
        await until(lambda: "audit.degraded" in house.standing())
    assert house.recorder.recording is Recorded.DEGRADED


async def test_one_entry_a_second_finds_out_whether_it_is_back(sqlite_url: str, tmp_path: Path) -> None:
    """When the pause is over a single entry tries the database, and the next go straight there."""
    now = 1000.0
    house = House(sqlite_url, tmp_path / "spool")
    house.recorder = Recorder(house.database, house.spool, house.alarms, every_s=60, monotonic=lambda: now)
    await house.open()
    with locked(house):
        assert await house.recorder.record(entry(1)) is Recorded.SPOOLED
    assert await house.recorder.record(entry(2)) is Recorded.SPOOLED
    now += 61
    assert await house.recorder.record(entry(3)) is Recorded.DURABLE
    assert await house.recorder.record(entry(4)) is Recorded.DURABLE
    assert await house.recorder.replay() == 2
    assert house.log() == _keys(3, 4, 1, 2)
    await house.close()


async def test_it_replays_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    """Nobody has to ask: soon after the database is back the spool is empty and the alarm gone."""
    house = await House(sqlite_url, tmp_path / "spool", every_s=0.02).open()
    with locked(house):
        assert await house.recorder.record(entry(1)) is Recorded.SPOOLED
    await until(lambda: not house.standing())
    assert house.log() == _keys(1)
    await house.close()


async def test_what_a_crash_left_is_replayed_at_the_start(sqlite_url: str, tmp_path: Path) -> None:
    """A process that died with a full spool hands it to the next one."""
    first = await House(sqlite_url, tmp_path / "spool").open()
    with locked(first):
        for number in (1, 2, 3):
            await first.recorder.record(entry(number))
        await first.close()
    second = await House(sqlite_url, tmp_path / "spool").open()
    await until(lambda: not second.spool.waiting)
    assert second.log() == _keys(1, 2, 3)
    await second.close()


async def test_a_crash_between_replay_and_reset_doubles_nothing(house: House, tmp_path: Path) -> None:
    """Replayed twice, each entry is in the log once."""
    with locked(house):
        for number in range(1, 4):
            await house.recorder.record(entry(number))
    entries, _ = house.spool.read(0, at_most=2)
    assert await house.database.replay(entries) == 2
    assert await house.database.replay(entries) == 0
    assert await house.recorder.replay() == 1
    assert house.log() == _keys(1, 2, 3)


async def test_an_entry_both_written_and_spooled_is_in_the_log_once(house: House) -> None:
    """A commit that came through after the caller had stopped waiting is recognised by its key."""
    await house.spool.append([entry(1), entry(1)])
    await house.database.record(entry(1))
    await house.spool.append([entry(2), entry(2)])
    assert await house.recorder.replay() == 1
    assert house.log() == _keys(1, 2)


async def test_replay_and_original_in_one_batch_make_one_entry(house: House) -> None:
    """Even side by side in one transaction the same key is written once."""
    original, replayed = await asyncio.gather(
        house.database.record(entry(1)), house.database.replay([entry(1), entry(2)])
    )
    assert (original, replayed) == (None, 1)
    assert house.log() == _keys(1, 2)


async def test_a_long_spool_is_replayed_whole(sqlite_url: str, tmp_path: Path) -> None:
    """More entries than fit one transaction arrive in order, and those that come meanwhile too."""
    house = await House(sqlite_url, tmp_path / "spool", size=200_000).open()
    await house.spool.append([entry(n) for n in range(1, 281)])
    replay = asyncio.create_task(house.recorder.replay())
    await house.spool.append([entry(281)])
    await replay
    await house.recorder.replay()
    assert house.log() == _keys(*range(1, 282))
    assert house.spool.waiting == 0
    await house.close()


async def test_with_nowhere_to_write_it_says_degraded_and_owns_up_later(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Database locked and spool full: an alarm stands until the log itself says what it lacks."""
    house = await House(sqlite_url, tmp_path / "spool", every_s=0.02, size=1_000).open()
    with locked(house):
        outcomes = [await house.recorder.record(entry(n)) for n in range(1, 6)]
        lost = outcomes.count(Recorded.DEGRADED)
        assert lost > 0
        assert outcomes[0] is Recorded.SPOOLED
        assert house.standing() == ["audit.spooling", "audit.degraded"]
    await until(lambda: not house.standing())
    last = json.loads(lines_at(house.url)[-1])["record"]
    assert (last["act"], last["outcome"], last["detail"]) == ("audit.gap", "lost", {"entries": lost})
    await house.close()


async def test_without_a_spool_it_still_serves(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses the spool's space is an alarm, not a reason to stay down."""
    (tmp_path / "spool").write_text("in the way")
    house = await House(sqlite_url, tmp_path / "spool").open()
    assert house.standing() == ["audit.degraded"]
    assert await house.recorder.record(entry(1)) is Recorded.DURABLE
    with locked(house):
        assert await house.recorder.record(entry(2)) is Recorded.DEGRADED
    await house.close()


async def test_a_spool_that_could_not_be_opened_is_opened_later(sqlite_url: str, tmp_path: Path) -> None:
    """When there is room for it again the alarm goes, and entries are spooled."""
    (tmp_path / "spool").write_text("in the way")
    house = await House(sqlite_url, tmp_path / "spool", every_s=0.02).open()
    assert house.standing() == ["audit.degraded"]
    (tmp_path / "spool").unlink()
    await until(lambda: not house.standing())
    with locked(house):
        assert await house.recorder.record(entry(1)) is Recorded.SPOOLED
    await house.close()


async def test_a_sick_database_is_found_well_again_though_nobody_asks(
    sqlite_url: str, tmp_path: Path
) -> None:
    """With nothing spooled the loop itself finds out: whoever reads /readyz need not wait for a question."""
    house = await House(sqlite_url, tmp_path / "spool", every_s=0.02).open()
    assert house.recorder.recording is Recorded.DURABLE
    with locked(house):
        with pytest.raises(CannotWrite):
            await house.database.record(entry(1))
        assert (house.database.healthy, house.recorder.recording) == (False, Recorded.SPOOLED)
    await until(lambda: house.database.healthy)
    assert house.recorder.recording is Recorded.DURABLE
    assert house.log() == []
    await house.close()


async def test_an_entry_that_has_no_canonical_form_is_degraded_at_once(house: House) -> None:
    """It never reaches the spool, where it would block everything behind it."""
    wrong = entry(1, detail={"x": 0.5})
    assert await house.recorder.record(wrong) is Recorded.DEGRADED
    with locked(house):
        assert await house.recorder.record(entry(2)) is Recorded.SPOOLED
        assert await house.recorder.record(wrong) is Recorded.DEGRADED
    assert house.spool.waiting == 1
    assert await house.recorder.replay() == 1
    assert house.log() == _keys(2)


class HangingDatabase:
    """A database whose disk has stopped answering."""

    healthy = True
    trouble = None

    async def record(self, *_: Entry) -> None:
        """Never come back."""
        await asyncio.Event().wait()

    async def replay(self, _: list[Entry]) -> int:
        """Refuse."""
        raise CannotWrite


async def test_a_hanging_database_is_given_up_within_the_bound(tmp_path: Path) -> None:
    """After 0.25 s the entry goes to the spool; the next one does not wait again."""
    spool = Spool(tmp_path, size=100_000)
    recorder = Recorder(HangingDatabase(), spool, Alarms(), every_s=60)  # type: ignore[arg-type]  # a stand-in
    await recorder.start()
    began = time.monotonic()
    assert await recorder.record(entry(1)) is Recorded.SPOOLED
    first = time.monotonic()
    assert await recorder.record(entry(2)) is Recorded.SPOOLED
    assert 0.2 < first - began < 1.0
    assert time.monotonic() - first < 0.2
    await recorder.close()
