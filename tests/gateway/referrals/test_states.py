"""The table of states as a full grid, against one written a second time by hand."""

import itertools

import pytest

from gateway.access.roles import Role
from gateway.referrals import states
from gateway.referrals.states import Event, Party, State

from . import table

CELLS = list(itertools.product(State, Event, Party))
SENDING = {"approve", "approve_by_telephone", "break_glass", "worsened"}
BEFORE_ARRIVAL = [state for state in State if state is not State.ARRIVED]


@pytest.mark.parametrize("state", State)
def test_every_cell_is_as_the_issue_has_it(state: State) -> None:
    """(state, event, party) -> state, for every event and every party; what is not written is impossible."""
    for event, party in itertools.product(Event, Party):
        expected = table.GRID.get((str(state), str(event), str(party)))
        found = states.after(state, event, party)
        assert (None if found is None else str(found)) == expected, (state, event, party)


def test_the_hand_written_table_knows_every_state_and_event() -> None:
    """Nothing in it is a slip of the pen."""
    assert set(table.BY_STATE) == {str(state) for state in State}
    assert set(table.EVENTS) == {str(event) for event in Event}
    assert set(table.GRID.values()) <= set(table.BY_STATE)


@pytest.mark.parametrize("party", [Party.DISPATCHER, Party.OPERATOR, Party.APPROVER])
@pytest.mark.parametrize("state", BEFORE_ARRIVAL)
def test_who_worsens_is_an_emergency_from_everywhere_before_arrival(state: State, party: Party) -> None:
    """No state holds it back, and none sends it to wait for an approval."""
    then = states.after(state, Event.WORSENED, party)
    assert then not in (None, State.DRAFT, State.SUBMITTED, State.REJECTED, State.EXPIRED, State.CANCELLED)


@pytest.mark.parametrize("event", Event)
def test_machines_do_not_touch_who_is_under_way_but_for_a_hospitals_arrival(event: Event) -> None:
    """Nothing a hospital or the gateway brings about changes the journey."""
    found = {party: states.after(State.UNDER_WAY, event, party) for party in (Party.HOSPITAL, Party.GERBANG)}
    arrived = State.ARRIVED if event is Event.ARRIVE else None
    assert found == {Party.HOSPITAL: arrived, Party.GERBANG: None}


@pytest.mark.parametrize("event", [Event.APPROVE, Event.REJECT])
def test_only_the_approver_decides(event: Event) -> None:
    """Nobody else may, in any state."""
    assert {party for _, each, party in states.TABLE if each is event} == {Party.APPROVER}


@pytest.mark.parametrize("event", Event)
def test_what_has_arrived_stays(event: Event) -> None:
    """The end is the end, for everybody."""
    assert not states.is_possible(State.ARRIVED, event)


def _reached(without: set[str]) -> set[State]:
    """Search every state that a draft can come to when some events never happen."""
    found, edge = {State.DRAFT}, [State.DRAFT]
    while edge:
        here = edge.pop()
        for (state, event, _), then in states.TABLE.items():
            if state is here and str(event) not in without and then not in found:
                found.add(then)
                edge.append(then)
    return found


def test_a_routine_referral_goes_nowhere_without_a_decision() -> None:
    """Without approval, telephone, broken glass or worsening, no sequence of anything leaves the house."""
    waiting = {State.DRAFT, State.SUBMITTED, State.REJECTED, State.EXPIRED, State.CANCELLED}
    assert _reached(SENDING) == waiting
    assert waiting.isdisjoint(states.GONE_OUT)


@pytest.mark.parametrize("event", sorted(SENDING))
def test_each_way_out_is_one(event: str) -> None:
    """Any single one of the four lets a referral out: the search above sees what it looks for."""
    assert State.SENT in _reached(SENDING - {event})


def test_every_state_can_be_reached() -> None:
    """No state is only a word."""
    assert _reached(set()) == set(State)


def test_roles_become_parties() -> None:
    """Auditors and administrators bring nothing about."""
    assert set(states.PARTY_OF) == {Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.PARTNER}
    assert all(str(role) == str(party) for role, party in states.PARTY_OF.items() if role is not Role.PARTNER)
    assert states.PARTY_OF[Role.PARTNER] is Party.HOSPITAL


@pytest.mark.parametrize(("state", "event", "party"), CELLS[::7])
def test_possible_says_the_same_as_the_table(state: State, event: Event, party: Party) -> None:
    """What is offered to a person is what would be taken."""
    assert (event in states.possible(state, party)) is (states.after(state, event, party) is not None)
