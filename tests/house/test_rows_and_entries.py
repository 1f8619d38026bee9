"""Business rows and audit entries match: each row has its entry, and each entry that says so its row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gateway.db.engine import reading
from tests.journeys.evidence import Record, records
from tests.running import House, Sandbox

from .test_declared_sets import People

Rows = Callable[[str], list[Any]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A gateway in which everything was done once, then stopped."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        with House(tmp_path_factory.mktemp("house"), sandbox, capacity_refresh_s="1") as house:
            for do in People(house, sandbox).script().values():
                do()
        yield house


@pytest.fixture(scope="module")
def log(house: House) -> list[Record]:
    """What stands in the log."""
    return records(house)


@pytest.fixture(scope="module")
def rows(house: House) -> Rows:
    """Ask either database."""

    def ask(statement: str) -> list[Any]:
        keys = "person_key" in statement
        url = f"sqlite:///{house.data / 'keys.db'}" if keys else house.database_url
        reader = reading(url, connections=1)
        with reader.connect() as connection:
            found = _all(connection, statement)
        reader.dispose()
        return found

    return ask


def _all(connection: Connection, statement: str) -> list[Any]:
    return [tuple(row) if len(row) > 1 else row[0] for row in connection.execute(text(statement))]


def objects(log: Iterable[Record], act: str, *outcomes: str) -> list[str]:
    """Return what the entries of that act were done to."""
    return [record["obj"]["id"] for record in log if record["act"] == act and record["outcome"] in outcomes]


def subjects(log: Iterable[Record], act: str, *outcomes: str) -> list[str]:
    """Return whom the entries of that act are about."""
    return [record["subj"] for record in log if record["act"] == act and record["outcome"] in outcomes]


# Each table's rows, and the entries that must name the very same.
PAIRS: Mapping[str, tuple[str, Callable[[list[Record]], list[Any]]]] = {
    "keys": ("SELECT id FROM access_key", lambda log: objects(log, "key.created", "created")),
    "revoked keys": (
        "SELECT id FROM access_key WHERE revoked_at_us IS NOT NULL",
        lambda log: objects(log, "key.revoked", "revoked"),
    ),
    "declarations": (
        "SELECT hospital FROM declared_capacity",
        lambda log: objects(log, "capacity.declared", "recorded"),
    ),
    "holds": ("SELECT id FROM legal_hold", lambda log: objects(log, "hold.placed", "placed")),
    "lifted holds": (
        "SELECT id FROM legal_hold WHERE lifted_at IS NOT NULL",
        lambda log: objects(log, "hold.lifted", "lifted"),
    ),
    "erasures begun": ("SELECT subject FROM erasure", lambda log: subjects(log, "erasure.begun", "begun")),
    "erasures done": (
        "SELECT subject FROM erasure WHERE done_at IS NOT NULL",
        lambda log: subjects(log, "erasure.done", "erased", "nothing_left"),
    ),
    "logs": (
        "SELECT log FROM audit_log",
        lambda log: [record["log"] for record in log if record["act"] == "log.opened"],
    ),
    "signing keys": (
        "SELECT vkey FROM audit_key",
        lambda log: [
            record["detail"]["vkey"] for record in log if record["act"] in ("log.opened", "log.key_rotated")
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAIRS)
def test_every_row_has_its_entry_and_every_entry_its_row(name: str, rows: Rows, log: list[Record]) -> None:
    """Exactly one each: nothing happened unseen, and nothing was told that did not happen."""
    statement, told = PAIRS[name]
    assert sorted(rows(statement)) == sorted(told(log)) != []


@pytest.mark.slow
def test_every_person_who_was_not_erased_has_a_key_and_an_entry(rows: Rows, log: list[Record]) -> None:
    """A key without an entry would be harmless, an entry without its key unreadable."""
    told = {record["subj"] for record in log if "pii" in record}
    erased = set(rows("SELECT subject FROM erasure"))
    assert told - erased == set(rows("SELECT pseudonym FROM person_key"))
    assert erased <= told


@pytest.mark.slow
def test_every_exchange_that_was_meant_has_an_outcome(log: list[Record]) -> None:
    """By request: each intent to tell an insurer or to open a person's data is followed by its outcome."""
    for name in ("eligibility", "subject_access", "breach_scope"):
        asked = [record["req"] for record in log if record["act"] == f"{name}.asked"]
        answered = [record["req"] for record in log if record["act"] == f"{name}.answered"]
        assert asked
        assert set(asked) <= set(answered)
