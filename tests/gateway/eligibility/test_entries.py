"""What the log says was told of a person is what was told, no field more or less, and only sealed."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Coverage, CoverageAnswer, CoverageQuestion, Entry, Nik, Nokartu
from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.audit.recorder import Recorder
from gateway.db import CannotWrite, Database
from gateway.eligibility import entries
from gateway.eligibility.actions import EligibilityRoom, check
from gateway.eligibility.answers import view
from gateway.eligibility.cache import CoverageCache
from gateway.eligibility.check import Check, Checked
from gateway.people import People, Person
from tests.gateway.exchange.play import partner

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)
NIK, NOKARTU = "1571015203909901", "0001571015201"
BORN = date(1990, 3, 12)
SOMEBODY = Person("p-0123456789abcdef01234567", bytes(range(32)))
PERSONAL = ("coverage", "birth_date_match", *entries.FOR_APPROVAL)

words = st.none() | st.text(max_size=5)
answers = st.builds(
    CoverageAnswer,
    st.sampled_from(Coverage),
    **dict.fromkeys(entries.FOR_APPROVAL, words),
    birth_date=st.none() | st.just(BORN),
    doubt=st.none() | st.just("status_mismatch"),
)


def by(role: Role) -> Principal:
    """Return an asker of that role."""
    return Principal("key-1", role, "Meja contoh", None, NOON)


def asked(role: Role = Role.DISPATCHER, *, card: bool = False, born: date | None = None) -> Check:
    """Return a question."""
    number: dict[str, Any] = {"nokartu": Nokartu(NOKARTU)} if card else {"nik": Nik(NIK)}
    return Check(CoverageQuestion(DAY, **number), "ETREAT", by(role), "r" * 32, born)


def opened(entry: Entry) -> dict[str, Any]:
    """Return what was sealed in *entry*."""
    return {} if entry.sealed is None else SOMEBODY.unseal(entry.sealed, act=entry.act, key=entry.key)


@given(
    answers, st.sampled_from([Role.DISPATCHER, Role.OPERATOR, Role.APPROVER]), st.sampled_from([None, BORN])
)
def test_what_is_sealed_of_an_answer_is_what_was_shown(
    answer: CoverageAnswer, role: Role, born: date | None
) -> None:
    """Whoever asks, and also beside UNKNOWN; the field names in the clear are those of the values."""
    question, told = asked(role, born=born), Checked(answer, NOON, "bpjs", "live", answer.doubt)
    seen = msgspec.to_builtins(view(question, told, environment="demo", texts=(), at=NOON))
    shown = {name: seen[name] for name in PERSONAL if seen.get(name) is not None}
    if answer.coverage is Coverage.UNKNOWN:
        del shown["coverage"]
    entry = entries.answered(question, told, person=SOMEBODY)
    assert opened(entry) == shown
    assert entry.fields == tuple(sorted(shown))
    assert (entry.subject, entry.actor.id, entry.partner) == (SOMEBODY.pseudonym, "key-1", "bpjs")


@pytest.mark.parametrize("card", [False, True])
def test_the_intent_seals_what_leaves_the_house(card: bool) -> None:
    """The number under its own name and the day of service; in the clear only to whom and which fields."""
    entry = entries.intent(asked(card=card), "bpjs", SOMEBODY)
    name, number = ("nokartu", NOKARTU) if card else ("nik", NIK)
    assert opened(entry) == {name: number, "service_date": "2026-11-24"}
    assert entry.fields == (name, "service_date")
    assert (entry.partner, entry.subject) == ("bpjs", SOMEBODY.pseudonym)
    assert number not in repr(entry)


class Away:
    """A key database that fails, or never answers."""

    def __init__(self, failure: Exception | None) -> None:
        """Take what it says; None is nothing at all."""
        self.failure = failure

    async def of(self, _: str) -> Person:
        """Fail or hang."""
        if self.failure is None:
            await asyncio.get_running_loop().create_future()
        raise cast(Exception, self.failure)


class Notes:
    """Database and recorder in one: keeps what is written down."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.entries: list[Entry] = []

    async def record(self, *more: Entry) -> None:
        """Keep."""
        self.entries.extend(more)


class Insurer:
    """An insurer nobody may ask."""

    async def check_eligibility(self, _: CoverageQuestion) -> CoverageAnswer:
        """Say that somebody did."""
        raise AssertionError("the number has left the house")


def room(notes: Notes, people: object) -> EligibilityRoom:
    """Return a room with an insurer, whose *people* are as given."""
    insurer = partner()
    insurer.port = Insurer()
    return EligibilityRoom(
        environment="demo",
        insurer=insurer,
        cache=CoverageCache(keep_s=0),
        database=cast(Database, notes),
        recorder=cast(Recorder, notes),
        people=cast(People, people),
        deadline_ms=100,
    )


async def test_without_the_key_database_nobody_is_asked() -> None:
    """What cannot be sealed is not told: the asker hears that it cannot be recorded."""
    notes = Notes()
    with pytest.raises(CannotWrite):
        await check(room(notes, Away(CannotWrite("the key database: away"))), asked())
    assert notes.entries == []


async def test_a_key_database_that_hangs_ends_at_the_deadline_and_leaves_an_entry() -> None:
    """UNKNOWN in time, nothing sent, and the answer is in the log all the same, about nobody."""
    notes = Notes()
    async with asyncio.timeout(2):
        told = await check(room(notes, Away(None)), asked())
    assert (told.answer.coverage, told.reason) == (Coverage.UNKNOWN, "deadline")
    (entry,) = notes.entries
    assert (entry.act, entry.outcome, entry.code) == ("eligibility.answered", "UNKNOWN", "deadline")
    assert (entry.subject, entry.fields, entry.sealed) == (None, (), None)
