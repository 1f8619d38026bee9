"""
The rules of an incident: in which state, by which event, brought about by whom, it comes to which state.

One literal table; whatever is not in it is impossible. What never happens by a machine is what ends an
incident: only people close, cancel, merge and accept; the gateway itself takes a proposal back.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from gateway.access.roles import Role

from .rows import ENDED, State

__all__ = ["ENDED", "PARTY_OF", "TABLE", "Event", "Party", "State", "after", "possible"]


class Event(StrEnum):
    """What can happen to an incident once it is known."""

    UPDATE = "update"
    TELL = "tell"  # one more partner, by hand
    LINK = "link"
    CLOSE = "close"
    CANCEL = "cancel"
    MERGE = "merge"
    TAKE_OVER = "take_over"  # another one was merged into it
    ACCEPT = "accept"  # the proposal
    DISMISS = "dismiss"  # the proposal
    REVISE = "revise"  # the warning behind the proposal says something else now
    WITHDRAW = "withdraw"  # the warning behind the proposal is void


class Party(StrEnum):
    """Who may bring an event about."""

    DISPATCHER = "dispatcher"
    OPERATOR = "operator"
    GERBANG = "gerbang"


_PEOPLE = (Party.DISPATCHER, Party.OPERATOR)
_ITSELF = (Party.GERBANG,)

S, E = State, Event

# One row: from this state, by this event, brought about by these parties, to that state.
_ROWS: tuple[tuple[State, Event, tuple[Party, ...], State], ...] = (
    (S.OPEN, E.UPDATE, _PEOPLE, S.OPEN),
    (S.OPEN, E.TELL, _PEOPLE, S.OPEN),
    (S.OPEN, E.LINK, _PEOPLE, S.OPEN),
    (S.OPEN, E.CLOSE, _PEOPLE, S.CLOSED),
    (S.OPEN, E.CANCEL, _PEOPLE, S.CANCELLED),
    (S.OPEN, E.MERGE, _PEOPLE, S.MERGED),
    (S.OPEN, E.TAKE_OVER, _PEOPLE, S.OPEN),
    (S.PROPOSED, E.UPDATE, _PEOPLE, S.PROPOSED),
    (S.PROPOSED, E.LINK, _PEOPLE, S.PROPOSED),
    (S.PROPOSED, E.ACCEPT, _PEOPLE, S.OPEN),
    (S.PROPOSED, E.DISMISS, _PEOPLE, S.DISMISSED),
    (S.PROPOSED, E.REVISE, _ITSELF, S.PROPOSED),
    (S.PROPOSED, E.WITHDRAW, _ITSELF, S.DISMISSED),
    # What belongs together is often seen afterwards.
    (S.CLOSED, E.LINK, _PEOPLE, S.CLOSED),
    (S.CANCELLED, E.LINK, _PEOPLE, S.CANCELLED),
    (S.MERGED, E.LINK, _PEOPLE, S.MERGED),
)


def _cells() -> Iterator[tuple[tuple[State, Event, Party], State]]:
    for state, event, parties, then in _ROWS:
        for party in parties:
            yield (state, event, party), then


TABLE: Mapping[tuple[State, Event, Party], State] = MappingProxyType(dict(_cells()))

PARTY_OF: Mapping[Role, Party] = MappingProxyType(
    {Role.DISPATCHER: Party.DISPATCHER, Role.OPERATOR: Party.OPERATOR}
)


def after(state: State, event: Event, party: Party) -> State | None:
    """Return the state that follows, None where this party cannot bring that event about in *state*."""
    return TABLE.get((state, event, party))


def possible(state: State, party: Party | None) -> tuple[Event, ...]:
    """Return what this party may do with it now, in the order of the table."""
    own = (event for (at, event, who) in TABLE if at is state and who is party)
    return tuple(event for event in own if event is not Event.TAKE_OVER)  # that is done with the other one
