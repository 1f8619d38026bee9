"""Business rows and audit entries match: each row has its entry, and each entry that says so its row."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gateway.db.engine import reading
from tests.journeys.evidence import Record, acts, records
from tests.running import House, Sandbox

from .informed_rows import INFORMED
from .people.everybody import People
from .people.informing import warn
from .told import at_partners, done_to, objects, subjects

Rows = Callable[[str], list[Any]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A gateway in which everything was done once, then stopped."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        warn(sandbox)
        folder = tmp_path_factory.mktemp("house")
        with House(folder, sandbox, capacity_refresh_s="1") as house:
            people = People(house, sandbox)
            for do in people.script().values():
                do()
            people.waking.add()
            people.referring.submit_new("rejected", "rsud-sayoeti")  # so that somebody is woken
            _until_quiet(house)
        yield house


def _until_quiet(house: House) -> None:
    """Wait until whoever is to be woken is, and nobody is being told anything."""
    until = time.monotonic() + 20
    while True:
        log = records(house)
        done = acts(log)
        meant = sum(
            done.count(act) for act in ("referral.conveying", "notification.conveying", "waking.asked")
        )
        if "waking.answered" in done and meant == _outcomes(log):
            return
        assert time.monotonic() < until
        time.sleep(0.3)


def _outcomes(log: list[Record]) -> int:
    ended = ("referral.conveyed", "notification.conveyed", "waking.answered")
    return sum(each["act"] in ended and each["outcome"] != "fetched" for each in log)


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


def sessions_left(log: list[Record]) -> list[str]:
    """Return the sessions that were begun and not closed."""
    return sorted(set(objects(log, "session.begun", "begun")) - set(objects(log, "session.closed", "closed")))


# The decisions among a referral's events, by their acts.
DECISIONS = {
    "referral.submitted": "submit",
    "referral.approved": "approve",
    "referral.approved_by_telephone": "approve_by_telephone",
    "referral.rejected": "reject",
    "referral.glass_broken": "break_glass",
    "referral.worsened": "worsened",
    "referral.hospital_chosen": "choose",
    "referral.departed": "depart",
    "referral.arrived": "arrive",
    "referral.cancelled": "cancel",
}

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
    "referrals": ("SELECT id FROM referral", lambda log: objects(log, "referral.created", "created")),
    "hospitals asked": (
        "SELECT referral, hospital FROM referral_ask",
        lambda log: at_partners(log, "referral.asked"),
    ),
    "decisions": (
        "SELECT referral, replace(event, 'depart_unanswered', 'depart') FROM referral_event"
        " WHERE event IN ('submit', 'approve', 'approve_by_telephone', 'reject', 'break_glass', 'worsened',"
        " 'choose', 'depart', 'depart_unanswered', 'arrive', 'cancel')",
        lambda log: done_to(log, DECISIONS),
    ),
    "confirmations owed": (
        "SELECT referral FROM referral_owed WHERE what = 'confirmation'",
        lambda log: objects(log, "referral.approved_by_telephone", "approved"),
    ),
    "reviews done": (
        "SELECT referral, verdict FROM referral_owed WHERE what = 'review' AND done_at_us IS NOT NULL",
        lambda log: [(name, "sesuai") for name in objects(log, "referral.reviewed", "sesuai")],
    ),
    "confirmations done": (
        "SELECT referral, verdict FROM referral_owed WHERE what = 'confirmation' AND done_at_us IS NOT NULL",
        lambda log: [(name, "sesuai") for name in objects(log, "referral.confirmed", "sesuai")],
    ),
    "accounts": ("SELECT id FROM account", lambda log: objects(log, "account.created", "created")),
    "disabled accounts": (
        "SELECT id FROM account WHERE disabled_at_us IS NOT NULL",
        lambda log: objects(log, "account.disabled", "disabled"),
    ),
    "sessions": ("SELECT name FROM session", sessions_left),
    "open sessions": (
        "SELECT name FROM session WHERE opened_at_us IS NOT NULL",
        lambda log: sorted(set(sessions_left(log)) & set(objects(log, "session.opened", "opened"))),
    ),
    "deputies": ("SELECT id FROM deputy", lambda log: objects(log, "deputy.named", "named")),
    "revoked deputies": (
        "SELECT id FROM deputy WHERE revoked_at_us IS NOT NULL",
        lambda log: objects(log, "deputy.revoked", "revoked"),
    ),
    "contacts": ("SELECT id FROM contact", lambda log: objects(log, "contact.added", "added")),
    "contacts out of use": (
        "SELECT id FROM contact WHERE gone_at_us IS NOT NULL",
        lambda log: objects(log, "contact.removed", "removed"),
    ),
    "wakes taken over": (
        "SELECT id FROM wake WHERE state = 'taken'",
        lambda log: objects(log, "waking.answered", "taken"),
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
    **INFORMED,
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


@pytest.mark.slow
def test_every_telling_of_a_partner_or_a_person_has_an_outcome(log: list[Record]) -> None:
    """By the turn of an ask, the attempt of a notification, and the wake."""
    for name in ("referral", "notification"):
        told = [record["req"] for record in log if record["act"] == f"{name}.conveying"]
        ended = [record for record in log if record["act"] == f"{name}.conveyed"]
        assert told
        assert sorted(told) == sorted(each["req"] for each in ended if each["outcome"] != "fetched")
    woken = objects(log, "waking.asked", "intended")
    assert woken
    assert set(woken) <= {record["obj"]["id"] for record in log if record["act"] == "waking.answered"}


@pytest.mark.slow
def test_every_review_that_is_owed_has_its_reason(rows: Rows, log: list[Record]) -> None:
    """A glass was broken, or somebody worsened before anybody had approved."""
    owing = rows("SELECT referral FROM referral_owed WHERE what = 'review'")
    assert sorted(owing) == sorted(rows("SELECT id FROM referral WHERE clearance = 'break_glass'")) != []
    reasons = {
        record["obj"]["id"]
        for record in log
        if record["act"] in ("referral.glass_broken", "referral.worsened")
    }
    assert set(owing) <= reasons


@pytest.mark.slow
def test_a_passkey_that_is_gone_was_there(rows: Rows, log: list[Record]) -> None:
    """Added and removed by its name; none is left."""
    added, removed = objects(log, "passkey.added", "added"), objects(log, "passkey.removed", "removed")
    assert sorted(set(added) - set(removed)) == rows("SELECT name FROM passkey") == []
    assert removed == added != []
