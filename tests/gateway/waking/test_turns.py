"""One attempt at a wake: what is sent, when again, and what stands in tables and log afterwards."""

import asyncio
from typing import Any

import pytest

from contracts import Busy, CannotConvey, Garbled, NotAccepted, PartnerError, Refused, Unreachable
from gateway.db import CannotWrite, Database
from gateway.exchange.outcome import Outcome
from gateway.partners.config import Standing
from gateway.waking import store
from gateway.waking.contacts import contacts_of
from gateway.waking.room import now_us
from gateway.waking.store import Planned
from gateway.waking.turns import next_at, state_after
from tests.gateway.gate import Notebook

from .conftest import HEAD, MAIL, NUMBER, TELEPHONE, Office, Pigeon, S, partner_of

GONE = Refused("no such mailbox", code="gone")


def planned(attempts: int, until_at_us: int = 10**15) -> Planned:
    """Return a wake that was tried so often."""
    return Planned("w-a", HEAD, "c-a", "x", NUMBER, attempts, attempts, until_at_us, False, MAIL, "id")


async def the_row(office: Office) -> Any:
    """Return the only wake."""
    (row,) = await office.rows()
    return row


async def test_somebody_is_woken_once(office: Office, post: Pigeon) -> None:
    """Taken over: it is not due again, and both entries are there."""
    await office.has(MAIL)
    await office.plan(HEAD, urgent=True)
    assert await office.sweep() == 1
    ((wake, key),) = post.sent
    row = await the_row(office)
    assert (row.state, row.attempts, key) == (store.TAKEN, 1, row.id)
    assert (wake.to, wake.urgent) == (MAIL, True)
    assert wake.link == f"https://gerbang.example/rujukan/{NUMBER}"
    assert abs(wake.until.timestamp() - row.until_at_us / S) < 0.001
    assert await office.sweep(now_us() + 500 * S) == 0
    assert office.told("waking.asked") == ["intended"]
    assert office.told("waking.answered") == ["taken"]


async def test_the_intent_is_written_before_anything_leaves(office: Office, post: Pigeon) -> None:
    """And the next attempt is due by then, should we fall over now."""
    await office.has(MAIL)
    await office.plan(HEAD)
    seen: list[Any] = []

    async def wake(_: Any, *, key: str) -> None:
        seen.append((office.told("waking.asked"), office.told("waking.answered"), await the_row(office)))

    post.wake = wake  # type: ignore[method-assign]  # looks instead of taking
    before = now_us()
    await office.sweep()
    ((asked, answered, row),) = seen
    assert (asked, answered, row.state, row.turn) == (["intended"], [], store.WAITING, 1)
    assert 9 * S < row.due_at_us - before < 12 * S


async def test_no_address_and_no_name_stands_in_the_log(office: Office) -> None:
    """Accounts and contacts do."""
    contact = await office.has(MAIL)
    await office.plan(HEAD)
    await office.sweep()
    entries = office.notebook.of("waking.asked") + office.notebook.of("waking.answered")
    assert MAIL.partition(":")[2] not in repr(entries)
    assert entries[0].detail == {
        "why": "decision_wanted",
        "for": NUMBER,
        "account": HEAD,
        "contact": contact,
        "form": "mailto",
    }


async def test_the_language_is_the_contacts(office: Office, post: Pigeon) -> None:
    """And in the demo each message says that it is one."""
    await office.has(MAIL, language="en")
    await office.plan(HEAD)
    await office.sweep()
    assert post.sent[0][0].title == "SAMPLE: Decision wanted"


@pytest.mark.parametrize(
    "fault", [Unreachable("connect"), NotAccepted("status_401"), Garbled("status_200")], ids=repr
)
async def test_a_failure_is_tried_again_with_the_same_key(
    started: tuple[Database, Notebook], fault: PartnerError
) -> None:
    """After ten seconds, whatever it was."""
    post = Pigeon("mailto:", *[fault] * 50)
    office = Office(*started, [partner_of(post)])
    await office.has(MAIL)
    await office.plan(HEAD)
    await office.sweep()
    tried = len(post.sent)
    assert (await the_row(office)).state == store.WAITING
    assert office.told("waking.answered") == [fault.word]
    post.faults.clear()
    assert await office.sweep(now_us() + 9 * S) == 0
    assert await office.sweep(now_us() + 11 * S) == 1
    assert len({key for _, key in post.sent}) == 1
    assert len(post.sent) == tried + 1
    assert (await the_row(office)).state == store.TAKEN


@pytest.mark.parametrize("fault", [Refused("no", code="smtp_550"), CannotConvey("text")], ids=repr)
async def test_what_cannot_succeed_is_given_up(
    started: tuple[Database, Notebook], fault: PartnerError
) -> None:
    """The address stays: another message may pass."""
    office = Office(*started, [partner_of(Pigeon("mailto:", fault))])
    await office.has(MAIL)
    await office.plan(HEAD)
    await office.sweep()
    assert (await the_row(office)).state == store.FAILED
    assert await office.plan(HEAD) == 1


async def test_a_contact_that_is_gone_ends(started: tuple[Database, Notebook]) -> None:
    """A browser that has unsubscribed is never asked again, not by what was planned before either."""
    post = Pigeon("mailto:", GONE)
    office = Office(*started, [partner_of(post)])
    await office.has(MAIL)
    await office.plan(HEAD)
    await office.plan(HEAD, object_id="r-another")
    await office.sweep()
    assert [row.state for row in await office.rows()] == [store.GONE, store.GONE]
    assert len(post.sent) == 1
    assert await office.room.database.read(lambda c: contacts_of(c, HEAD)) == []
    assert await office.plan(HEAD) == 0


async def test_after_its_time_nothing_is_sent(office: Office, post: Pigeon) -> None:
    """A decision that is no longer wanted wakes nobody."""
    await office.has(MAIL)
    await office.plan(HEAD, at_us=now_us() - 20 * S, for_s=10)
    await office.sweep()
    assert (await the_row(office)).state == store.EXPIRED
    assert (post.sent, office.told("waking.answered")) == ([], ["expired"])


async def test_what_is_called_off_is_not_sent(office: Office, post: Pigeon) -> None:
    """Between the sweep and the turn."""
    await office.has(MAIL)
    await office.plan(HEAD)
    ((row, turn),) = await office.due()
    await office.do(lambda c: store.call_off(c, object_id=NUMBER, at_us=now_us()))
    await office.turns.carry(row, turn)
    assert post.sent == []
    assert office.told("waking.answered") == []


async def test_two_turns_at_one_row_send_once(office: Office, post: Pigeon) -> None:
    """Two processes on one database."""
    await office.has(MAIL)
    await office.plan(HEAD)
    ((row, turn),) = await office.due()
    await asyncio.gather(*(office.turns.carry(row, turn) for _ in range(5)))
    assert len(post.sent) == 1
    assert office.told("waking.asked") == ["intended"]


async def test_nothing_leaves_when_the_intent_cannot_be_written(office: Office, post: Pigeon) -> None:
    """The row stays due for the next sweep."""
    await office.has(MAIL)
    await office.plan(HEAD)
    ((row, turn),) = await office.due()
    await office.room.database.close()
    with pytest.raises((CannotWrite, RuntimeError)):
        await office.turns.carry(row, turn)
    assert post.sent == []


async def test_no_partner_for_an_address_is_said(started: tuple[Database, Notebook]) -> None:
    """Neither one for another form, nor one that is only planned."""
    standing = partner_of(Pigeon("tel:"), standing=Standing.PLANNED)
    office = Office(*started, [partner_of(Pigeon("mailto:")), standing])
    await office.has(TELEPHONE)
    await office.plan(HEAD)
    await office.sweep()
    assert (await the_row(office)).state == store.FAILED
    assert [entry.code for entry in office.notebook.of("waking.answered")] == ["no_partner"]


async def test_several_ways_take_turns(started: tuple[Database, Notebook]) -> None:
    """A second gateway is tried when the first fails."""
    first, second = Pigeon("tel:", *[Unreachable("connect")] * 50), Pigeon("tel:")
    office = Office(*started, [partner_of(first, "sms-a"), partner_of(second, "sms-b")])
    await office.has(TELEPHONE)
    await office.plan(HEAD)
    await office.sweep()
    assert (bool(first.sent), second.sent) == (True, [])
    await office.sweep(now_us() + 11 * S)
    assert len(second.sent) == 1
    assert (await the_row(office)).state == store.TAKEN


async def test_what_was_not_asked_is_due_again(started: tuple[Database, Notebook]) -> None:
    """An open breaker is no attempt, and no reason to try each half second either."""
    post = partner_of(Pigeon("mailto:", *[Unreachable("connect")] * 500))
    office = Office(*started, [post])
    await office.has(MAIL)
    while post.breaker("wake").would_admit():
        permit = post.breaker("wake").admit()
        if permit is not None:
            post.breaker("wake").failed(permit)
    await office.plan(HEAD)
    await office.sweep()
    assert office.told("waking.asked") == []
    assert [(each.outcome, each.code) for each in office.notebook.of("waking.answered")] == [
        ("not_asked", "breaker_open")
    ]
    assert await office.sweep() == 0
    assert len(await office.due(now_us() + 11 * S)) == 1


@pytest.mark.parametrize(("attempts", "pause_s"), [(0, 10), (1, 30), (2, 60), (3, 120), (50, 120)])
def test_the_ladder(attempts: int, pause_s: int) -> None:
    """Soon at first, then every two minutes."""
    assert next_at(planned(attempts), at_us=0) == pause_s * S


def test_the_ladder_ends_in_time() -> None:
    """What is of no more use is looked at then, and not two minutes later."""
    assert next_at(planned(5, until_at_us=7), at_us=0) == 7


@pytest.mark.parametrize(
    ("word", "error", "state"),
    [
        ("answered", None, store.TAKEN),
        ("refused", GONE, store.GONE),
        ("busy", Busy(), None),
        ("late", None, None),
        ("not_asked", None, None),
        ("failed", PartnerError(), None),
    ],
)
def test_what_an_outcome_means(word: str, error: PartnerError | None, state: str | None) -> None:
    """Only an answer is a success, and only a refusal an end."""
    assert state_after(Outcome("post", "wake", word, error=error)) == state
