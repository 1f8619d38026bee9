"""What was answered and is no row yet lies on the disk: whole, sealed, and for nobody else to read."""

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from contracts import Caller, Casualties, Place
from gateway import shelf as shelves
from gateway.incidents.facts import Facts
from gateway.incidents.ids import id_of
from gateway.incidents.kept import Kept
from gateway.incidents.orders import Draft
from gateway.people.index import BlindIndex
from gateway.shelf import Shelf

from .incidents.builders import FACTS, NOON
from .incidents.house import DISPATCHER, draft

KEY = bytes(range(32))
NAME, OTHER = "i-contohcontoh2", "i-contohcontoh3"
KEPT = Kept.of(draft(repeat="r-1"), DISPATCHER, "q-1", at=NOON)

_WIB = timezone(timedelta(hours=7))
_DEGREES = st.none() | st.floats(allow_nan=False, allow_infinity=False)
_MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.sampled_from((UTC, _WIB)))


def _every(kind: Any, **known: Any) -> Any:
    """Return a strategy that fills each field of *kind*, also those added after this was written."""
    return st.builds(kind, **{each.name: known.get(each.name, ...) for each in fields(kind)})


_FACTS = _every(
    Facts,
    place=_every(Place, latitude=_DEGREES, longitude=_DEGREES),
    casualties=_every(Casualties),
    caller=st.none() | _every(Caller),
)
_KEPT = _every(Kept, draft=_every(Draft, facts=_FACTS, reported_at=st.none() | _MOMENTS), at=_MOMENTS)


def shelf_in(folder: Path, key: bytes = KEY) -> Shelf[Kept]:
    """Return a shelf of incidents in that folder."""
    return Shelf(folder, key, Kept, of="incident")


@asynccontextmanager
async def opened(folder: Path, key: bytes = KEY) -> AsyncIterator[Shelf[Kept]]:
    """Give the shelf in that folder, as after a start."""
    shelf = shelf_in(folder, key)
    shelf.start()
    yield shelf
    await shelf.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where it is to be; nobody has made it yet."""
    return tmp_path / "afloat"


@pytest.fixture
def said() -> Iterator[list[Any]]:
    """Give what is logged."""
    with capture_logs() as lines:
        yield lines


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def _modes(*paths: Path) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) for path in paths]


def _whole(folder: Path) -> dict[str, Kept]:
    found, unreadable = shelf_in(folder).read()
    assert unreadable == []
    return found


@given(kept=_KEPT)
def test_whatever_is_put_there_comes_back(kept: Kept) -> None:
    """Each field of a question, to the last microsecond and the last digit of a degree."""
    shelf = shelf_in(Path())
    sealed = shelf._sealed(NAME, kept)
    back = shelf._decode(shelf._box.decrypt(sealed[:12], sealed[12:], NAME.encode()))
    assert back == kept
    assert id_of(replace(back.draft, repeat="r"), back.key_id) == id_of(
        replace(kept.draft, repeat="r"), kept.key_id
    )


async def test_it_is_there_after_a_restart_and_until_it_is_taken_off(folder: Path) -> None:
    """By its id, the oldest first, with whoever asked, as far as the log names them."""
    late = replace(KEPT, at=NOON + timedelta(seconds=1))
    async with opened(folder) as shelf:
        assert (await shelf.put(NAME, late), await shelf.put(OTHER, KEPT)) == (True, True)
    assert list(_whole(folder).items()) == [(OTHER, KEPT), (NAME, late)]
    assert (KEPT.by.actor, KEPT.by.role, KEPT.by.holder) == (DISPATCHER.actor, DISPATCHER.role, "")
    async with opened(folder) as shelf:
        await shelf.drop(NAME)
    assert list(_whole(folder)) == [OTHER]


async def test_nobody_else_reads_it(folder: Path) -> None:
    """Not by its mode, not in clear: neither the narrative, nor who called, nor what it is about."""
    async with opened(folder) as shelf:
        await shelf.put(NAME, KEPT)
    (file,) = _files(folder)
    assert _modes(folder, file) == [0o700, 0o600]
    clear = (FACTS.narrative, FACTS.place.address, "Budi Contoh", "+62812", "fire", "narrative", "r-1")
    assert [word for word in clear if str(word).encode() in file.read_bytes()] == []


@pytest.mark.parametrize("harm", ["foreign key", "one bit", "cut", "empty", "another's", "no file"])
async def test_what_cannot_be_opened_stays_and_holds_back_no_other(
    folder: Path, said: list[Any], harm: str
) -> None:
    """It is named, and nothing else is said of it."""
    async with opened(folder) as shelf:
        await shelf.put(OTHER, KEPT)
    async with opened(folder, bytes(32) if harm == "foreign key" else KEY) as shelf:
        await shelf.put(NAME, KEPT)
    _harm(folder, harm)
    before = _files(folder)
    found, unreadable = shelf_in(folder).read()
    assert (list(found), unreadable) == ([OTHER], [NAME])
    assert _files(folder) == before
    (line,) = said
    assert (line["event"], line["file"]) == ("incident.unreadable", NAME)
    assert "Contoh narasi" not in str(line)


def _harm(folder: Path, how: str) -> None:
    file = folder / NAME
    content = file.read_bytes()
    if how == "one bit":
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif how in ("cut", "empty"):
        file.write_bytes(content[: 20 if how == "cut" else 0])
    elif how == "another's":
        file.write_bytes((folder / OTHER).read_bytes())
    elif how == "no file":
        file.unlink()
        file.mkdir()


async def test_what_an_older_gateway_left_without_a_new_field_is_read(folder: Path) -> None:
    """And what this one cannot understand is only not read."""
    async with opened(folder) as shelf:
        for name, content in ((NAME, _OLD), (OTHER, b'{"draft": {"category": "no such"}}')):
            await shelf.put(name, KEPT)
            sealed = bytes(12) + shelf._box.encrypt(bytes(12), content, name.encode())
            (folder / name).write_bytes(sealed)
    found, unreadable = shelf_in(folder).read()
    assert (found[NAME].draft, unreadable) == (Draft(KEPT.draft.category), [OTHER])


_OLD = (
    b'{"draft": {"category": "fire"}, "key_id": "k", "role": "dispatcher", "kind": "machine",'
    b' "request": "q", "at": "2026-11-24T05:00:00Z"}'
)


def test_a_folder_that_cannot_be_read_is_named_itself(folder: Path, said: list[Any]) -> None:
    """Something else stands in its place."""
    folder.write_text("not a folder")
    assert shelf_in(folder).read() == ({}, ["afloat/"])
    assert said[0]["event"] == "incident.shelf_unreadable"


def test_what_is_not_named_as_an_incident_is_nobodys(folder: Path) -> None:
    """Nothing in the folder yet, or something that somebody else put there."""
    assert _whole(folder) == {}
    folder.mkdir()
    (folder / "README").write_text("Contoh")
    assert _whole(folder) == {}


class Full:
    """A disk that takes half of what is written, and then no more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = True
        self._honest = os.pwrite
        monkeypatch.setattr(os, "pwrite", self)

    def __call__(self, file: int, data: bytes, offset: int) -> int:
        """Write, or not."""
        if not self.is_full:
            return self._honest(file, data, offset)
        self._honest(file, data[: len(data) // 2], offset)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_a_full_disk_is_told_once_and_tried_again(
    folder: Path, said: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half is left, and it lies there as soon as there is room."""
    disk = Full(monkeypatch)
    async with opened(folder) as shelf:
        assert await shelf.put(NAME, KEPT) is False
        await shelf.try_again()
        assert _files(folder) == []
        (line,) = said
        assert (line["event"], line["row"]) == ("incident.not_shelved", NAME)
        assert line["reason"] == "OSError: No space left on device"
        disk.is_full = False
        await shelf.try_again()
    assert _whole(folder) == {NAME: KEPT}


async def test_what_is_a_row_by_then_is_not_put_there_any_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was back before the disk."""
    disk = Full(monkeypatch)
    async with opened(folder) as shelf:
        await shelf.put(NAME, KEPT)
        await shelf.drop(NAME)
        disk.is_full = False
        await shelf.try_again()
    assert _whole(folder) == {}


async def test_what_cannot_be_deleted_is_deleted_later(
    folder: Path, said: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is read-only for a while."""

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    async with opened(folder) as shelf:
        await shelf.put(NAME, KEPT)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", refuse)
            await shelf.drop(NAME)
            await shelf.try_again()
        assert [(line["event"], line["row"]) for line in said] == [("incident.still_shelved", NAME)]
        assert list(_whole(folder)) == [NAME]
        await shelf.try_again()
    assert _whole(folder) == {}


async def test_a_disk_that_stalls_holds_nobody_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits is told that it is not there; what it did take late is deleted with the rest."""
    monkeypatch.setattr(shelves, "PATIENCE_S", 0.05)
    moves, honest = Event(), Shelf._write

    def slow(self: Shelf[Kept], name: str, kept: Kept) -> None:
        moves.wait(20)
        honest(self, name, kept)

    monkeypatch.setattr(Shelf, "_write", slow)
    async with asyncio.timeout(10), opened(folder) as shelf:
        assert await shelf.put(NAME, KEPT) is False
        await shelf.drop(NAME)
        moves.set()
        while shelf._owed:
            await shelf.try_again()
            await asyncio.sleep(0.01)
    assert _whole(folder) == {}


class Pulled(BaseException):
    """The plug is."""


@pytest.mark.parametrize("moment", ["fsync", "replace"])
async def test_a_pulled_plug_leaves_nothing_half(
    folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Between writing and renaming: the next start finds what was there before, and clears the rest away."""

    def pull(*_: Any, **__: Any) -> None:
        raise Pulled

    async with opened(folder) as shelf:
        await shelf.put(NAME, KEPT)
        with monkeypatch.context() as patched:
            patched.setattr(*((os, "fsync") if moment == "fsync" else (Path, "replace")), pull)
            with pytest.raises(Pulled):
                await shelf.put(OTHER, KEPT)
    assert len(_files(folder)) == 2
    assert _whole(folder) == {NAME: KEPT}
    assert [file.name for file in _files(folder)] == [NAME]


async def test_after_its_end_it_takes_nothing_and_says_so(folder: Path) -> None:
    """A question may come in while the gateway ends."""
    async with opened(folder) as shelf:
        pass
    assert await shelf.put(NAME, KEPT) is False


def test_its_key_is_none_that_finds_anybody() -> None:
    """Derived for this use alone, and the same at each start."""
    index = BlindIndex(KEY)
    made = index.key_for(b"incidents afloat")
    assert made == BlindIndex(KEY).key_for(b"incidents afloat")
    others = {index.key_for(b"another use"), BlindIndex(bytes(32)).key_for(b"incidents afloat"), KEY}
    assert made not in others
    assert len(made) == 32
