"""Warnings before the real room of incidents: proposed, taken back, and left alone once decided."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from contracts import Warned
from gateway.incidents import actions, proposing, store
from gateway.incidents.room import IncidentRoom
from gateway.incidents.rows import Incident, State
from gateway.warnings.rounds import WarningRounds
from tests.gateway.incidents import house
from tests.gateway.referrals.house import Crowd

from . import builders
from .builders import HOUR
from .conftest import Desk


def joined(desk: Desk) -> IncidentRoom:
    """Put the real room of incidents behind *desk*, and return it."""
    incidents = house.build(desk.room.database, desk.notebook, Crowd())
    desk.room = replace(
        desk.room,
        propose=partial(proposing.propose, incidents),
        revise=partial(proposing.revise, incidents),
        withdraw=partial(proposing.withdraw, incidents),
    )
    desk.rounds = WarningRounds(desk.room)
    return incidents


def warned() -> Warned:
    """Return a warning of now."""
    at = datetime.now(UTC)
    return builders.warned(sent_at=at, effective_at=at, expires_at=at + HOUR)


VOID = builders.warned("c", is_cancel=True, cancels=("a",), rings=())


async def proposed(desk: Desk) -> Incident:
    """Return what was proposed."""
    name = (await desk.rows())["a"].incident
    assert name is not None
    found = await desk.room.database.read(lambda c: store.get(c, name))
    assert found is not None
    return found


async def test_a_proposal_stands_and_is_taken_back(desk: Desk) -> None:
    """While no operator has decided."""
    joined(desk)
    one = warned()
    await desk.round(one)
    assert len(desk.notebook.of("incident.proposed")) == 1
    made = await proposed(desk)
    assert (made.state, made.warning, made.area_code) == (
        State.PROPOSED,
        (await desk.rows())["a"].id,
        "15.71",
    )
    await desk.round(one, VOID)
    assert (await proposed(desk)).state is State.DISMISSED


async def test_what_was_taken_up_goes_on(desk: Desk) -> None:
    """The operator knows more than the list."""
    incidents = joined(desk)
    await desk.round(warned())
    made = await proposed(desk)
    await actions.accept_proposal(incidents, made.id, by=house.OPERATOR, request="q-1")
    await desk.round(VOID)
    assert (await proposed(desk)).state is State.OPEN
