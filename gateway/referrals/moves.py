"""What people and time bring about in a case: it waits, goes out, is chosen, leaves, is called off."""

from collections.abc import Sequence
from datetime import timedelta

from contracts import Criterion, Step, Urgency

from . import policy
from .case import Case, codes, new_id
from .offering import ANSWERING, Offer, go
from .policy import Timing
from .rows import Ask, AskState, Clearance, Owed, OwedWhat, Wait
from .states import LOOKING, Event, Party, State

# Alarms that say nothing any more once a hospital takes the patient.
SETTLED_BY_A_CHOICE = frozenset(
    {"telephone_wanted", "nobody_to_ask", "nobody_answers", "all_declined", "choose_hospital"}
)


def submit(case: Case, timing: Timing) -> None:
    """Let it wait for an approval, with a timer from now."""
    case.set(
        submitted_at=case.at,
        wait=Wait.REMINDER,
        due_at=case.at + timedelta(seconds=timing.reminder_s),
        turn=case.referral.turn + 1,
    )
    case.wake("heads", "decision_wanted", urgent=False)


def stop_waiting(case: Case) -> None:
    """Stop the timer of an approval, and wake nobody for it any more."""
    case.call_off("decision_wanted")
    case.set(wait=None, due_at=None, turn=case.referral.turn + 1)


def worsen(case: Case, criteria: Sequence[Criterion], offers: Sequence[Offer], timing: Timing) -> None:
    """Make it an emergency now: those already asked are told, and whoever was not asked is."""
    known = dict.fromkeys((*case.referral.criteria, *criteria))
    case.set(urgency=Urgency.EMERGENCY, criteria=tuple(known))
    if case.loaded.state is State.CANCELLED and case.referral.clearance is not Clearance.BREAK_GLASS:
        case.set(clearance=Clearance.NONE)  # what was approved was called off: this is another journey
    break_glass(case)
    for ask in case.open_asks():
        sooner = min(ask.answer_by, case.at + timing.answer(Urgency.EMERGENCY))
        reply_by = sooner if ask.state in ANSWERING else ask.answer_by
        told = case.set_ask(ask, urgency=Urgency.EMERGENCY, answer_by=reply_by, failures=0)
        case.set_ask(told, due_at=policy.next_look(told, at=case.at))
    if case.referral.state in LOOKING and not case.open_asks():
        go(case, offers, timing)


def break_glass(case: Case) -> None:
    """Let it go on without an approval, where there is none, and owe the review."""
    stop_waiting(case)
    if case.referral.clearance is Clearance.NONE:
        case.set(clearance=Clearance.BREAK_GLASS)
        owe(case, OwedWhat.REVIEW)
        case.wake("heads", "review_owed", urgent=False)


def owe(case: Case, what: OwedWhat) -> None:
    """Note that a person owes something within 24 h; the reminder comes four hours before."""
    case.owe(
        Owed(
            id=new_id("o"),
            referral=case.referral.id,
            what=what,
            owed_since=case.at,
            deadline=case.at + policy.OWED,
            due_at=case.at + policy.OWED_REMINDER,
        )
    )


def taken(case: Case, ask: Ask) -> None:
    """Note that the hospital's system has it."""
    if ask.state in (AskState.QUEUED, AskState.UNCONFIRMED):
        case.set_ask(ask, state=AskState.SENT)
        if case.referral.state in (State.APPROVED, State.UNCONFIRMED):
            case.happen(Event.CONVEYED, party=Party.GERBANG, hospital=ask.hospital)


def unsure(case: Case, ask: Ask) -> None:
    """Note that it was sent and whether it arrived is not known: an operator rings."""
    if ask.state is not AskState.QUEUED:
        return
    case.set_ask(ask, state=AskState.UNCONFIRMED)
    if case.referral.state is State.APPROVED:
        case.happen(Event.UNSURE, party=Party.GERBANG, hospital=ask.hospital)


def choose(case: Case, ask: Ask, *, party: Party | None = None, detail: str | None = None) -> bool:
    """Send the patient to this hospital and tell the others; False where that is not possible now."""
    if not case.happen(Event.CHOOSE, party=party, hospital=ask.hospital, code=detail):
        return False
    if case.referral.alarm in SETTLED_BY_A_CHOICE:
        case.seen_to()
    case.set(destination=ask.hospital)
    _step(case, ask, Step.CHOSEN, state=AskState.CHOSEN)
    _withdraw_others(case, ask)
    case.wake("operators", "accepted", urgent=False)
    return True


def depart(case: Case, ask: Ask) -> None:
    """The crew is on its way there, answered or not."""
    case.set(destination=ask.hospital)
    _step(case, ask, Step.UNDER_WAY, state=ask.state)
    _withdraw_others(case, ask)


def arrive(case: Case, ask: Ask | None) -> None:
    """The patient is there; *ask* is None where nobody had asked that hospital."""
    if ask is not None:
        case.set(destination=ask.hospital)
        _step(case, ask, Step.ARRIVED, state=ask.state)
    _withdraw_others(case, ask)


def withdraw_all(case: Case, why: str) -> None:
    """Take the question back everywhere."""
    for ask in case.asks:
        if ask.state not in (AskState.DECLINED, AskState.FAILED, AskState.WITHDRAWN):
            withdraw(case, ask, why)


def withdraw(case: Case, ask: Ask, why: str, *, again: bool = False) -> None:
    """Take the question back from one hospital; one that nothing was ever sent to need not be told."""
    changes = {"conveyed": None} if again else {}
    now = case.set_ask(ask, step=Step.WITHDRAWN, state=AskState.WITHDRAWN, why=why, failures=0, **changes)
    if not now.attempted:
        now = case.set_ask(now, conveyed=now.mark)
    due = policy.next_look(now, at=case.at) if now.attempted else None
    case.set_ask(now, due_at=due)
    case.tell("referral.withdrawn", "withdrawn", hospital=ask.hospital, code=why)


def _withdraw_others(case: Case, chosen: Ask | None) -> None:
    for ask in case.open_asks():
        if chosen is None or ask.id != chosen.id:
            withdraw(case, ask, "not_selected")


def _step(case: Case, ask: Ask, step: Step, *, state: AskState) -> None:
    now = case.set_ask(ask, step=step, state=state, failures=0)
    case.set_ask(now, due_at=policy.next_look(now, at=case.at))


def summary(case: Case) -> dict[str, str | tuple[str, ...]]:
    """Return what an entry says of the case itself: nothing that names anybody."""
    referral = case.referral
    return {
        "need": str(referral.need),
        "urgency": str(referral.urgency),
        "criteria": codes(referral.criteria),
    }
