"""What the head owes for a referral that went on without one: a review, or a telephoned yes confirmed."""

from contracts.audit import Scalar
from gateway.access.guard import Principal
from gateway.access.roles import Role

from . import store
from .case import Case
from .committing import Refusal, commit
from .doing import doer_of, screen_of
from .events import NOT_NOW
from .orders import Order, Review
from .room import ReferralRoom
from .rows import Owed, OwedWhat, Referral
from .screens import Screen
from .states import Event


async def review(
    room: ReferralRoom, referral_id: str, verdict: Review, *, by: Principal, request: str
) -> Referral:
    """Say afterwards whether a break-glass was fitting; nothing is stopped or recalled by it."""
    return await _settle(room, referral_id, OwedWhat.REVIEW, verdict, by=by, request=request)


async def confirm_telephoned(
    room: ReferralRoom, referral_id: str, verdict: Review, *, by: Principal, request: str
) -> Referral:
    """Confirm, or deny, that the approval was given by telephone as the operator entered it."""
    return await _settle(room, referral_id, OwedWhat.CONFIRMATION, verdict, by=by, request=request)


async def _settle(
    room: ReferralRoom, referral_id: str, what: OwedWhat, verdict: Review, *, by: Principal, request: str
) -> Referral:
    doer, _ = await doer_of(room, referral_id, by=by, request=request)
    order = Order(Event.APPROVE, note=verdict.note, screen=verdict.screen)
    screen = screen_of(room, referral_id, order)

    def move(case: Case) -> Refusal | None:
        owed = next(
            (each for each in store.owed_for(case.connection, referral_id) if each.what is what), None
        )
        if owed is None or owed.done_at is not None:
            return NOT_NOW
        if by.role is not Role.APPROVER:
            return Refusal("role-not-allowed")
        if verdict.screen is not None and screen is None:
            return Refusal("screen-unknown")
        _done(case, owed, verdict, screen)
        return None

    return (await commit(room, referral_id, doer, move)).referral


def _done(case: Case, owed: Owed, verdict: Review, screen: Screen | None) -> None:
    done = {
        "done_at": case.at,
        "done_by": case.doer.actor.id,
        "verdict": str(verdict.verdict),
        "sealed": case.seal(verdict.note, f"owed {owed.id}"),
        "due_at": None,
        "turn": owed.turn + 1,
    }
    store.change(case.connection, owed, done)
    told: dict[str, Scalar] = {"note": verdict.note} if verdict.note else {}
    detail: dict[str, Scalar] = {}
    if screen is not None:
        told |= {"screen": screen.content, "screen_salt": screen.salt}
        detail = {"screen_sha256": screen.hash}
    case.call_off("review_owed" if owed.what is OwedWhat.REVIEW else "decision_overdue")
    act = "referral.reviewed" if owed.what is OwedWhat.REVIEW else "referral.confirmed"
    case.tell(act, str(verdict.verdict), told=told, detail=detail)
    case.note(f"{owed.what}_{verdict.verdict}", note=verdict.note)
    if verdict.verdict.name == "NOT_FITTING":
        case.wake("operators", "review_not_fitting", urgent=False)
