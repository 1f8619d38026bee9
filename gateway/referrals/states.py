"""
What may become of a referral: a literal table of (state, event, party) -> state. Pure.

A break-glass goes to `unconfirmed`, not to `approved`: nobody has approved anything, and until a hospital's
system has taken it the true word is "not certain that it has arrived: telephone". Once under way no event of
a hospital or of the gateway changes anything by itself.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from gateway.access.roles import Role


class State(StrEnum):
    """Where a referral stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for an approval
    APPROVED = "approved"  # by a person; no hospital has it yet
    REJECTED = "rejected"
    SENT = "sent"  # a hospital's system has it; nobody there has answered
    UNCONFIRMED = "unconfirmed"  # goes out, or its fate is not known
    ACCEPTED = "accepted"  # a hospital takes the patient, and is the destination
    DECLINED = "declined"  # by every hospital that could be asked
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # no approval came in time: back with the operator


class Event(StrEnum):
    """What happens to a referral."""

    SUBMIT = "submit"
    APPROVE = "approve"
    APPROVE_BY_TELEPHONE = "approve_by_telephone"  # entered by the operator, confirmed within 24 h
    REJECT = "reject"
    BREAK_GLASS = "break_glass"
    WORSENED = "worsened"
    RUN_OUT = "run_out"
    CONVEYED = "conveyed"  # a hospital's system has taken it
    UNSURE = "unsure"  # it was sent, and whether it arrived is not known
    CHOOSE = "choose"  # of those who accepted, this hospital takes the patient
    ALL_DECLINED = "all_declined"
    FELL_THROUGH = "fell_through"  # the chosen hospital can no longer
    ASK = "ask"  # ask further hospitals
    DEPART = "depart"
    DEPART_UNANSWERED = "depart_unanswered"  # an emergency does not wait for an answer
    ARRIVE = "arrive"
    CANCEL = "cancel"


class Party(StrEnum):
    """Who may bring an event about."""

    DISPATCHER = "dispatcher"
    OPERATOR = "operator"
    APPROVER = "approver"
    HOSPITAL = "hospital"
    GERBANG = "gerbang"


_DISPATCH = (Party.DISPATCHER, Party.OPERATOR)
_PEOPLE = (Party.DISPATCHER, Party.OPERATOR, Party.APPROVER)
_MACHINES = (Party.HOSPITAL, Party.GERBANG)
_OPERATOR = (Party.OPERATOR,)
_HEAD = (Party.APPROVER,)
_ITSELF = (Party.GERBANG,)

S, E = State, Event

# One row: from these states, by this event, brought about by these parties, to that state.
_ROWS: tuple[tuple[tuple[State, ...], Event, tuple[Party, ...], State], ...] = (
    ((S.DRAFT, S.REJECTED, S.EXPIRED), E.SUBMIT, _DISPATCH, S.SUBMITTED),
    ((S.SUBMITTED,), E.APPROVE, _HEAD, S.APPROVED),
    ((S.SUBMITTED, S.EXPIRED), E.APPROVE_BY_TELEPHONE, _OPERATOR, S.APPROVED),
    ((S.SUBMITTED,), E.REJECT, _HEAD, S.REJECTED),
    ((S.SUBMITTED,), E.RUN_OUT, _ITSELF, S.EXPIRED),
    # An emergency goes at once, whatever anybody has said before.
    ((S.DRAFT, S.SUBMITTED), E.BREAK_GLASS, _PEOPLE, S.UNCONFIRMED),
    (
        (S.DRAFT, S.SUBMITTED, S.REJECTED, S.EXPIRED, S.DECLINED, S.CANCELLED),
        E.WORSENED,
        _PEOPLE,
        S.UNCONFIRMED,
    ),
    ((S.APPROVED,), E.WORSENED, _PEOPLE, S.APPROVED),
    ((S.SENT,), E.WORSENED, _PEOPLE, S.SENT),
    ((S.UNCONFIRMED,), E.WORSENED, _PEOPLE, S.UNCONFIRMED),
    ((S.ACCEPTED,), E.WORSENED, _PEOPLE, S.ACCEPTED),
    ((S.UNDER_WAY,), E.WORSENED, _PEOPLE, S.UNDER_WAY),
    # What the hospitals' systems let us know before departure.
    ((S.APPROVED, S.UNCONFIRMED, S.SENT), E.CONVEYED, _MACHINES, S.SENT),
    ((S.APPROVED, S.UNCONFIRMED), E.UNSURE, _ITSELF, S.UNCONFIRMED),
    ((S.SENT,), E.UNSURE, _ITSELF, S.SENT),
    ((S.APPROVED, S.SENT, S.UNCONFIRMED, S.DECLINED), E.CHOOSE, (*_DISPATCH, *_HEAD, *_ITSELF), S.ACCEPTED),
    ((S.APPROVED, S.SENT, S.UNCONFIRMED), E.ALL_DECLINED, _ITSELF, S.DECLINED),
    ((S.ACCEPTED,), E.FELL_THROUGH, (*_MACHINES, *_OPERATOR), S.UNCONFIRMED),
    ((S.APPROVED,), E.ASK, _PEOPLE, S.APPROVED),
    ((S.SENT,), E.ASK, _PEOPLE, S.SENT),
    ((S.UNCONFIRMED, S.DECLINED), E.ASK, _PEOPLE, S.UNCONFIRMED),
    # The journey itself.
    ((S.ACCEPTED,), E.DEPART, _DISPATCH, S.UNDER_WAY),
    ((S.APPROVED, S.SENT, S.UNCONFIRMED, S.DECLINED), E.DEPART_UNANSWERED, _DISPATCH, S.UNDER_WAY),
    ((S.UNDER_WAY, S.ACCEPTED), E.ARRIVE, (*_DISPATCH, Party.HOSPITAL), S.ARRIVED),
    ((S.APPROVED, S.SENT, S.UNCONFIRMED, S.DECLINED), E.ARRIVE, _DISPATCH, S.ARRIVED),
    (
        (S.DRAFT, S.SUBMITTED, S.APPROVED, S.REJECTED, S.EXPIRED, S.SENT, S.UNCONFIRMED, S.ACCEPTED),
        E.CANCEL,
        _PEOPLE,
        S.CANCELLED,
    ),
    ((S.DECLINED, S.UNDER_WAY), E.CANCEL, _PEOPLE, S.CANCELLED),
)


def _cells() -> Iterator[tuple[tuple[State, Event, Party], State]]:
    for states, event, parties, then in _ROWS:
        for state in states:
            for party in parties:
                yield (state, event, party), then


TABLE: Mapping[tuple[State, Event, Party], State] = MappingProxyType(dict(_cells()))

PARTY_OF: Mapping[Role, Party] = MappingProxyType(
    {
        Role.DISPATCHER: Party.DISPATCHER,
        Role.OPERATOR: Party.OPERATOR,
        Role.APPROVER: Party.APPROVER,
        Role.PARTNER: Party.HOSPITAL,
    }
)

ENDED = frozenset({S.ARRIVED, S.CANCELLED})
BEFORE_DEPARTURE = frozenset({S.APPROVED, S.SENT, S.UNCONFIRMED, S.ACCEPTED, S.DECLINED})
LOOKING = frozenset({S.APPROVED, S.SENT, S.UNCONFIRMED})  # hospitals are being asked
GONE_OUT = BEFORE_DEPARTURE | {S.UNDER_WAY, S.ARRIVED}  # somebody decided, or broke the glass


def after(state: State, event: Event, party: Party) -> State | None:
    """Return the state that follows, None where this party cannot bring that event about in *state*."""
    return TABLE.get((state, event, party))


def is_possible(state: State, event: Event) -> bool:
    """Say whether anybody could bring *event* about in *state*."""
    return any((state, event, party) in TABLE for party in Party)


def possible(state: State, party: Party) -> tuple[Event, ...]:
    """Return what this party may do now, in the order of the table."""
    return tuple(event for (at, event, who) in TABLE if at is state and who is party)
