"""All keys wrapped anew in mid-work, cut off anywhere, by several at once: everybody stays open."""

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gateway.db import CannotWrite
from gateway.people import People, finish_rotation_some_time, rotation, secret_files, store
from gateway.people import people as facade

from .conftest import Memory, Start, file_url, keys_in, niks, opened, opens, rows, seal


async def _everybody_opens(people: People, sealed: dict[str, Any]) -> bool:
    found = [opens(await people.with_pseudonym(name), each) for name, each in sealed.items()]
    return bool(found) and all(found)


async def _sealed_of(people: People, numbers: list[str]) -> dict[str, Any]:
    made = await asyncio.gather(*(people.of(number) for number in numbers))
    return {person.pseudonym: seal(person) for person in made}


async def test_after_a_rotation_all_is_open_and_the_old_key_is_gone(
    people: People, keys_url: str, tmp_path: Path
) -> None:
    """More people than fit one go, in mid-work; new ones come under the new key."""
    sealed = await _sealed_of(people, niks(700))
    before = keys_in(tmp_path)
    rotating = asyncio.create_task(people.rotate_kek())
    sealed |= await _sealed_of(people, niks(30, first=5000))
    await rotating
    after = keys_in(tmp_path)
    assert len(after) == 1
    assert not before & after
    assert {row.kek for row in rows(keys_url)} == after
    assert len(sealed) == 730
    assert await _everybody_opens(people, sealed)


class Pulled(Exception):
    """The plug."""


CUTS: dict[str, tuple[Any, str]] = {
    "before the plan": (rotation, "plan"),
    "before the switch": (rotation, "switch"),
    "before the file has a name": (os, "link"),
    "before the file's draft is gone": (secret_files, "sync_folder"),
    "before it wraps": (store, "note"),
    "before anything is wrapped anew": (store, "wrapped_otherwise"),
    "in the middle of wrapping": (store, "rewrap"),
    "before the old key is retired": (rotation, "retire"),
    "before its mark is written": (store, "keks_in_use"),
    "before its file is deleted": (Path, "unlink"),
}


@pytest.mark.parametrize("cut", CUTS)
async def test_a_rotation_cut_off_anywhere_is_finished(
    keys_url: str, tmp_path: Path, start: Start, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each step the next start opens everybody, and ends with one key, which wraps all."""
    people = await start(keys_url)
    sealed = await _sealed_of(people, niks(20))

    def pull(*_: object, **__: object) -> None:
        raise Pulled

    with monkeypatch.context() as plug:
        plug.setattr(*CUTS[cut], pull)
        with pytest.raises((CannotWrite, Pulled)):
            await people.rotate_kek()
    await people.close()
    again = await start(keys_url)
    assert await _everybody_opens(again, sealed)
    await again.finish_rotation()
    assert {row.kek for row in rows(keys_url)} == keys_in(tmp_path)
    assert len(keys_in(tmp_path)) == 1
    assert await _everybody_opens(again, sealed)
    await again.rotate_kek()
    assert await _everybody_opens(again, sealed)


async def test_no_key_is_deleted_whose_last_rows_were_not_committed(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rotations in one process share a transaction; it fails, and the key that still wraps stays."""
    people = await start(file_url(tmp_path))
    sealed = await _sealed_of(people, niks(5))
    with monkeypatch.context() as plug:
        plug.setattr(rotation, "rewrap", lambda *_, **__: 1 / 0)
        with pytest.raises(CannotWrite):
            await people.rotate_kek()

    def fails(_: object) -> None:
        raise Pulled

    ask, rewrap = people._thread.submit, partial(rotation.rewrap, keks=people._keks)
    outcomes = await asyncio.gather(ask(rewrap), ask(rotation.retire), ask(fails), return_exceptions=True)
    assert [type(each) for each in outcomes] == [CannotWrite] * 3
    assert len(keys_in(tmp_path)) == 2
    assert await _everybody_opens(people, sealed)


async def test_replicas_may_rotate_make_and_start_at_the_same_time(
    postgres_url: str, tmp_path: Path, memory: Memory, start: Start
) -> None:
    """No row is left under a deleted key, and no start has to wait for the end."""
    one, other = await start(postgres_url), await start(postgres_url)
    sealed = await _sealed_of(one, niks(1200))
    rotating = [asyncio.create_task(each.rotate_kek()) for each in (one, other, one)]
    for number in range(10):
        sealed |= await _sealed_of(other, niks(20, first=4000 + 20 * number))
        await asyncio.to_thread(opened, postgres_url, tmp_path, memory)
    await asyncio.gather(*rotating)
    assert {row.kek for row in rows(postgres_url)} == keys_in(tmp_path)
    assert len(keys_in(tmp_path)) == 1
    for people in (one, other):
        assert await _everybody_opens(people, sealed)


async def test_a_replica_that_lags_makes_nobody_under_an_old_key(postgres_url: str, start: Start) -> None:
    """It reads which key wraps each time, and its memory of the old one is worth nothing."""
    one, other = await start(postgres_url), await start(postgres_url)
    await _sealed_of(other, niks(1))
    await one.rotate_kek()
    sealed = await _sealed_of(other, niks(2))
    assert len({row.kek for row in rows(postgres_url)}) == 1
    assert await _everybody_opens(one, sealed)


async def test_a_key_retired_before_it_wrapped_never_wraps(
    people: People, keys_url: str, tmp_path: Path
) -> None:
    """Another replica finished between plan and switch: no file of that key comes to lie there."""
    ask = people._thread.submit
    was = await ask(store.wrapping_key)
    kek = await ask(rotation.plan)
    await people.finish_rotation()
    assert not await ask(partial(rotation.switch, keks=people._keks, kek=kek, was=was))
    assert await ask(store.wrapping_key) == was
    assert keys_in(tmp_path) == {was}
    await people.rotate_kek()
    assert was not in keys_in(tmp_path)


async def test_of_two_who_plan_at_once_one_key_wraps(people: People) -> None:
    """Whoever comes second changes nothing: a key has just been changed."""
    ask = people._thread.submit
    was = await ask(store.wrapping_key)
    first, second = await ask(rotation.plan), await ask(rotation.plan)
    assert await ask(partial(rotation.switch, keks=people._keks, kek=first, was=was))
    assert not await ask(partial(rotation.switch, keks=people._keks, kek=second, was=was))
    assert await ask(store.wrapping_key) == first


async def test_a_row_read_just_before_it_was_wrapped_anew_opens(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old key may be gone by the time it is needed: then the row is read again."""
    (name, sealed), *_ = (await _sealed_of(people, niks(1))).items()
    stale = await people._thread.submit(lambda connection: store.with_pseudonym(connection, name))
    await people.rotate_kek()
    read, first = store.with_pseudonym, [stale]
    monkeypatch.setattr(store, "with_pseudonym", lambda *asked: first.pop() if first else read(*asked))
    assert opens(await people.with_pseudonym(name), sealed)
    assert first == []


async def test_other_houses_keys_in_the_folder_are_left_alone(tmp_path: Path, start: Start) -> None:
    """Demo and live may share a secrets folder: each deletes only what it has made itself."""
    people = await start(file_url(tmp_path))
    foreign = tmp_path / "secrets" / "kek-00000000.key"
    foreign.write_bytes(bytes(32))
    await people.rotate_kek()
    assert foreign.read_bytes() == bytes(32)


async def test_an_old_key_that_a_backup_brings_back_goes_again(tmp_path: Path, start: Start) -> None:
    """Also a draft of it that a crash has left, which is the same key under another name."""
    people = await start(file_url(tmp_path))
    (old,) = (tmp_path / "secrets").glob("kek-*")
    kept = old.read_bytes()
    draft = old.with_name(f".{old.name}.0a1b2c3d")
    draft.write_bytes(kept)
    await people.rotate_kek()
    assert not draft.exists()
    old.write_bytes(kept)
    await people.finish_rotation()
    assert not old.exists()


async def test_a_start_finishes_when_it_can(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key database is away at first: nobody waits for it, and it is tried again."""
    monkeypatch.setattr(facade, "AGAIN_S", 0.0)
    people, retire = await start(file_url(tmp_path)), rotation.retire
    failures = [OSError("away"), OSError("away")]

    def retires(connection: Any) -> list[str]:
        if failures:
            raise failures.pop()
        return retire(connection)

    monkeypatch.setattr(rotation, "retire", retires)
    async with asyncio.timeout(5):
        await finish_rotation_some_time(people)
    assert failures == []


def test_a_wrapping_key_is_readable_by_its_owner_only(tmp_path: Path, memory: Memory) -> None:
    """32 bytes, mode 0600, in a folder of mode 0700, and no draft of it is left."""
    opened(file_url(tmp_path), tmp_path, memory)
    (file,) = (tmp_path / "secrets").glob("*kek-*")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert len(file.read_bytes()) == 32
