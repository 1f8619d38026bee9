"""A warning becomes a proposal; nothing is told as real before an operator has said so."""

from dataclasses import replace
from typing import Any

import pytest

from contracts import Alert, Category, Place, Severity, Warned
from gateway.incidents import actions, proposing, reading
from gateway.incidents.facts import unseal
from gateway.incidents.orders import News, Outcome
from gateway.incidents.proposing import Proposal
from gateway.incidents.rows import Incident, State
from gateway.partners.shape import Channel, Telling
from gateway.problems import Problem

from . import house
from .builders import NOON
from .conftest import Desk
from .house import BPBD, DINSOS

WARNED = Warned(
    identifier="2.49.0.1.360.0.2026.11.24.05.00.001",
    source="bmkg",
    sent_at=NOON,
    category=Category.FLOOD,
    severity=Severity.SEVERE,
    headline="Contoh hujan lebat",
    language="id",
    attribution="Sumber: BMKG",
    text="Contoh isi peringatan",
)
PROPOSAL = Proposal("w-contohcontoh2", WARNED, ("15.71", "15.71.05"))


async def _proposed(desk: Desk, proposal: Proposal = PROPOSAL) -> Incident:
    made, _ = await proposing.propose(desk.room, proposal)
    return made


def _wants_warnings(desk: Desk, name: str, **more: Any) -> None:
    """Let a live partner want warnings."""
    telling = Telling(incidents=False, warnings=True, channels=(Channel.INBOX,), **more)
    partner = desk.room.registry.partners[name]
    partner.telling = telling


async def test_a_warning_is_proposed_and_told_to_nobody_but_who_wants_it(desk: Desk) -> None:
    """In its own words, with whose they are; BPBD, whom a flood concerns, is not told before an operator."""
    _wants_warnings(desk, DINSOS)
    made = await _proposed(desk)
    assert (made.state, made.origin, made.warning, made.area_code) == (
        State.PROPOSED,
        "warning",
        "w-contohcontoh2",
        "15.71",
    )
    assert (made.category, made.severity, made.reported_at, made.drill) == (
        Category.FLOOD,
        Severity.SEVERE,
        NOON,
        False,
    )
    (row,) = await desk.notices(made)
    assert (row.partner, row.kind, row.urgent) == (DINSOS, "alert", False)
    said = await desk.says(row)
    assert isinstance(said, Alert)
    assert said.narrative == "Contoh hujan lebat\nContoh isi peringatan\nSumber: BMKG"
    assert said.place == Place(area_code="15.71", area_name="Kota Jambi")
    assert desk.acts() == ["incident.proposed"]


async def test_the_same_warning_is_proposed_once(desk: Desk) -> None:
    """Read every two minutes, and after it was dismissed."""
    made = await _proposed(desk)
    dismissed = await desk.do(actions.dismiss, made)
    again, new = await proposing.propose(desk.room, PROPOSAL)
    assert (again, new) == (dismissed, False)
    other = await _proposed(desk, replace(PROPOSAL, warning="w-anotherthere2"))
    assert other.id != made.id
    assert [entry.outcome for entry in desk.of("incident.proposed")] == ["proposed", "repeated", "proposed"]


async def test_a_proposal_taken_up_is_told_to_whom_it_concerns(desk: Desk) -> None:
    """Who had the warning hears that it is real now; from then on it is an incident as any other."""
    _wants_warnings(desk, DINSOS)
    made = await _proposed(desk)
    await desk.do(actions.update, made, News(place={"area_code": "15.71.05"}))
    accepted = await desk.do(actions.accept_proposal, made)
    assert (accepted.state, accepted.sequence) == (State.OPEN, 3)
    await desk.do(actions.close, made, Outcome.HANDLED)
    assert await desk.told(made) == [
        (DINSOS, "alert", 1),
        (DINSOS, "update", 2),
        (BPBD, "alert", 3),
        (DINSOS, "update", 3),
        (BPBD, "closed", 4),
        (DINSOS, "closed", 4),
    ]
    rows = await desk.notices(made)
    assert [(row.sequence, row.urgent) for row in rows if row.partner == DINSOS] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
    ]
    assert desk.acts() == ["incident.proposed", "incident.updated", "incident.opened", "incident.closed"]


async def test_a_proposal_dismissed_is_taken_back_where_it_was_told(desk: Desk) -> None:
    """And cannot be taken up any more."""
    _wants_warnings(desk, DINSOS)
    made = await _proposed(desk)
    dismissed = await desk.do(actions.dismiss, made)
    assert (dismissed.state, dismissed.outcome) == (State.DISMISSED, "dismissed")
    assert await desk.told(made) == [(DINSOS, "alert", 1), (DINSOS, "cancel", 2)]
    assert [row.urgent for row in await desk.notices(made)] == [False, False]
    with pytest.raises(Problem, match="not-now"):
        await desk.do(actions.accept_proposal, made)


async def test_a_void_warning_takes_its_proposal_back_and_no_decision(desk: Desk) -> None:
    """What an operator has taken up goes on until a person ends it."""
    made, taken_up = await _proposed(desk), await _proposed(desk, replace(PROPOSAL, warning="w-2"))
    await desk.do(actions.accept_proposal, taken_up)
    withdrawn = await proposing.withdraw(desk.room, made.id, "cancelled")
    assert (withdrawn.state, withdrawn.outcome) == (State.DISMISSED, "cancelled")
    with pytest.raises(Problem, match="not-now"):
        await proposing.withdraw(desk.room, taken_up.id, "cancelled")
    assert (await desk.get(taken_up)).state is State.OPEN


async def test_a_changed_warning_changes_its_proposal(desk: Desk) -> None:
    """Whoever had it hears of it; what else is known stays, and what a person has written or decided."""
    _wants_warnings(desk, DINSOS)
    made = await _proposed(desk)
    worse = replace(PROPOSAL, warned=replace(WARNED, severity=Severity.EXTREME, text="Contoh banjir"))
    revised = await proposing.revise(desk.room, made.id, replace(worse, areas=("15.71.05",)))
    assert (revised.state, revised.severity, revised.sequence, revised.area_code) == (
        *(State.PROPOSED, Severity.EXTREME, 2),
        "15.71.05",
    )
    assert await desk.told(made) == [(DINSOS, "alert", 1), (DINSOS, "update", 2)]
    said = await desk.says((await desk.notices(made))[-1])
    assert isinstance(said, Alert)
    assert said.narrative == "Contoh hujan lebat\nContoh banjir\nSumber: BMKG"
    await desk.do(actions.update, revised, News(facts={"narrative": "Contoh catatan operator"}))
    with pytest.raises(Problem, match="not-now"):
        await proposing.revise(desk.room, made.id, PROPOSAL)
    await desk.do(actions.accept_proposal, await desk.get(made))
    with pytest.raises(Problem, match="not-now"):
        await proposing.revise(desk.room, made.id, PROPOSAL)


async def test_proposals_are_listed_and_counted(desk: Desk) -> None:
    """For whoever is to decide; an incident that was opened is none."""
    made = await _proposed(desk)
    await desk.open()
    listed = await reading.in_states(desk.room, reading.PROPOSED, by=house.OPERATOR, request="q-4")
    assert [each.id for each in listed] == [made.id]
    assert listed[0].text == "Usulan dari peringatan - BELUM diputuskan operator"
    assert await reading.proposed(desk.room) == 1


@pytest.mark.parametrize(
    ("areas", "code"), [(("15.71.05",), "15.71.05"), (("15.71.05", "15.71.06"), "15.71"), ((), None)]
)
async def test_the_area_is_the_narrowest_that_holds_all(
    desk: Desk, areas: tuple[str, ...], code: str | None
) -> None:
    """A proposal says where by its area alone."""
    made = await _proposed(desk, replace(PROPOSAL, areas=areas))
    assert (made.area_code, made.latitude) == (code, None)
    (first,) = await desk.pictures(made)
    facts = unseal(await desk.people.with_pseudonym(made.subject), first)
    assert facts is not None
    assert facts.place.area_name == desk.room.areas.name_of(code)


async def test_an_authoritys_test_is_a_drill(desk: Desk) -> None:
    """It never mixes with what is real."""
    made = await _proposed(desk, replace(PROPOSAL, warned=replace(WARNED, is_test=True)))
    assert made.drill
