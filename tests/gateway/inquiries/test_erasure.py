"""Erased is erased: nothing that names the person is anywhere, the log verifies, a crash only delays it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from contracts import Entry
from gateway.db import CannotWrite
from gateway.evidence import verify
from gateway.evidence.export import export
from gateway.inquiries import erasure, holds, store
from gateway.inquiries.erasure import ErasureOrder
from gateway.inquiries.whom import Whom
from gateway.people import Person, about
from gateway.people import store as people_store
from gateway.problems import Problem
from tests.exported import lines_at
from tests.gateway.people.conftest import Memory

from .conftest import AUDITOR, Desk


def nik(number: int) -> str:
    """Return a synthetic NIK."""
    return f"157101520390{1000 + number}"


def canary(number: int) -> str:
    """Return what must be found nowhere afterwards."""
    return f"Burung Kenari {number:04} Contoh"


def whom(number: int) -> Whom:
    """Name a person as a body does."""
    return TypeAdapter(Whom).validate_json(json.dumps({"nik": nik(number)}))


def told(person: Person, number: int) -> Entry:
    """Make an entry that seals the person's name and number."""
    return about(Entry("eligibility.asked", "intended"), person, {"nik": nik(number), "name": canary(number)})


def traces(folder: Path, wanted: list[bytes]) -> list[str]:
    """Name the files that hold any of *wanted*."""
    texts = {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return [name for name, text in texts.items() if any(each in text for each in wanted)]


def wrapped(desk: Desk) -> list[bytes]:
    """Return what the key database holds of everybody."""
    return [part for row in _rows(desk) for part in (bytes(row.hmac), bytes(row.wrapped))]


def _rows(desk: Desk) -> list[Any]:
    connector = people_store.connector(f"sqlite:///{desk.folder / 'keys.db'}")
    with connector.connect() as connection:
        rows = list(connection.execute(people_store.person_key.select()))
    connector.dispose()
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("number_of", [100, pytest.param(1000, marks=pytest.mark.soak)])
async def test_people_are_erased_without_a_trace(desk: Desk, number_of: int) -> None:
    """Names, numbers, keys and indices: in no file; those who stay can be read; the log verifies."""
    room = desk.room
    people = await asyncio.gather(*(room.people.of(nik(number)) for number in range(number_of + 10)))
    await asyncio.gather(*(room.database.record(told(who, number)) for number, who in enumerate(people)))
    secrets = wrapped(desk)
    assert len(secrets) == 2 * (number_of + 10)
    for number in range(number_of):
        order = ErasureOrder(whom(number), "subject_request")
        await erasure.erase(room, order, by=AUDITOR, request=f"request-{number}")
    left = set(wrapped(desk))
    gone = [each for each in secrets if each not in left]
    assert len(gone) == 2 * number_of
    _export(desk)
    canaries = [text(number).encode() for number in range(number_of + 10) for text in (canary, nik)]
    assert traces(desk.folder, gone) == []
    assert traces(desk.folder, canaries) == []
    assert verify.verify(lines_at(desk.url)).damage is None
    assert desk.forgotten == number_of
    again = await room.people.find(nik(number_of))
    assert again is not None
    entry = told(again, number_of)
    assert entry.sealed is not None
    assert again.unseal(entry.sealed, act=entry.act, key=entry.key)["name"] == canary(number_of)
    done = [record for record in _records(desk) if record["act"] == "erasure.done"]
    assert len({record["subj"] for record in done if record["outcome"] == "erased"}) == number_of


def _export(desk: Desk) -> None:
    folder = desk.folder / "export"
    folder.mkdir()
    export(desk.url, folder)


def _records(desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(line)["record"] for line in lines_at(desk.url)]


STEPS = {
    "before the key is deleted": ("people", "erase"),
    "after it, before that is written": ("database", "write"),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_in_the_middle_is_finished_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Begun is on the disk; the next process deletes what is left and says done, once."""
    memory = Memory()
    desk = await Desk(tmp_path, memory).open()
    person = await desk.room.people.of(nik(1))
    await desk.room.database.record(told(person, 1))
    calls = 0

    async def pulled(*_: object, **__: object) -> None:
        raise CannotWrite("the plug was pulled")

    write = desk.room.database.write

    async def second_pulled(*given: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        return await (write if calls == 1 else pulled)(*given, **more)

    name, method = STEPS[step]
    monkeypatch.setattr(getattr(desk.room, name), method, pulled if name == "people" else second_pulled)
    with pytest.raises(CannotWrite):
        await erasure.erase(desk.room, ErasureOrder(whom(1), "unlawful"), by=AUDITOR, request="r")
    await desk.close()
    assert "erasure.done" not in {record["act"] for record in _records(desk)}
    again = await Desk(tmp_path, memory).open()
    await erasure.finish_old(again.room)
    assert "erasure.done" not in {record["act"] for record in _records(again)}, (
        "its own question may be at it"
    )
    monkeypatch.setattr(erasure, "OWN_TIME", timedelta(0))
    await erasure.finish_old(again.room)
    await erasure.finish_old(again.room)
    assert await again.room.people.find(nik(1)) is None
    acts = [record["act"] for record in _records(again)]
    assert (acts.count("erasure.begun"), acts.count("erasure.done")) == (1, 1)
    now = datetime.now(UTC)
    assert await again.room.database.read(lambda c: store.unfinished_erasures(c, before=now)) == []
    await again.close()


async def test_a_database_away_only_delays_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun is tried again until it is done."""
    person = await desk.room.people.of(nik(1))
    order = store.Erasure(person.pseudonym, AUDITOR.actor, "r")
    await erasure._begin(desk.room, order, "unlawful")
    tries = 0
    erase = desk.room.people.erase

    async def away(pseudonym: str) -> bool:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise CannotWrite("away")
        return await erase(pseudonym)

    monkeypatch.setattr(desk.room.people, "erase", away)
    monkeypatch.setattr(erasure, "AGAIN_S", 0.01)
    monkeypatch.setattr(erasure, "OWN_TIME", timedelta(0))
    keeping = asyncio.create_task(erasure.keep_promises(desk.room))
    alarmed = False
    async with asyncio.timeout(5):
        while await desk.room.people.find(nik(1)) is not None:
            alarmed = alarmed or "erasure.unfinished" in [alarm.name for alarm in desk.alarms.current()]
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.1)
    keeping.cancel()
    assert (tries, alarmed, desk.alarms.current()) == (3, True, [])


async def test_nothing_is_held_of_whom_it_is_too_late_to_hold(desk: Desk) -> None:
    """Begun and not finished: a hold is refused, and that is an entry; nobody is told that the data stays."""
    person = await desk.room.people.of(nik(1))
    await erasure._begin(desk.room, store.Erasure(person.pseudonym, AUDITOR.actor, "r"), "unlawful")
    until = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(Problem) as refused:
        await holds.place(desk.room, whom(1), reason="Contoh", until=until, by=AUDITOR, request="r")
    assert refused.value.name == "conflict"
    assert [record["outcome"] for record in _records(desk) if record["act"] == "hold.placed"] == ["refused"]
    assert await desk.room.database.read(store.holds) == []


async def test_a_hold_and_an_erasure_at_once_exclude_each_other(desk: Desk) -> None:
    """Whoever is first wins, and the other is told: twenty times over."""
    until = datetime.now(UTC) + timedelta(days=1)
    for number in range(20):
        await desk.room.people.of(nik(number))
        order = ErasureOrder(whom(number), "unlawful")
        held, gone = await asyncio.gather(
            holds.place(desk.room, whom(number), reason="Contoh", until=until, by=AUDITOR, request="r"),
            erasure.erase(desk.room, order, by=AUDITOR, request="r"),
            return_exceptions=True,
        )
        assert sum(isinstance(each, Problem) for each in (held, gone)) == 1, (held, gone)
        there = await desk.room.people.find(nik(number)) is not None
        assert there == isinstance(gone, Problem)


async def test_whom_a_restored_key_database_brings_back_is_erased_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup from before the erasure does not undo it."""
    memory = Memory()
    desk = await Desk(tmp_path, memory).open()
    await desk.room.people.of(nik(1))
    await desk.close()
    backup = (tmp_path / "keys.db").read_bytes()
    desk = await Desk(tmp_path, memory).open()
    await erasure.erase(desk.room, ErasureOrder(whom(1), "unlawful"), by=AUDITOR, request="r")
    await desk.close()
    (tmp_path / "keys.db").write_bytes(backup)
    desk = await Desk(tmp_path, memory).open()
    assert await desk.room.people.find(nik(1)) is not None
    keeping = asyncio.create_task(erasure.keep_promises(desk.room))
    async with asyncio.timeout(5):
        while await desk.room.people.find(nik(1)) is not None:  # noqa: ASYNC110  nobody tells when
            await asyncio.sleep(0.01)
    keeping.cancel()
    await desk.close()


async def test_whom_another_process_erased_this_one_forgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in its memory would open what was sealed for as long as it runs."""
    memory = Memory()
    here, there = await Desk(tmp_path, memory).open(), await Desk(tmp_path, memory).open()
    await there.room.people.of(nik(1))
    monkeypatch.setattr(erasure, "AGAIN_S", 0.02)
    keeping = asyncio.create_task(erasure.keep_promises(here.room))
    await asyncio.sleep(0.3)
    before = here.forgotten
    await erasure.erase(there.room, ErasureOrder(whom(1), "unlawful"), by=AUDITOR, request="r")
    async with asyncio.timeout(5):
        while here.forgotten == before:  # noqa: ASYNC110  nobody tells when
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    keeping.cancel()
    assert here.forgotten == before + 1
    await here.close()
    await there.close()


async def test_the_longest_hold_counts_and_an_old_one_does_not(desk: Desk) -> None:
    """Erasure goes through as soon as no hold stands any more."""
    now = datetime.now(UTC)
    await desk.room.people.of(nik(1))
    placed = [
        await holds.place(
            desk.room, whom(1), reason="Contoh", until=now + timedelta(days=days), by=AUDITOR, request="r"
        )
        for days in (3, 9, 5)
    ]
    for hold in sorted(placed, key=lambda each: each.until, reverse=True):
        with pytest.raises(Problem) as refused:
            await erasure.erase(desk.room, ErasureOrder(whom(1), "unlawful"), by=AUDITOR, request="r")
        assert hold.id in str(refused.value.detail)
        await holds.lift(desk.room, hold.id, by=AUDITOR, request="r")
    await erasure.erase(desk.room, ErasureOrder(whom(1), "unlawful"), by=AUDITOR, request="r")
    with pytest.raises(Problem):
        await holds.lift(desk.room, "nosuchholdxx", by=AUDITOR, request="r")


async def test_a_hold_that_has_ended_holds_nothing(desk: Desk) -> None:
    """It ends by itself on its day."""
    person = await desk.room.people.of(nik(1))
    past = datetime.now(UTC) - timedelta(seconds=1)
    hold = store.Hold("abcdefghijkl", person.pseudonym, "Contoh", past, past - timedelta(days=1))
    entry = Entry("hold.placed", "placed")
    await desk.room.database.write(lambda connection: store.place_hold(connection, hold), entries=[entry])
    await erasure.erase(desk.room, ErasureOrder(whom(1), "unlawful"), by=AUDITOR, request="r")
