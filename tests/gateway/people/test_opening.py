"""A house starts only with its own keys, whole; what is missing or foreign is named and never made anew."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from gateway.people import WrongKeys, rotation, store
from gateway.people.store import key_meta

from .conftest import NIK, Memory, Start, file_url, keys_in, niks, opened


def _lose(name: str) -> Callable[[Path], None]:
    def lose(folder: Path) -> None:
        for file in folder.glob(name):
            file.unlink()

    return lose


def _swap(name: str) -> Callable[[Path], None]:
    def swap(folder: Path) -> None:
        for file in folder.glob(name):
            file.write_bytes(bytes(32))

    return swap


def _empty_the_key_database(folder: Path) -> None:
    (folder / "keys.db").write_bytes(b"")


def _cut_short(folder: Path) -> None:
    for file in folder.glob("secrets/kek-*"):
        file.write_bytes(file.read_bytes()[:31])


WRONG = {
    "index key lost": (_lose("secrets/subject.key"), "subject.key is missing: restore it"),
    "index key foreign": (_swap("secrets/subject.key"), "subject.key is not this database's key"),
    "wrapping key lost": (_lose("secrets/kek-*"), r"kek-[0-9a-f]{8}\.key is missing: restore it"),
    "wrapping key foreign": (_swap("secrets/kek-*"), r"kek-[0-9a-f]{8}\.key is not the key database's"),
    "wrapping key cut short": (_cut_short, r"kek-[0-9a-f]{8}\.key must hold 32 bytes and holds 31"),
    "key database lost": (_lose("keys.db*"), "keys.db is not this house's key database: restore"),
    "key database emptied": (_empty_the_key_database, "keys.db is not this house's key database: restore"),
}


def _all_in(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_house_with_a_wrong_key_does_not_start(
    tmp_path: Path, memory: Memory, start: Start, wrong: str
) -> None:
    """Whoever must restore it is told what; nothing is replaced silently, and nothing new lies there."""
    people = await start(file_url(tmp_path))
    await people.of(NIK)
    await people.close()
    damage, said = WRONG[wrong]
    damage(tmp_path)
    before = _all_in(tmp_path)
    with pytest.raises(WrongKeys, match=said):
        opened(file_url(tmp_path), tmp_path, memory)
    assert _all_in(tmp_path) == before


async def test_a_key_that_still_wraps_somebody_is_missed_too(
    tmp_path: Path, memory: Memory, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only the newest: a rotation cut off half-way needs both."""
    people = await start(file_url(tmp_path))
    for nik in niks(3):
        await people.of(nik)
    (old,) = keys_in(tmp_path)
    with monkeypatch.context() as plug:
        plug.setattr(rotation, "rewrap", lambda *_, **__: 0)
        await people.rotate_kek()
    await people.close()
    assert len(keys_in(tmp_path)) == 2
    (tmp_path / "secrets" / f"kek-{old}.key").unlink()
    with pytest.raises(WrongKeys, match=f"kek-{old}.key is missing"):
        opened(file_url(tmp_path), tmp_path, memory)


def test_another_houses_key_database_is_refused(tmp_path: Path, memory: Memory) -> None:
    """It would find nobody and open nothing, though the secrets fit both."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    opened(file_url(tmp_path / "one"), tmp_path, memory)
    opened(file_url(tmp_path / "two"), tmp_path, Memory(subject_key=memory["subject_key"]))
    with pytest.raises(WrongKeys, match=r"two/keys\.db is not this house's key database: .*GERBANG_KEYS_URL"):
        opened(file_url(tmp_path / "two"), tmp_path, memory)


def test_a_key_database_made_with_another_index_key_is_refused(keys_url: str, tmp_path: Path) -> None:
    """Also by a main database that knows of none yet: everybody would be made a second time."""
    opened(keys_url, tmp_path, Memory())
    connector = store.connector(keys_url)
    with connector.begin() as connection:
        its = key_meta.c.name == "subject_key"
        connection.execute(update(key_meta).where(its).values(value="0" * 16))
    connector.dispose()
    with pytest.raises(WrongKeys, match=r"subject\.key is not the key database's: restore"):
        opened(keys_url, tmp_path, Memory())


class Cut(Exception):
    """The plug."""


@pytest.mark.parametrize("cut", [(rotation, "plan"), (rotation, "switch"), (store, "one_of_each")])
def test_a_first_start_cut_off_anywhere_is_finished_by_the_next(
    keys_url: str,
    tmp_path: Path,
    memory: Memory,
    cut: tuple[object, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second one makes what is missing, and the house has one wrapping key."""

    def pull(*_: object, **__: object) -> None:
        raise Cut

    with monkeypatch.context() as plug:
        plug.setattr(*cut, pull)
        with pytest.raises(Cut):
            opened(keys_url, tmp_path, memory)
    opened(keys_url, tmp_path, memory)
    assert len(keys_in(tmp_path)) == 1


def test_a_house_that_is_not_new_starts_without_a_lock(tmp_path: Path, memory: Memory) -> None:
    """Its databases are only read: somebody may be copying them, and a full disk may leave no room."""
    opened(file_url(tmp_path), tmp_path, memory)
    other = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    memory.note_once = None  # type: ignore[assignment,method-assign]  # whoever calls it fails
    opened(file_url(tmp_path), tmp_path, memory)
    other.close()
