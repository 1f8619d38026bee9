"""Planning, calling off and claiming, on both dialects."""

import asyncio

import pytest

from gateway.waking import store
from gateway.waking.contacts import AT_MOST, Contact, contacts_of, end_contact, insert_contact
from gateway.waking.room import now_us

from .conftest import DEPUTY, HEAD, MAIL, NUMBER, TELEPHONE, Office, S


async def test_every_contact_of_every_account_is_woken(office: Office) -> None:
    """One row a contact, due at once."""
    await office.has(MAIL)
    await office.has(TELEPHONE)
    await office.has("mailto:wakil@dinkes.example", DEPUTY)
    assert await office.plan(HEAD, DEPUTY) == 3
    assert len(await office.due()) == 3


async def test_an_account_is_woken_once_however_often_it_is_named(office: Office) -> None:
    """A head may be his own deputy in the caller's list."""
    await office.has(MAIL)
    assert await office.plan(HEAD, HEAD) == 1
    assert len(await office.rows()) == 1


async def test_a_contact_that_is_gone_is_not_woken(office: Office) -> None:
    """And counts for nobody reached."""
    contact = await office.has(MAIL)
    await office.do(lambda c: end_contact(c, contact, account=HEAD, at_us=now_us()))
    assert await office.plan(HEAD) == 0
    assert await office.due() == []


async def test_whoever_cannot_be_woken_stands_as_failed(office: Office) -> None:
    """An account without contacts, and no account at all: the alarm finds either."""
    assert await office.plan(HEAD) == 0
    assert await office.plan() == 0
    assert [
        (row.account, row.state) for row in sorted(await office.rows(), key=lambda row: row.account or "")
    ] == [
        (None, store.FAILED),
        (HEAD, store.FAILED),
    ]


async def test_nothing_is_planned_when_the_change_around_it_fails(office: Office) -> None:
    """The wake belongs to what it tells of."""
    await office.has(MAIL)

    def change(connection: object) -> None:
        store.plan(connection, accounts=[HEAD], why="x", object_id=NUMBER, at_us=0, until_at_us=1)  # type: ignore[arg-type]  # the writer's own
        raise LookupError

    with pytest.raises(LookupError):
        await office.do(change)
    assert await office.rows() == []


async def test_urgent_and_longest_due_come_first(office: Office) -> None:
    """What may wait, waits."""
    await office.has(MAIL)
    for number, at_s, urgent in (("r-later", 2, False), ("r-first", 1, False), ("r-urgent", 3, True)):
        await office.plan(HEAD, object_id=number, at_us=at_s * S, urgent=urgent)
    by_id = {row.id: row.object_id for row in await office.rows()}
    assert [by_id[row] for row, _ in await office.due()] == ["r-urgent", "r-first", "r-later"]
    assert len(await office.room.database.read(lambda c: store.due(c, now_us(), 2))) == 2


async def test_what_is_not_due_yet_waits(office: Office) -> None:
    """A reminder planned ahead."""
    await office.has(MAIL)
    at = now_us() + 60 * S
    await office.plan(HEAD, at_us=at)
    assert await office.due() == []
    assert len(await office.due(at)) == 1


async def test_a_turn_is_claimed_once(office: Office) -> None:
    """Two at the same moment: one has it."""
    await office.has(MAIL)
    await office.plan(HEAD)
    ((row, turn),) = await office.due()
    planned = await office.room.database.read(lambda c: store.load(c, row, turn))
    claims = [office.do(lambda c: store.claim(c, planned, next_at_us=now_us() + S)) for _ in range(2)]
    assert sorted(await asyncio.gather(*claims)) == [False, True]
    assert await office.room.database.read(lambda c: store.load(c, row, turn)) is None


async def test_calling_off_ends_what_waits_and_nothing_else(office: Office) -> None:
    """Only of that referral, only for that reason."""
    await office.has(MAIL)
    await office.plan(HEAD)
    await office.plan(HEAD, why="review_owed")
    await office.plan(HEAD, object_id="r-another")
    off = lambda c: store.call_off(c, object_id=NUMBER, at_us=now_us(), why="decision_wanted")  # noqa: E731  one line twice
    assert await office.do(off) == 1
    assert await office.do(off) == 0
    assert len(await office.due()) == 2
    assert await office.do(lambda c: store.call_off(c, object_id=NUMBER, at_us=now_us())) == 1


async def test_an_account_has_an_address_once_and_not_too_many(office: Office) -> None:
    """A flood of subscriptions would be a flood of messages."""

    def put(name: str) -> Contact | None:
        return Contact(f"c-{name}", HEAD, f"mailto:{name}@dinkes.example", "id", 1)

    for number in range(AT_MOST):
        await office.do(lambda c, number=number: insert_contact(c, put(f"a{number}")))
    assert await office.do(lambda c: insert_contact(c, put("one-more"))) is None
    again = Contact("c-again", HEAD, "mailto:a0@dinkes.example", "en", 2)
    assert (await office.do(lambda c: insert_contact(c, again))).id == "c-a0"
    kept = await office.room.database.read(lambda c: contacts_of(c, HEAD))
    assert [each.id for each in kept] == [f"c-a{number}" for number in range(AT_MOST)]


async def test_a_contact_is_ended_by_its_own_account_only(office: Office) -> None:
    """Nobody takes away another's telephone."""
    contact = await office.has(MAIL)
    assert not await office.do(lambda c: end_contact(c, contact, account=DEPUTY, at_us=1))
    assert await office.do(lambda c: end_contact(c, contact, account=HEAD, at_us=1))
    assert not await office.do(lambda c: end_contact(c, contact, account=HEAD, at_us=2))
