"""What was spooled is there after a crash, in its order, and the disk's fullness cannot refuse it."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.audit import Entry
from gateway.audit import Spool
from gateway.audit.spool import FILE_NAME, CannotSpool, _decoder, _encoder

from .material import entry
from .test_canonical import entries

SIZE = 100_000


async def opened(folder: Path, *, size: int = SIZE) -> Spool:
    """Open and start a spool in *folder*."""
    spool = Spool(folder, size=size)
    spool.open()
    spool.start()
    return spool


@pytest.fixture
async def spool(tmp_path: Path) -> AsyncIterator[Spool]:
    """Give an empty spool of 100 kB."""
    spool = await opened(tmp_path)
    yield spool
    await spool.stop()


def _read(spool: Spool) -> list[Entry]:
    return spool.read(0, at_most=10_000)[0]


@given(entries)
def test_an_entry_comes_back_as_it_went(one: Entry) -> None:
    """Key, time and detail survive the way through the file."""
    assert _decoder.decode(_encoder.encode(one)) == one


async def test_entries_survive_a_restart_in_order(tmp_path: Path) -> None:
    """What was acknowledged is read again, oldest first, by the next process."""
    spool = await opened(tmp_path)
    await spool.append([entry(1), entry(2)])
    await spool.append([entry(3)])
    await spool.stop()
    again = await opened(tmp_path)
    assert again.waiting == 3
    assert _read(again) == [entry(1), entry(2), entry(3)]
    await again.append([entry(4)])
    assert _read(again)[-1] == entry(4)
    await again.stop()


async def test_many_callers_share_one_sync(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred entries at once cost a few syncs, not a hundred."""
    syncs = 0
    real = os.fdatasync

    def counted(file: int) -> None:
        nonlocal syncs
        syncs += 1
        real(file)

    monkeypatch.setattr(os, "fdatasync", counted)
    await asyncio.gather(*(spool.append([entry(n)]) for n in range(100)))
    assert spool.waiting == 100
    assert syncs < 20


def test_its_space_is_taken_beforehand(tmp_path: Path) -> None:
    """The file has its full size on the disk before the first entry comes."""
    spool = Spool(tmp_path / "spool", size=3_000_000)
    spool.open()
    there = (tmp_path / "spool" / FILE_NAME).stat()
    assert there.st_size == 3_000_000
    assert there.st_blocks * 512 >= 3_000_000


def test_a_larger_setting_keeps_what_is_there(tmp_path: Path) -> None:
    """Raising the size extends the file and loses nothing; lowering it changes nothing."""

    async def grow() -> tuple[list[Entry], int]:
        first = await opened(tmp_path, size=10_000)
        await first.append([entry(1)])
        await first.stop()
        second = await opened(tmp_path, size=50_000)
        await second.append([entry(2)])
        await second.stop()
        third = await opened(tmp_path, size=10_000)
        found = _read(third)
        await third.stop()
        return found, (tmp_path / FILE_NAME).stat().st_size

    assert asyncio.run(grow()) == ([entry(1), entry(2)], 50_000)


async def test_a_full_spool_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    """Beyond its size it refuses; a smaller entry that still fits is taken."""
    spool = await opened(tmp_path, size=1_000)
    await spool.append([entry(1)])
    with pytest.raises(CannotSpool, match="full"):
        await spool.append([entry(2), entry(3), entry(4)])
    assert _read(spool) == [entry(1)]
    await spool.append([Entry("a", "b", key="k")])
    assert len(_read(spool)) == 2
    await spool.stop()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_torn_end_costs_only_what_was_never_acknowledged(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A write cut anywhere leaves all entries before it, and the place is used again."""
    folder = tmp_path_factory.mktemp("torn")

    async def tear() -> None:
        spool = await opened(folder)
        await spool.append([entry(1), entry(2)])
        good = spool.end
        await spool.append([entry(3)])
        end = spool.end
        await spool.stop()
        cut = data.draw(st.integers(good, end - 1))
        with (folder / FILE_NAME).open("r+b") as file:
            file.seek(cut)
            file.write(bytes(end - cut) if data.draw(st.booleans()) else b"\xff" * (end - cut))
        again = await opened(folder)
        assert _read(again) == [entry(1), entry(2)]
        await again.append([entry(4)])
        assert _read(again) == [entry(1), entry(2), entry(4)]
        await again.stop()

    asyncio.run(tear())


async def test_after_a_reset_the_old_entries_are_gone(tmp_path: Path) -> None:
    """A new entry as long as the first old one does not bring back the ones that lie behind it."""
    spool = await opened(tmp_path)
    await spool.append([entry(n) for n in range(10)])
    assert await spool.reset(spool.end)
    assert (spool.waiting, _read(spool)) == (0, [])
    await spool.append([entry(0)])
    await spool.stop()
    again = await opened(tmp_path)
    assert _read(again) == [entry(0)]
    await again.stop()


async def test_a_reset_that_comes_too_late_does_nothing(spool: Spool) -> None:
    """Entries that came behind what was replayed are not thrown away."""
    await spool.append([entry(1)])
    replayed = spool.end
    await spool.append([entry(2)])
    assert not await spool.reset(replayed)
    assert _read(spool) == [entry(1), entry(2)]


async def test_reset_and_entries_together_keep_the_entries(spool: Spool) -> None:
    """An entry that meets a reset in one batch stays."""
    await spool.append([entry(1)])
    emptied, _ = await asyncio.gather(spool.reset(spool.end), spool.append([entry(2)]))
    assert _read(spool) == ([entry(2)] if emptied else [entry(1), entry(2)])


async def test_a_disk_error_is_said_and_the_next_try_may_succeed(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed sync acknowledges nothing, and its frames are written over."""

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as context:
        context.setattr(os, "fdatasync", broken)
        with pytest.raises(CannotSpool, match="Input/output"):
            await spool.append([entry(1)])
    assert spool.waiting == 0
    await spool.append([entry(2)])
    assert _read(spool) == [entry(2)]


async def test_damage_in_the_middle_is_said(tmp_path: Path, spool: Spool) -> None:
    """An acknowledged entry that cannot be read is not passed over."""
    await spool.append([entry(1), entry(2)])
    with (tmp_path / FILE_NAME).open("r+b") as file:
        file.seek(30)
        file.write(b"\xff\xff")
    with pytest.raises(CannotSpool, match="damaged at offset 0"):
        _read(spool)


async def test_an_unopened_spool_refuses(tmp_path: Path) -> None:
    """Without its file nothing is acknowledged."""
    spool = Spool(tmp_path)
    with pytest.raises(CannotSpool):
        await spool.append([entry(1)])
    spool.start()
    with pytest.raises(CannotSpool, match="not open"):
        await spool.append([entry(1)])
    await spool.stop()


async def test_a_reset_the_disk_refuses_hides_no_later_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the mark reached the disk or not: what is acknowledged after it is found again."""
    spool = Spool(tmp_path, size=100_000)
    spool.open()
    spool.start()
    await spool.append([entry(1)])
    with monkeypatch.context() as disk:
        disk.setattr(os, "fdatasync", _io_error)
        assert await spool.reset(spool.end)
    await spool.append([entry(2)])
    after_a_crash = Spool(tmp_path, size=100_000)
    after_a_crash.open()
    assert after_a_crash.waiting == 1
    assert [each.key for each in after_a_crash.read(0, at_most=10)[0]] == [entry(2).key]
    await spool.stop()


def _io_error(_: int) -> None:
    raise OSError(errno.EIO, "Input/output error")
