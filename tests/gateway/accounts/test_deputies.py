"""Who decides first, who stands in, and who may say so."""

import pytest

from gateway.access.roles import Role
from gateway.accounts import actions, deputies, standing_in
from gateway.accounts.own import Surroundings

from .conftest import ADMIN, SECOND, SOURCE, Desk

AROUND = Surroundings("r", SOURCE)
HOUR = 3600 * SECOND


async def _who(desk: Desk) -> tuple[list[str], list[str]]:
    at = desk.clock.us
    names = {made.account.id: login for login, made in desk.handed.items()}
    heads, standing = await desk.room.database.read(
        lambda c: (deputies.heads(c, at), deputies.deputies(c, at))
    )
    return [names[each] for each in heads], [names[each] for each in standing]


async def _name(desk: Desk, by: str, deputy: str, *, begins: int = 0, lasts: int = HOUR):
    session = await desk.sign_in(by)
    since = desk.clock.us + begins
    return await standing_in.name_deputy(
        desk.room, session, deputy, since_us=since, until_us=since + lasts, around=AROUND
    )


@pytest.fixture
async def unit(desk: Desk) -> Desk:
    """Give a unit of a head, a second approver, an operator."""
    await desk.make("kepala")
    desk.clock.pass_s(1)
    await desk.make("wakil")
    await desk.make("operator", Role.OPERATOR)
    return desk


async def test_a_deputy_stands_in_for_as_long_as_was_said(unit: Desk) -> None:
    """Before and after, everybody is a head."""
    assert await _who(unit) == (["kepala", "wakil"], [])
    await _name(unit, "kepala", unit.handed["wakil"].account.id, begins=HOUR)
    assert await _who(unit) == (["kepala", "wakil"], [])
    unit.clock.us += HOUR
    assert await _who(unit) == (["kepala"], ["wakil"])
    unit.clock.us += HOUR - 1
    assert await _who(unit) == (["kepala"], ["wakil"])
    unit.clock.us += 1
    assert await _who(unit) == (["kepala", "wakil"], [])


async def test_nobody_is_left_without_a_head(unit: Desk) -> None:
    """Two who stand in for each other are both asked first; a disabled head leaves the deputy."""
    await _name(unit, "kepala", unit.handed["wakil"].account.id)
    await _name(unit, "wakil", unit.handed["kepala"].account.id)
    assert await _who(unit) == (["kepala", "wakil"], ["kepala", "wakil"])
    await actions.disable(unit.room, unit.handed["kepala"].account.id, by=ADMIN, request="r")
    assert await _who(unit) == (["wakil"], ["wakil"])


async def test_who_may_be_named(unit: Desk) -> None:
    """Another approver in use; not oneself, an operator, a stranger, for over a year, or for the past."""
    kepala, wakil = (unit.handed[each].account.id for each in ("kepala", "wakil"))
    operator = unit.handed["operator"].account.id
    assert await _name(unit, "kepala", kepala) is None
    assert await _name(unit, "kepala", operator) is None
    assert await _name(unit, "operator", wakil) is None
    assert await _name(unit, "kepala", "a-nobody") is None
    assert await _name(unit, "kepala", wakil, lasts=367 * 24 * HOUR) is None
    assert await _name(unit, "kepala", wakil, lasts=0) is None
    assert await _name(unit, "kepala", wakil, begins=-2 * HOUR) is None
    outcomes = [entry.outcome for entry in unit.notebook.of("deputy.named")]
    assert outcomes == ["refused"] * 7


async def test_only_who_named_a_deputy_revokes(unit: Desk) -> None:
    """Once; the deputy cannot get out of it, nor anybody else get him out."""
    named = await _name(unit, "kepala", unit.handed["wakil"].account.id)
    assert not await standing_in.revoke_deputy(
        unit.room, await unit.sign_in("wakil"), named.id, around=AROUND
    )
    head = await unit.sign_in("kepala")
    assert await standing_in.revoke_deputy(unit.room, head, named.id, around=AROUND)
    assert not await standing_in.revoke_deputy(unit.room, head, named.id, around=AROUND)
    assert await _who(unit) == (["kepala", "wakil"], [])
    assert [entry.outcome for entry in unit.notebook.of("deputy.revoked")] == ["revoked"]
