"""What the dispatch system follows: each change once, as the newest picture, made when it leaves."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts import Progress, Unreachable
from gateway.notifications.rows import CHANGE, Delivery
from gateway.partners.shape import Channel, Standing

from .office import DISPATCH, FIRST, PLANNED, POLICE, Agency, Desk, Office, partner


async def test_who_asked_follows_and_nobody_else(office: Office) -> None:
    """By the name of its own system."""
    await office.follow()
    await office.follow(system="another")
    await office.follow(system=None)
    (row,) = await office.rows()
    assert (row.partner, row.kind, row.urgent, row.watch) == (DISPATCH, CHANGE, False, None)


async def test_a_system_may_call_itself_otherwise(open_office: Callable[..., Office]) -> None:
    """What it says in source_ref counts."""
    office = open_office(partner(DISPATCH, Desk(), follows=True, source_system="SIAGA-112"))
    await office.follow(system=DISPATCH)
    assert await office.rows() == []
    await office.follow(system="SIAGA-112")
    assert len(await office.rows()) == 1


async def test_changes_that_nobody_has_sent_yet_are_one(office: Office, dispatch: Desk) -> None:
    """Made when it leaves, it says all of them."""
    for _ in range(5):
        await office.follow()
    (row,) = await office.rows()
    assert row.turn == 4
    await office.deliver()
    assert [change.about for change in dispatch.changes] == [FIRST]
    assert dispatch.changes[0].number == 1


async def test_a_change_during_an_attempt_is_another(office: Office, dispatch: Desk) -> None:
    """The first may have been read already."""
    dispatch.trouble = Unreachable("away")
    await office.follow()
    await office.deliver()
    await office.follow()
    first, second = await office.rows()
    assert (first.attempts, second.attempts, second.due_at) == (1, 0, None)


async def test_a_turn_that_made_the_picture_before_the_change_makes_it_again(
    office: Office, dispatch: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is overtaken before it claims."""
    await office.follow()
    (row,) = await office.rows()
    compose = office.pictures.compose

    async def meanwhile(*arguments: Any) -> object:
        made = await compose(*arguments)
        monkeypatch.setattr(office.pictures, "compose", compose)
        await office.follow()
        return made

    monkeypatch.setattr(office.pictures, "compose", meanwhile)
    await office.deliveries.carry(row.id, row.turn)
    assert dispatch.changes == []
    await office.deliver()
    assert len(dispatch.changes) == 1


async def test_every_step_of_a_ladder_is_told(office: Office, dispatch: Desk) -> None:
    """Arrival, a person's word, an alarm; not each attempt."""
    await office.follow()
    await office.deliver()
    assert len(dispatch.changes) == 1
    await office.tell()
    await office.deliver()
    await office.deliver()
    assert len(dispatch.changes) == 2
    await office.pass_time(91)
    while await office.watch():
        pass
    await office.deliver()
    assert len(dispatch.changes) == 3
    await office.hear(await office.row(), Progress.ACCEPTED, by="Bripka Contoh")
    await office.deliver()
    assert len(dispatch.changes) == 4
    assert {change.topic for change in dispatch.changes} == {"incident"}


async def test_an_attempt_in_vain_is_nothing_to_tell(office: Office, dispatch: Desk, police: Agency) -> None:
    """It is tried again."""
    police.script = [Unreachable("away")]
    await office.follow()
    await office.deliver()
    await office.tell()
    await office.deliver()
    assert [row.kind for row in await office.rows(partner=DISPATCH)] == [CHANGE]


async def test_what_nobody_follows_makes_no_change(office: Office) -> None:
    """Nobody asked for it from outside."""
    await office.tell()
    await office.deliver()
    assert await office.rows(partner=DISPATCH) == []


async def test_a_follower_that_is_held_is_rung_by_nobody(open_office: Callable[..., Office]) -> None:
    """It is told of nothing that has happened to anybody."""
    office = open_office(partner(DISPATCH, Desk(), standing=Standing.SUSPENDED, follows=True))
    await office.follow()
    await office.follow()
    (row,) = await office.rows()
    assert (row.delivery, row.call, row.alarm) == (Delivery.HELD, False, None)


async def test_a_follower_may_fetch(open_office: Callable[..., Office]) -> None:
    """Its changes come by the inbox then."""
    office = open_office(
        partner(DISPATCH, None, Channel.INBOX, follows=True),
        partner(POLICE, Agency()),
        partner(PLANNED, None),
    )
    await office.follow(topic="referral")
    (row,) = await office.rows()
    assert (row.delivery, row.due_at) == (Delivery.QUEUED, None)
