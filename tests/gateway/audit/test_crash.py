"""kill -9 and a full disk: what was acknowledged is in the log, and the log is whole."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.audit import Recorded
from gateway.db import migrate
from gateway.evidence.verify import verify
from tests.exported import lines_at

from .material import entry
from .test_recorder import House, until

BUSY = r"""
import asyncio, sys
from contracts.audit import Entry
from gateway.audit import Chain
from gateway.db import Database

async def caller(database):
    while True:
        entry = Entry("capacity.asked", "answered")
        await database.record(entry)
        sys.stderr.write(f"{entry.key}\n")  # unbuffered, and apart from the log

async def main():
    database = Database(sys.argv[1], Chain("gerbang-1"))
    await database.start()
    await asyncio.gather(*(caller(database) for _ in range(32)))

asyncio.run(main())
"""


def _keys_in(url: str) -> set[str]:
    exported = lines_at(url)
    report = verify(exported)
    assert report.damage is None, report.damage
    return {json.loads(line)["record"]["key"] for line in exported}


@pytest.mark.slow
def test_every_acknowledged_entry_survives_kill_9(database_url: str) -> None:
    """Three processes in turn are killed in the middle of their work; nothing they said is missing."""
    acknowledged: set[str] = set()
    for said in (200, 300, 100):
        with subprocess.Popen([sys.executable, "-c", BUSY, database_url], stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            acknowledged |= {process.stderr.readline().decode().strip() for _ in range(said)}
            process.kill()
            # The last line may be cut short: an entry nobody could have read.
            rest = process.stderr.read().decode()
            acknowledged |= set(rest[: rest.rfind("\n") + 1].split())
    assert len(acknowledged) >= 600
    assert acknowledged <= _keys_in(database_url)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 3 MB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk; max_page_count stands in for it in tests/gateway/db")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount; max_page_count stands in for it in tests/gateway/db")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)  # noqa: S607 - found on root's PATH


def _fill(ballast: Path) -> None:
    """Leave no room on the disk."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


async def test_a_full_disk_holds_back_no_answer_and_loses_no_entry(small_disk: Path) -> None:
    """Entries go to the space reserved for them and into the log when the disk has room again."""
    url = f"sqlite:///{small_disk / 'gerbang.db'}"
    migrate(url, environment="demo")
    house = await House(url, small_disk / "spool", every_s=0.05, size=500_000).open()
    assert await house.recorder.record(entry(0)) is Recorded.DURABLE
    ballast = small_disk / "ballast"
    _fill(ballast)
    outcomes = [await house.recorder.record(entry(n)) for n in range(1, 101)]
    assert outcomes[-1] is Recorded.SPOOLED
    assert Recorded.DEGRADED not in outcomes
    ballast.unlink()
    await until(lambda: not house.standing())
    assert await house.recorder.record(entry(101)) is Recorded.DURABLE
    await house.close()
    assert _keys_in(url) == {entry(n).key for n in range(102)}
