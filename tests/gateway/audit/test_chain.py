"""Every entry names the one before it, over commits, failures and restarts."""

import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from gateway.audit import Chain, store
from gateway.audit.chain import START, DamagedEnd, NotCanonical, Tip, seal
from gateway.db.engine import writing
from gateway.evidence.export import lines
from gateway.evidence.verify import verify

from .material import entry, lines_of


@given(st.lists(st.integers(0, 5), max_size=8))
def test_batches_of_any_size_make_one_chain(sizes: list[int]) -> None:
    """Sealing in several goes gives the very rows of sealing at once."""
    total = sum(sizes)
    at_once, end = seal([entry(n) for n in range(total)], log="l", tip=START, mono=3, first=True)
    tip, bit_by_bit, made = START, [], 0
    for size in sizes:
        batch = [entry(n) for n in range(made, made + size)]
        rows, tip = seal(batch, log="l", tip=tip, mono=3, first=made == 0)
        bit_by_bit += rows
        made += size
    assert bit_by_bit == at_once
    assert tip == end == Tip(total, at_once[-1].leaf if total else "0" * 64)
    assert verify(lines_of(at_once)).damage is None


def test_the_first_entry_of_a_process_and_no_other_has_clock_0() -> None:
    """A reader sees where a process began, even when two entries fall into its first millisecond."""
    rows, _ = seal([entry(1), entry(2)], log="l", tip=START, mono=0, first=True)
    assert [json.loads(row.record)["mono"] for row in rows] == [0, 1]


def test_columns_repeat_what_the_record_says() -> None:
    """What is searched for beside the record is the record's own."""
    (row,), _ = seal([entry(1, subject="p-1", partner="rsud-a")], log="l", tip=START, mono=0, first=True)
    record = json.loads(row.record)
    beside = {name: value for name, value in row._asdict().items() if name not in ("record", "leaf")}
    assert beside == {name: record[name] for name in beside}


class Clock:
    """A monotonic clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """Give a writing connection on either dialect."""
    with writing(database_url).connect() as connection:
        yield connection


def _commit(connection: Connection, chain: Chain, *numbers: int) -> None:
    with connection.begin():
        chain.append(connection, [entry(number) for number in numbers])
    chain.committed()


def _monos(connection: Connection) -> list[int]:
    with connection.begin():
        return [json.loads(row)["record"]["mono"] for row in lines(connection)]


def _intact(connection: Connection) -> int:
    with connection.begin():
        out = io.BytesIO(b"".join(lines(connection)))
    report = verify(out)
    assert report.damage is None
    return report.entries


def test_a_reopened_chain_goes_on_where_it_ended(connection: Connection) -> None:
    """A restart continues numbers and hashes and starts its clock anew."""
    clock = Clock()
    first = Chain("gerbang-1", monotonic=clock)
    _commit(connection, first, 1, 2)
    clock.now += 1.5
    _commit(connection, first, 3)
    second = Chain("gerbang-1", monotonic=clock)
    _commit(connection, second, 4)
    clock.now += 0.25
    _commit(connection, second, 5)
    assert _monos(connection) == [0, 1, 1500, 0, 250]
    assert _intact(connection) == 5


def test_what_was_rolled_back_leaves_no_gap(connection: Connection) -> None:
    """After a rollback the next entry takes the number that became free, and still marks the start."""
    chain = Chain("gerbang-1")
    transaction = connection.begin()
    chain.append(connection, [entry(1), entry(2)])
    transaction.rollback()
    chain.rolled_back()
    _commit(connection, chain, 3, 4)
    assert _monos(connection)[0] == 0
    assert _intact(connection) == 2


def test_a_commit_that_happened_after_all_is_found(connection: Connection) -> None:
    """When nobody knows whether a commit came through, the disk is asked and not the memory."""
    chain = Chain("gerbang-1")
    _commit(connection, chain, 1)
    with connection.begin():
        chain.append(connection, [entry(2)])
    chain.rolled_back()
    _commit(connection, chain, 3)
    assert _intact(connection) == 3


def test_a_failed_append_changes_nothing(connection: Connection) -> None:
    """Neither a bad entry nor a key used twice moves the chain's end."""
    chain = Chain("gerbang-1")
    _commit(connection, chain, 1)
    with connection.begin():
        with pytest.raises(NotCanonical):
            chain.append(connection, [entry(2), entry(3, detail={"x": 0.5})])
        with pytest.raises(Exception, match=r"(?i)unique|already"), connection.begin_nested():
            chain.append(connection, [entry(1)])
        chain.append(connection, [entry(4)])
    chain.committed()
    assert _intact(connection) == 2


def test_an_end_that_was_changed_stops_the_log(connection: Connection) -> None:
    """Nothing is chained to an entry that does not carry its own seal."""
    (row,), _ = seal([entry(1)], log="gerbang-1", tip=START, mono=0, first=True)
    with connection.begin():
        store.add(connection, [row._replace(record=row.record.replace("icu", "igd"))])
    with connection.begin(), pytest.raises(DamagedEnd, match="gerbang-1/1"):
        Chain("gerbang-1").append(connection, [entry(2)])


def test_only_missing_entries_are_named(connection: Connection) -> None:
    """Of a replay those are left that no log holds yet, in order, each once."""
    chain = Chain("gerbang-1")
    _commit(connection, chain, 1, 3)
    with connection.begin():
        found = chain.missing(connection, [entry(n) for n in (1, 2, 3, 4, 2)])
    assert [one.key for one in found] == [entry(2).key, entry(4).key]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET act = 'nothing'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE seq = 1",
    ],
)
def test_the_database_refuses_to_change_or_drop_an_entry(connection: Connection, statement: str) -> None:
    """INSERT only, whoever asks."""
    _commit(connection, Chain("gerbang-1"), 1, 2)
    with pytest.raises(Exception, match="accepts INSERT only"), connection.begin():
        connection.execute(text(statement))
    assert _intact(connection) == 2


def test_postgresql_refuses_to_empty_the_log(postgres_url: str) -> None:
    """TRUNCATE has a trigger of its own."""
    with writing(postgres_url).connect() as connection:
        _commit(connection, Chain("gerbang-1"), 1)
        with pytest.raises(Exception, match="accepts INSERT only"), connection.begin():
            connection.execute(text("TRUNCATE audit_entry"))
        assert _intact(connection) == 1


@pytest.mark.parametrize(
    "same",
    [{"rowid": 1}, {"log": "gerbang-1", "seq": 1}, {"key": entry(1).key}],
    ids=["rowid", "place", "key"],
)
def test_sqlite_refuses_to_replace_an_entry(sqlite_url: str, same: dict[str, object]) -> None:
    """INSERT OR REPLACE would delete the old row without asking the DELETE trigger."""
    given = {
        "rowid": 77,
        "log": "x",
        "seq": 9,
        "ts": "t",
        "act": "a",
        "key": "k",
        "record": "{}",
        "leaf": "0",
    }
    with writing(sqlite_url).connect() as connection:
        _commit(connection, Chain("gerbang-1"), 1)
        names, values = ", ".join(given), ", ".join(f":{name}" for name in given)
        statement = f"INSERT OR REPLACE INTO audit_entry ({names}) VALUES ({values})"  # noqa: S608 - our names
        with pytest.raises(Exception, match="holds this entry already"), connection.begin():
            connection.execute(text(statement), {**given, **same})
        assert _intact(connection) == 1


def test_postgresql_refuses_to_update_by_conflict(postgres_url: str) -> None:
    """ON CONFLICT DO UPDATE is an update."""
    with writing(postgres_url).connect() as connection:
        _commit(connection, Chain("gerbang-1"), 1)
        statement = text(
            "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (log, seq) DO UPDATE SET act = 'x'"
        )
        with pytest.raises(Exception, match="accepts INSERT only"), connection.begin():
            connection.execute(statement)
        assert _intact(connection) == 1
