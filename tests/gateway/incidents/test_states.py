"""The table of states as a full grid, against one written a second time by hand."""

import itertools

import pytest

from gateway.access.roles import Role
from gateway.incidents import states
from gateway.incidents.states import ENDED, Event, Party, State

from . import table


@pytest.mark.parametrize("state", State)
def test_every_cell_is_as_it_was_written_by_hand(state: State) -> None:
    """(state, event, party) -> state, for every event and party; what is not written is impossible."""
    for event, party in itertools.product(Event, Party):
        expected = table.GRID.get((str(state), str(event), str(party)))
        found = states.after(state, event, party)
        assert (None if found is None else str(found)) == expected, (state, event, party)


def test_the_hand_written_table_knows_every_state_and_event() -> None:
    """Nothing in it is a slip of the pen."""
    assert set(table.BY_STATE) == {str(state) for state in State}
    assert {event for _, event, _ in table.GRID} == {str(event) for event in Event}
    assert set(table.GRID.values()) <= set(table.BY_STATE)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_has_ended_never_goes_on(state: State) -> None:
    """Whoever closes by mistake opens a new one: partners were told that it is over."""
    assert {states.after(state, event, party) for event in Event for party in Party} <= {None, state}


def test_no_machine_opens_or_ends_anything_but_a_proposal() -> None:
    """The gateway takes back what its own warning proposed; the rest is people's."""
    by_itself = {(state, event) for state, event, party in states.TABLE if party is Party.GERBANG}
    assert by_itself == {(State.PROPOSED, Event.REVISE), (State.PROPOSED, Event.WITHDRAW)}


def test_only_who_dispatches_changes_an_incident() -> None:
    """Neither approvers, auditors, administrators nor partners."""
    assert set(states.PARTY_OF) == {Role.DISPATCHER, Role.OPERATOR}


@pytest.mark.parametrize(("state", "party"), list(itertools.product(State, [*Party, None])))
def test_what_is_offered_is_what_would_be_taken(state: State, party: Party | None) -> None:
    """And nothing to who changes nothing."""
    taken = {event for event in Event if party and states.after(state, event, party)}
    assert set(states.possible(state, party)) == taken - {Event.TAKE_OVER}  # done with the other incident
