"""The log is signed each second there is news, anchored, and heard each minute there is none."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from gateway.alarms import Alarms
from gateway.audit import Recorder, Spool, evidence_store
from gateway.audit.anchors import AnchorFile
from gateway.audit.notes import read
from gateway.audit.pulse import Pulse
from gateway.db import Database, migrate
from tests.exported import lines_at

from .material import entry, house_log


class Clocks:
    """Both clocks of a process, moved by hand."""

    time, wall_time = 1000.0, 1_800_000_000.0

    def monotonic(self) -> float:
        """Return the seconds that passed."""
        return self.time

    def wall(self) -> float:
        """Return what the clock on the wall says."""
        return self.wall_time

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
        self.wall_time += seconds


class House:
    """A database with its logbook and its pulse."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url, self.folder, self.clocks, self.alarms = url, folder, Clocks(), Alarms()
        self.logbook = house_log(folder)
        self.database = Database(url, self.logbook)
        self.recorder = Recorder(self.database, Spool(folder / "spool", size=100_000), self.alarms)
        self.anchors = folder / "anchors.txt"
        self.pulse = Pulse(
            self.database,
            self.logbook,
            self.recorder,
            self.alarms,
            AnchorFile(self.anchors, monotonic=self.clocks.monotonic),
            monotonic=self.clocks.monotonic,
            wall=self.clocks.wall,
        )

    def acts(self) -> list[str]:
        """Name what is in the log."""
        return [json.loads(line)["record"]["act"] for line in lines_at(self.url)]

    def standing(self) -> list[str]:
        """Name the alarms that stand."""
        return [alarm.name for alarm in self.alarms.current()]


@pytest.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    """Give a house that is open."""
    migrate(sqlite_url, environment="demo")
    house = House(tmp_path, sqlite_url)
    await house.database.start()
    await house.recorder.start()
    yield house
    await house.recorder.close()
    await house.database.close()


async def test_news_is_signed_and_anchored_once(house: House) -> None:
    """A beat after an entry signs it; a beat after nothing signs nothing; the file holds the same note."""
    await house.database.record(entry(1))
    await house.pulse.beat()
    await house.pulse.beat()
    note = house.logbook.notary.newest
    assert note is not None
    assert read(note).size == 2
    assert house.anchors.read_text() == f"{note}\n"
    assert house.anchors.stat().st_mode & 0o777 == 0o600


async def test_every_published_note_reaches_the_file(house: House) -> None:
    """Also those that the number of entries brought about between two beats."""
    for batch in range(3):
        await asyncio.gather(*(house.database.record(entry(1000 * batch + n)) for n in range(1000)))
    await house.pulse.beat()
    text = house.anchors.read_text()
    sizes = [int(line) for line in text.splitlines() if line.isdigit()]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == 3001
    assert len(sizes) >= 3


async def test_a_minute_without_news_is_an_entry(house: House) -> None:
    """Silence is visible: one entry a minute, not one a beat."""
    for _ in range(125):
        house.clocks.move(1)
        await house.pulse.beat()
    assert house.acts() == ["log.opened", "log.heartbeat", "log.heartbeat"]
    assert house.logbook.owed == 0


@pytest.mark.parametrize("step", [-3600.0, 86_400.0])
async def test_a_clock_that_is_set_is_an_entry(house: House, step: float) -> None:
    """Once for each step, with how far; a clock that drifts by less than two seconds is none."""
    house.clocks.wall_time += 1.9
    await house.pulse.beat()
    house.clocks.wall_time += step
    await house.pulse.beat()
    await house.pulse.beat()
    record = json.loads(lines_at(house.url)[-1])["record"]
    assert (record["act"], record["detail"]) == ("clock.stepped", {"ms": round(step * 1000)})
    assert house.acts().count("clock.stepped") == 1


async def test_a_key_that_is_gone_is_an_alarm_until_it_is_back(house: House) -> None:
    """Entries go on; after ten seconds a person hears which file is missing."""
    await house.database.record(entry(1))
    await house.pulse.beat()
    (key,) = (house.folder / "secrets").iterdir()
    kept = key.read_bytes()
    key.unlink()
    house.logbook.rolled_back()
    await house.database.record(entry(2))
    house.clocks.move(9)
    await house.pulse.beat()
    assert house.standing() == []
    house.clocks.move(2)
    await house.pulse.beat()
    assert house.standing() == ["audit.unsigned"]
    assert str(key) in house.alarms.current()[0].text
    key.write_bytes(kept)
    await house.pulse.beat()
    assert (house.standing(), house.logbook.owed) == ([], 0)


async def test_an_anchor_file_that_refuses_is_an_alarm_and_loses_no_note(house: House) -> None:
    """What could not be appended is appended when it can, in order."""
    house.anchors.mkdir()
    for number in (1, 2):
        await house.database.record(entry(number))
        await house.pulse.beat()
    assert house.standing() == ["audit.unanchored"]
    house.anchors.rmdir()
    await house.pulse.beat()
    assert house.standing() == []
    assert [line for line in house.anchors.read_text().splitlines() if line.isdigit()] == ["2", "3"]


async def test_what_is_written_last_is_signed_at_the_end(house: House) -> None:
    """Being told to stop, the pulse beats once more."""
    beating = asyncio.create_task(house.pulse.run())
    await asyncio.sleep(0)
    await house.database.record(entry(1))
    beating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beating
    assert house.logbook.owed == 0
    found = await house.database.read(lambda connection: len(evidence_store.logs(connection)))
    assert found == 1


async def test_an_anchor_file_that_hangs_holds_nothing_up(house: House) -> None:
    """Signing and heartbeats go on; a person hears of it; when it is back nothing is lost."""
    os.mkfifo(house.anchors)  # opening it for writing waits for a reader
    for number in (1, 2):
        await house.database.record(entry(number))
        await house.pulse.beat()
    assert house.logbook.owed == 0
    assert house.standing() == []
    house.clocks.move(60)
    await house.pulse.beat()
    assert house.standing() == ["audit.unanchored"]
    assert house.acts()[-1] == "log.heartbeat"
    reader = os.open(house.anchors, os.O_RDONLY | os.O_NONBLOCK)
    house.anchors.unlink()
    await asyncio.sleep(0.3)
    os.close(reader)
    await house.pulse.beat()
    assert [line for line in house.anchors.read_text().splitlines() if line.isdigit()] == ["2", "3", "4"]
    assert house.standing() == []


async def test_under_steady_load_there_is_no_false_alarm(house: House) -> None:
    """Something is always owed then; what counts is that checkpoints come."""
    sign = house.logbook.sign

    def sign_and_write(connection: Connection) -> None:
        sign(connection)
        house.logbook.append(connection, [entry(next(numbers))])

    numbers = iter(range(100, 200))
    house.logbook.sign = sign_and_write  # type: ignore[method-assign]  # an entry comes with every beat
    await house.database.record(entry(1))
    for _ in range(30):
        house.clocks.move(1)
        await house.pulse.beat()
        assert house.standing() == []
