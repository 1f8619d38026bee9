"""Keys are changed under full load: every proof, old and new, stays valid."""

import asyncio
from base64 import b64encode
from pathlib import Path

import pytest

from contracts import Entry
from gateway.audit import evidence_store, store
from gateway.audit.notes import read
from gateway.evidence import verify
from gateway.evidence.export import export
from gateway.evidence.prove import prove
from gateway.inquiries import rotation
from gateway.inquiries.rotation import Rotated
from gateway.problems import Problem

from .conftest import AUDITOR, Desk

WRITERS, EACH, TIMES = 32, 60, 3


async def _load(desk: Desk) -> None:
    async def writer(name: int) -> None:
        for number in range(EACH):
            await desk.room.database.record(Entry("test.written", "done", object_id=f"{name}-{number}"))

    await asyncio.gather(*(writer(name) for name in range(WRITERS)))


async def _rotate(desk: Desk, key: rotation.Key) -> Rotated:
    return await rotation.rotate(desk.room, key, by=AUDITOR, request="r")


async def test_the_signing_key_is_changed_in_mid_load(desk: Desk) -> None:
    """Three times while 32 write: the first policy still leads to every checkpoint, and to every proof."""
    await desk.room.database.record(Entry("test.written", "done"))
    first = desk.room.logbook.vkey
    load = asyncio.create_task(_load(desk))
    made = []
    for _ in range(TIMES):
        await asyncio.sleep(0.05)
        made.append((await _rotate(desk, "signing")).vkey)
    await load
    await desk.room.database.maintain(desk.room.logbook.sign)
    assert len({first, *made}) == TIMES + 1
    assert desk.room.logbook.vkey == made[-1]
    folder, policy = desk.folder / "export", desk.folder / "first.txt"
    folder.mkdir()
    policy.write_text(f"log {first}\nquorum none\n")
    export(desk.url, folder)
    report = verify.check(folder, policy)
    assert report.code == verify.INTACT, report
    assert report.entries == 2 + WRITERS * EACH + TIMES
    _prove_some(desk, policy)


def _prove_some(desk: Desk, policy: Path) -> None:
    """Check the proofs of entries before, between and behind the changes, each with the keys of its time."""
    every = verify.read_policy((desk.folder / "export" / "policy.txt").read_text())
    assert len(every) == TIMES + 1
    with desk.room.database._reading.connect() as connection:
        (log,) = [row.log for row in evidence_store.logs(connection)]
        rows = list(store.entries(connection, log))
        for seq, _, record in rows[:: len(rows) // 40]:
            note = evidence_store.first_checkpoint_from(connection, log, seq)
            assert note is not None
            leaves = [bytes.fromhex(leaf) for _, leaf, _ in rows[: read(note).size]]
            extra = b64encode(record.encode()).decode()
            found = verify.check_proof(prove(leaves, seq - 1, note, extra=extra), every)
            assert found["seq"] == seq
    assert policy.exists()


async def test_the_sealing_key_is_changed_in_mid_load(desk: Desk) -> None:
    """While people are made and sealed: each is open before, meanwhile and afterwards."""
    room = desk.room

    async def maker(name: int) -> list[str]:
        names = []
        for number in range(10):
            person = await room.people.of(f"1571015203{name:02}{1000 + number}")
            sealed = person.seal({"n": number}, act="a.b", key="k")
            again = await room.people.with_pseudonym(person.pseudonym)
            assert again is not None
            assert again.unseal(sealed, act="a.b", key="k") == {"n": number}
            names.append(person.pseudonym)
        return names

    load = asyncio.gather(*(maker(10 + name) for name in range(WRITERS)))
    for _ in range(TIMES):
        await _rotate(desk, "sealing")
    names = [name for each in await load for name in each]
    assert len(set(names)) == WRITERS * 10
    assert all([await room.people.with_pseudonym(name) for name in names])


async def test_before_the_first_entry_there_is_no_key_to_change(desk: Desk) -> None:
    """It is said, and nothing is made."""
    with pytest.raises(Problem) as refused:
        await _rotate(desk, "signing")
    assert "not begun" in str(refused.value.detail)
