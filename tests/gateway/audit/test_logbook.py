"""What the writer appends is signed, over failures, restarts, new keys and new years."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from contracts.audit import Entry
from gateway.audit import evidence_store
from gateway.audit.chain import DamagedEnd
from gateway.audit.keys import SigningKeys
from gateway.audit.logbook import KEY_ROTATED, Logbook, OtherLog
from gateway.audit.notary import Notary
from gateway.audit.notes import Signer, read
from gateway.audit.tree import Tree
from gateway.db import CannotWrite
from gateway.db.engine import writing
from gateway.evidence.export import lines
from gateway.evidence.verify import verify

from .material import AUTHORITY, entry, house_log

LOG = f"{datetime.now(UTC).year}/gerbang-1"


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """Give a writing connection on either dialect."""
    with writing(database_url).connect() as connection:
        yield connection


class Years:
    """A calendar that is set by hand."""

    def __init__(self, year: int) -> None:
        self.year = year

    def __call__(self) -> datetime:
        """Return a day in that year."""
        return datetime(self.year, 7, 1, tzinfo=UTC)


def append(connection: Connection, logbook: Logbook, *numbers: int) -> None:
    """Commit entries of these numbers."""
    commit(connection, logbook, *(entry(number) for number in numbers))


def commit(connection: Connection, logbook: Logbook, *entries: Entry) -> None:
    """Commit *entries*."""
    with connection.begin():
        logbook.append(connection, entries)
    logbook.committed()


def sign(connection: Connection, logbook: Logbook) -> None:
    """Let the logbook sign what it owes."""
    with connection.begin():
        logbook.sign(connection)
    logbook.committed()


def records(connection: Connection) -> list[dict[str, Any]]:
    """Return all records; the chains are intact."""
    with connection.begin():
        exported = list(lines(connection))
    report = verify(exported)
    assert report.damage is None, report.damage
    return [json.loads(line)["record"] for line in exported]


def notes(connection: Connection, log: str = LOG) -> list[str]:
    """Return what was signed of *log*; each root is the tree's over the entries that lie there."""
    with connection.begin():
        found = list(evidence_store.notes(connection, log))
        leaves = evidence_store.leaves_behind(connection, log, 0)
    for note in found:
        head = read(note)
        assert head.origin == f"{AUTHORITY}/audit/{log}"
        assert head.root == Tree().grown(leaves[: head.size]).root()
    return found


def sizes(connection: Connection, log: str = LOG) -> list[int]:
    """Return the sizes that were signed."""
    return [read(note).size for note in notes(connection, log)]


def keys_of(note: str) -> list[str]:
    """Return the names of those who signed."""
    return [line.split()[1] for line in note.partition("\n\n")[2].splitlines()]


def test_a_log_opens_with_its_origin_and_its_key(connection: Connection, tmp_path: Path) -> None:
    """The first entry says whose log it is and who will sign it."""
    logbook = house_log(tmp_path)
    append(connection, logbook, 1, 2)
    opened, *rest = records(connection)
    assert (opened["act"], opened["log"], opened["seq"], opened["mono"]) == ("log.opened", LOG, 1, 0)
    assert opened["detail"] == {"origin": f"{AUTHORITY}/audit/{LOG}", "vkey": logbook.vkey}
    assert [record["seq"] for record in rest] == [2, 3]


def test_a_checkpoint_comes_after_so_many_entries_and_when_asked(
    connection: Connection, tmp_path: Path
) -> None:
    """Due after ten, and whenever something is owed; asked again nothing is signed twice."""
    logbook = house_log(tmp_path, every=10)
    for batch in range(8):
        append(connection, logbook, *range(3 * batch, 3 * batch + 3))
    assert sizes(connection) == [10, 22]
    assert logbook.owed == 3
    sign(connection, logbook)
    sign(connection, logbook)
    assert sizes(connection) == [10, 22, 25]
    assert logbook.owed == 0


def test_what_is_published_was_committed(connection: Connection, tmp_path: Path) -> None:
    """Of a transaction that is undone nobody sees a checkpoint, and its place is signed anew."""
    logbook = house_log(tmp_path, every=2)
    transaction = connection.begin()
    logbook.append(connection, [entry(1), entry(2)])
    transaction.rollback()
    logbook.rolled_back()
    assert logbook.notary.newest is None
    append(connection, logbook, 3, 4)
    assert list(logbook.notary.published) == notes(connection)
    assert logbook.notary.newest == notes(connection)[-1]


def test_a_refused_entry_leaves_nothing_behind(connection: Connection, tmp_path: Path) -> None:
    """As the writer does it: each in a savepoint, one without canonical form among them."""
    logbook = house_log(tmp_path, every=2)
    with connection.begin():
        for given in (entry(1, detail={"x": 0.5}), entry(2), entry(3, detail={"x": 0.5}), entry(4)):
            savepoint = connection.begin_nested()
            try:
                logbook.append(connection, [given])
            except ValueError:
                savepoint.rollback()
            else:
                savepoint.commit()
    logbook.committed()
    assert [record["key"][-1] for record in records(connection)[1:]] == ["2", "4"]
    assert list(logbook.notary.published) == notes(connection)


@pytest.mark.parametrize("signed_before", [True, False])
def test_a_restart_goes_on_where_it_ended(
    connection: Connection, tmp_path: Path, signed_before: bool
) -> None:
    """Tree and key are read back from the disk, with entries behind the last checkpoint or none."""
    first = house_log(tmp_path)
    append(connection, first, *range(1, 40))
    sign(connection, first)
    append(connection, first, 40, 41)
    if signed_before:
        sign(connection, first)
    second = house_log(tmp_path)
    append(connection, second, 42)
    sign(connection, second)
    assert sizes(connection) == ([40, 42, 43] if signed_before else [40, 43])
    assert second.vkey == first.vkey
    assert [record["seq"] for record in records(connection)] == list(range(1, 44))


def test_a_new_year_is_a_new_log_that_holds_the_old_ones_end(connection: Connection, tmp_path: Path) -> None:
    """The old log is signed to its end; the new one opens with that, and both keys sign its first head."""
    year = Years(2026)
    logbook = house_log(tmp_path, today=year)
    append(connection, logbook, 1, 2)
    old_key = logbook.vkey
    year.year = 2027
    append(connection, logbook, 3)
    (last,) = notes(connection, "2026/gerbang-1")
    opened = next(record for record in records(connection) if record["log"] == "2027/gerbang-1")
    assert opened["detail"]["after"] == "2026/gerbang-1"
    assert (opened["detail"]["size"], opened["detail"]["checkpoint"]) == (3, last)
    assert old_key != opened["detail"]["vkey"] == logbook.vkey
    (first,) = notes(connection, "2027/gerbang-1")
    assert keys_of(first) == [f"{AUTHORITY}/audit/2026/gerbang-1", f"{AUTHORITY}/audit/2027/gerbang-1"]


def test_a_clock_set_back_opens_no_older_log(connection: Connection, tmp_path: Path) -> None:
    """After a year that came too early all goes on there, also after a restart."""
    year = Years(2031)
    append(connection, house_log(tmp_path, today=year), 1)
    year.year = 2026
    append(connection, house_log(tmp_path, today=year), 2)
    assert {record["log"] for record in records(connection)} == {"2031/gerbang-1"}


def test_a_log_of_the_first_release_is_the_older_one(connection: Connection, tmp_path: Path) -> None:
    """It has no key and no checkpoint; the new log's first entry holds its size, root and last leaf."""
    from gateway.audit import Chain  # the first release's writer

    with connection.begin():
        Chain("gerbang-1").append(connection, [entry(1), entry(2)])
        row = evidence_store.LogRow("gerbang-1", "gerbang-1", 1, "", "2026-11-01T00:00:00+00:00")
        evidence_store.add_log(connection, row)
        leaves = evidence_store.leaves_behind(connection, "gerbang-1", 0)
    append(connection, house_log(tmp_path), 3)
    opened = next(record for record in records(connection) if record["log"] == LOG)["detail"]
    assert (opened["after"], opened["size"], opened["checkpoint"]) == ("gerbang-1", 2, None)
    assert opened["leaf"] == leaves[-1].hex()


def rotation(logbook: Logbook) -> tuple[Signer, Entry]:
    """Prepare a new key and the entry that hands over to it."""
    assert logbook.origin is not None
    signer = logbook.notary.prepare(logbook.origin)
    return signer, Entry(KEY_ROTATED, "rotated", detail={"vkey": signer.vkey, "was": logbook.vkey})


def test_a_key_is_handed_over_by_both(connection: Connection, tmp_path: Path) -> None:
    """The entry is signed at once by the old and the new key; afterwards only the new one signs."""
    logbook = house_log(tmp_path)
    append(connection, logbook, 1)
    old = logbook.vkey
    signer, handing_over = rotation(logbook)
    commit(connection, logbook, entry(2), handing_over, entry(3))
    append(connection, logbook, 4)
    sign(connection, logbook)
    assert sizes(connection) == [5, 6]
    assert [len(keys_of(note)) for note in notes(connection)] == [2, 1]
    assert logbook.vkey == signer.vkey != old
    assert house_log(tmp_path).vkey is None, "not read yet"
    again = house_log(tmp_path)
    append(connection, again, 5)
    assert again.vkey == signer.vkey


def test_a_key_made_for_another_log_is_refused(connection: Connection, tmp_path: Path) -> None:
    """When the year turns between preparing and handing over, nothing is written."""
    year = Years(2026)
    logbook = house_log(tmp_path, today=year)
    append(connection, logbook, 1)
    _, handing_over = rotation(logbook)
    year.year = 2027
    with pytest.raises(OtherLog), connection.begin():
        logbook.append(connection, [handing_over])
    logbook.rolled_back()
    assert {record["log"] for record in records(connection)} == {"2026/gerbang-1"}


def test_without_its_key_the_log_goes_on_unsigned_and_a_new_key_takes_over(
    connection: Connection, tmp_path: Path
) -> None:
    """A lost key holds no entry up; what to restore is said; a new one signs alone."""
    first = house_log(tmp_path)
    append(connection, first, 1)
    sign(connection, first)
    (lost,) = (tmp_path / "secrets").iterdir()
    lost.unlink()
    second = house_log(tmp_path)
    append(connection, second, 2)
    sign(connection, second)
    assert second.owed == 1
    assert str(second.notary.trouble) == f"{lost} cannot be read: restore it"
    _, handing_over = rotation(second)
    commit(connection, second, handing_over)
    assert (second.owed, second.notary.trouble) == (0, None)
    assert sizes(connection) == [2, 4]


class Broken:
    """A signer of somebody else's hardware that does not answer."""

    def __init__(self, vkey: str) -> None:
        self.vkey = vkey

    def sign(self, message: bytes) -> bytes:
        """Fail."""
        raise OSError("no card in the slot")


class Slot(SigningKeys):
    """A folder whose keys can be pulled out."""

    pulled = False

    def load(self, vkey: str) -> Signer:
        """Return a signer that fails while pulled."""
        return Broken(vkey) if self.pulled else super().load(vkey)


def test_a_signer_that_fails_is_tried_again(connection: Connection, tmp_path: Path) -> None:
    """Its failure is noted and costs no entry; when it works again all that is owed is signed."""
    append(connection, house_log(tmp_path), 1)
    slot = Slot(tmp_path / "secrets")
    slot.pulled = True
    logbook = Logbook("gerbang-1", Notary(slot, AUTHORITY, every=2))
    append(connection, logbook, 2, 3, 4)
    assert (logbook.owed, logbook.notary.trouble) == (5, "the signer failed: OSError")
    slot.pulled = False
    logbook.rolled_back()
    sign(connection, logbook)
    assert (logbook.owed, logbook.notary.trouble, sizes(connection)) == (0, None, [5])


def test_a_restored_key_signs_at_the_next_beat(connection: Connection, tmp_path: Path) -> None:
    """Nobody has to restart anything."""
    append(connection, house_log(tmp_path), 1)
    (file,) = (tmp_path / "secrets").iterdir()
    away = file.rename(tmp_path / "away")
    logbook = house_log(tmp_path)
    append(connection, logbook, 2)
    sign(connection, logbook)
    assert (logbook.owed, logbook.vkey) == (3, None)
    away.rename(file)
    sign(connection, logbook)
    assert (logbook.owed, sizes(connection)) == (0, [3])
    assert logbook.vkey is not None


def test_without_its_key_a_log_goes_on_over_the_year(connection: Connection, tmp_path: Path) -> None:
    """Nobody could follow to the next one: it begins when the key is back."""
    year = Years(2026)
    append(connection, house_log(tmp_path, today=year), 1)
    (file,) = (tmp_path / "secrets").iterdir()
    away = file.rename(tmp_path / "away")
    logbook = house_log(tmp_path, today=year)
    year.year = 2027
    append(connection, logbook, 2)
    away.rename(file)
    sign(connection, logbook)
    append(connection, logbook, 3)
    assert [(record["log"], record["act"]) for record in records(connection)[2:]] == [
        ("2026/gerbang-1", "capacity.asked"),
        ("2027/gerbang-1", "log.opened"),
        ("2027/gerbang-1", "capacity.asked"),
    ]
    assert len(keys_of(notes(connection, "2027/gerbang-1")[0])) == 2


def test_a_folder_that_takes_no_key_holds_nothing_up(connection: Connection, tmp_path: Path) -> None:
    """At the turn of the year all goes on in the old log until a key can be made."""
    year = Years(2026)
    logbook = house_log(tmp_path, today=year)
    append(connection, logbook, 1)
    secrets = (tmp_path / "secrets").rename(tmp_path / "kept")
    (tmp_path / "secrets").write_text("in the way")
    year.year = 2027
    append(connection, logbook, 2)
    assert "no key for a new log" in str(logbook.notary.trouble)
    (tmp_path / "secrets").unlink()
    secrets.rename(tmp_path / "secrets")
    append(connection, logbook, 3)
    assert [record["log"][:4] for record in records(connection)] == ["2026"] * 3 + ["2027"] * 2


def test_two_handings_over_at_once_are_refused(connection: Connection, tmp_path: Path) -> None:
    """Both would follow on the same key: alone the first one passes, and the other no more."""
    logbook = house_log(tmp_path)
    append(connection, logbook, 1)
    (one, first), (_, second) = rotation(logbook), rotation(logbook)
    with pytest.raises(OtherLog), connection.begin():
        logbook.append(connection, [first, second])
    commit(connection, logbook, first)
    with pytest.raises(OtherLog), connection.begin():
        logbook.append(connection, [second])
    append(connection, logbook, 2)
    assert logbook.vkey == one.vkey
    assert [record["act"] for record in records(connection)].count("log.key_rotated") == 1


def test_what_is_owed_is_not_forgotten_by_a_rollback(connection: Connection, tmp_path: Path) -> None:
    """Until the end is in sight again something counts as owed, and the origin is known."""
    logbook = house_log(tmp_path)
    assert logbook.owed == 0
    append(connection, logbook, 1)
    origin, vkey = logbook.origin, logbook.vkey
    logbook.rolled_back()
    assert (logbook.owed, logbook.origin, logbook.vkey) == (1, origin, vkey)
    sign(connection, logbook)
    assert (logbook.owed, sizes(connection)) == (0, [2])


def test_a_failure_behind_the_chain_leaves_no_gap(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails once the entries are chained, the next job in the transaction follows on the truth."""
    logbook = house_log(tmp_path, every=1)
    append(connection, logbook, 1)

    def refused(*_: object) -> None:
        raise PermissionError("not for you")

    with connection.begin():
        savepoint = connection.begin_nested()
        with monkeypatch.context() as patch:
            patch.setattr(evidence_store, "add_checkpoint", refused)
            with pytest.raises(PermissionError):
                logbook.append(connection, [entry(2)])
        savepoint.rollback()
        logbook.append(connection, [entry(3)])
    logbook.committed()
    assert [record["key"][-1] for record in records(connection)[1:]] == ["1", "3"]
    assert list(logbook.notary.published) == notes(connection)


def test_a_handing_over_that_cannot_be_signed_does_not_happen(connection: Connection, tmp_path: Path) -> None:
    """Neither the entry nor the key: afterwards the old key signs as before."""
    append(connection, house_log(tmp_path), 1)
    slot = Slot(tmp_path / "secrets")
    slot.pulled = True
    logbook = Logbook("gerbang-1", Notary(slot, AUTHORITY))
    append(connection, logbook, 2)
    _, handing_over = rotation(logbook)
    with pytest.raises(CannotWrite), connection.begin():
        logbook.append(connection, [handing_over])
    logbook.rolled_back()
    slot.pulled = False
    append(connection, logbook, 3)
    assert "log.key_rotated" not in {record["act"] for record in records(connection)}


def test_a_second_signer_of_the_same_log_is_stopped(sqlite_url: str, tmp_path: Path) -> None:
    """Two heads of one size would be a fork: the table refuses, and the writer says that it cannot write."""
    with writing(sqlite_url).connect() as connection:
        logbook = house_log(tmp_path)
        append(connection, logbook, 1)
        with connection.begin():
            row = evidence_store.CheckpointRow(LOG, 2, "another head", b"")
            evidence_store.add_checkpoint(connection, row)
        with pytest.raises(CannotWrite, match="somebody else"), connection.begin():
            logbook.sign(connection)


DAMAGES = {
    "entries cut off below what was signed": "DELETE FROM audit_entry WHERE seq > 3",
    "an entry taken from the middle": "DELETE FROM audit_entry WHERE seq = 6",
    "a checkpoint's peaks changed": "UPDATE audit_checkpoint SET peaks = zeroblob(length(peaks))",
    "a checkpoint's note changed": "UPDATE audit_checkpoint SET note = replace(note, x'0a350a', x'0a340a')",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_nothing_is_added_to_a_log_that_is_not_what_was_signed(
    sqlite_url: str, tmp_path: Path, damage: str
) -> None:
    """Whoever may drop triggers can change the file; the next start refuses to build upon it."""
    with writing(sqlite_url).connect() as connection:
        logbook = house_log(tmp_path)
        append(connection, logbook, 1, 2, 3, 4)
        sign(connection, logbook)
        append(connection, logbook, 5, 6)
        with connection.begin():
            triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for trigger in connection.scalars(triggers).all():
                connection.execute(text(f"DROP TRIGGER {trigger}"))
            connection.execute(text(damage))
        with pytest.raises(DamagedEnd), connection.begin():
            house_log(tmp_path).append(connection, [entry(8)])


@pytest.mark.parametrize("table", ["audit_log", "audit_checkpoint", "audit_key", "audit_entry"])
@pytest.mark.parametrize("change", ["UPDATE {} SET log = 'x'", "DELETE FROM {}"])
def test_the_tables_take_inserts_only(
    connection: Connection, tmp_path: Path, table: str, change: str
) -> None:
    """The database itself refuses to change or delete evidence, on both dialects."""
    logbook = house_log(tmp_path)
    append(connection, logbook, 1)
    sign(connection, logbook)
    with pytest.raises(Exception, match="INSERT only"), connection.begin():
        connection.execute(text(change.format(table)))


def test_two_replicas_have_a_log_each(connection: Connection, tmp_path: Path) -> None:
    """Chains, trees and keys do not meet."""
    for replica in ("gerbang-1", "gerbang-2"):
        logbook = house_log(tmp_path, replica=replica)
        commit(connection, logbook, entry(1, key=f"{replica}-1"))
        sign(connection, logbook)
    assert sizes(connection) == sizes(connection, LOG.replace("-1", "-2")) == [2]
    assert len({record["detail"]["vkey"] for record in records(connection) if record["seq"] == 1}) == 2
