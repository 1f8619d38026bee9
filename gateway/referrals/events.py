"""
What each event does to a case, and when it is refused; pure but for the rows.

A refusal is a value: it leaves its entry, and nothing of the change.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from contracts import AnswerState, Urgency
from contracts.audit import Scalar

from . import moves, offering, replies
from .case import Case
from .committing import Refusal
from .creating import ticked
from .offering import Offer
from .orders import Order
from .policy import Timing
from .replies import Said
from .rows import Ask, AskState, Clearance, OwedWhat
from .screens import Screen
from .states import Event, State, after, is_possible

NOT_NOW = Refusal("not-now")


class Change:
    """One event about to change one case, with the note and the screen that belong to it."""

    __slots__ = ("case", "offers", "order", "screen", "timing")

    def __init__(
        self,
        timing: Timing,
        case: Case,
        order: Order,
        offers: Sequence[Offer],
        screen: Screen | None,
    ) -> None:
        self.case = case
        self.order = order
        self.offers = offers
        self.screen = screen
        self.timing = timing

    def happen(self, event: Event | None = None, *, code: str | None = None) -> bool:
        """Bring it about, with the note and what was on the screen sealed in its entry."""
        told: dict[str, Scalar] = {}
        detail: dict[str, Scalar] = {}
        if self.screen is not None:
            told = {"screen": self.screen.content, "screen_salt": self.screen.salt}
            detail = {"screen_sha256": self.screen.hash, "version": self.screen.version}
        return self.case.happen(
            event or self.order.event,
            hospital=self.order.hospital,
            code=code,
            note=self.order.note,
            told=told,
            detail=detail,
        )


def _submit(change: Change) -> Refusal | None:
    change.happen()
    change.case.seen_to()
    moves.submit(change.case, change.timing)
    return None


def _approve(change: Change) -> Refusal | None:
    case = change.case
    telephoned = change.order.event is Event.APPROVE_BY_TELEPHONE
    case.set(clearance=Clearance.TELEPHONED if telephoned else Clearance.APPROVAL)
    if change.order.hospitals:
        case.set(wished=change.order.hospitals)
    change.happen()
    change.case.seen_to()
    moves.stop_waiting(case)
    if telephoned:
        moves.owe(case, OwedWhat.CONFIRMATION)
        case.wake("heads", "decision_wanted", urgent=False)
    offering.go(case, change.offers, change.timing)
    return None


def _reject(change: Change) -> Refusal | None:
    change.happen()
    moves.stop_waiting(change.case)
    change.case.alarm("rejected")
    return None


def _break_glass(change: Change) -> Refusal | None:
    case, criteria = change.case, change.order.criteria or change.case.referral.criteria
    if not criteria:
        return Refusal("criterion-missing")
    known = dict.fromkeys((*case.referral.criteria, *criteria))
    case.set(urgency=Urgency.EMERGENCY, criteria=tuple(known))
    if change.order.hospitals:
        case.set(wished=change.order.hospitals)
    change.happen(code=ticked(criteria))
    change.case.seen_to()
    moves.break_glass(case)
    offering.go(case, change.offers, change.timing)
    return None


def _worsened(change: Change) -> Refusal | None:
    criteria = change.order.criteria or change.case.referral.criteria
    if not criteria:
        return Refusal("criterion-missing")
    change.happen(code=ticked(criteria))
    change.case.seen_to()
    moves.worsen(change.case, criteria, change.offers, change.timing)
    return None


def _ask(change: Change) -> Refusal | None:
    named = [offer for offer in change.offers if offer.hospital in change.order.hospitals]
    if not named:
        return Refusal("no-such-hospital")
    asked = {ask.hospital for ask in change.case.open_asks()}
    wanted = [offer for offer in named if offer.hospital not in asked]
    if not wanted:
        return NOT_NOW
    change.happen()
    change.case.seen_to()
    offering.put_to(change.case, wanted, change.timing)
    return None


def _choose(change: Change) -> Refusal | None:
    ask = change.case.at_hospital(change.order.hospital or "")
    if ask is None or ask.state is not AskState.ACCEPTED:
        return Refusal("not-accepted-there")
    change.case.seen_to()
    return None if moves.choose(change.case, ask) else NOT_NOW


def _fell_through(change: Change) -> Refusal | None:
    ask = change.case.at_hospital(change.case.referral.destination or "")
    if ask is None:
        return NOT_NOW
    said = Said(AnswerState.FAILED, "operator", code="fell_through")
    replies.answered(change.case, ask, said, change.offers, change.timing)
    return None


def _depart(change: Change) -> Refusal | None:
    """The crew leaves; an emergency leaves for wherever it is told to, answered or not."""
    case = change.case
    hospital = change.order.hospital or case.referral.destination
    event = Event.DEPART if case.referral.state is State.ACCEPTED else Event.DEPART_UNANSWERED
    if event is Event.DEPART_UNANSWERED and case.referral.urgency is not Urgency.EMERGENCY:
        return NOT_NOW
    if hospital is None:
        return Refusal("destination-missing")
    if case.referral.urgency is Urgency.ROUTINE and hospital != case.referral.destination:
        return Refusal("not-accepted-there")
    if not change.happen(event, code=None if event is Event.DEPART else "unanswered"):
        return NOT_NOW
    change.case.seen_to()
    moves.depart(case, _destination(change, hospital))
    return None


def _destination(change: Change, hospital: str) -> Ask:
    known = change.case.at_hospital(hospital)
    if known is None or known.state is AskState.WITHDRAWN:
        offer = next((each for each in change.offers if each.hospital == hospital), Offer(hospital, True))
        offering.put_to(change.case, [offer], change.timing)
        known = change.case.asks[-1]
    return known


def _arrive(change: Change) -> Refusal | None:
    case = change.case
    hospital = change.order.hospital or case.referral.destination
    if hospital is None:
        return Refusal("destination-missing")
    change.happen()
    change.case.seen_to()
    moves.arrive(case, case.at_hospital(hospital))
    case.set(destination=hospital)
    return None


def _cancel(change: Change) -> Refusal | None:
    change.happen()
    change.case.seen_to()
    moves.stop_waiting(change.case)
    moves.withdraw_all(change.case, "cancelled")
    return None


CARRY_OUT: Mapping[Event, Callable[[Change], Refusal | None]] = MappingProxyType(
    {
        Event.SUBMIT: _submit,
        Event.APPROVE: _approve,
        Event.APPROVE_BY_TELEPHONE: _approve,
        Event.REJECT: _reject,
        Event.BREAK_GLASS: _break_glass,
        Event.WORSENED: _worsened,
        Event.ASK: _ask,
        Event.CHOOSE: _choose,
        Event.FELL_THROUGH: _fell_through,
        Event.DEPART: _depart,
        Event.DEPART_UNANSWERED: _depart,
        Event.ARRIVE: _arrive,
        Event.CANCEL: _cancel,
    }
)


def refusal(case: Case, order: Order, screen: Screen | None) -> Refusal | None:
    """Say why not: another version was seen, the role may not, the state does not allow it."""
    if order.version is not None and order.version != case.loaded.version:
        return Refusal("changed-meanwhile")
    if order.screen is not None and screen is None:
        return Refusal("screen-unknown")
    if screen is not None and order.event in DECISIONS and screen.version != case.loaded.version:
        return Refusal("screen-unknown")  # signed would be what an earlier reading showed
    if order.event not in CARRY_OUT:
        return NOT_NOW
    events = _DEPARTURES if order.event in _DEPARTURES else (order.event,)
    if any(after(case.referral.state, event, case.doer.party) for event in events):
        return None
    possible = any(is_possible(case.referral.state, event) for event in events)
    return Refusal("role-not-allowed") if possible else NOT_NOW


DECISIONS = (Event.APPROVE, Event.REJECT)
_DEPARTURES = (Event.DEPART, Event.DEPART_UNANSWERED)


def nowhere(case: Case, order: Order, offers: Sequence[Offer]) -> Refusal | None:
    """Refuse a hospital nobody has heard of: what is no id of ours may be a person's number."""
    known = {offer.hospital for offer in offers} | {ask.hospital for ask in case.asks}
    named = {*order.hospitals, *(() if order.hospital is None else (order.hospital,))}
    return Refusal("no-such-hospital") if named - known else None
