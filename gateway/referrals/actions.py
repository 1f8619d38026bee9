"""
What people do with a referral: one function a verb; each commits its event with its entry, or is refused.

`by` is who asks: a key's bearer, or a person who has signed in at the console.
"""

from gateway.access.guard import Principal
from gateway.access.roles import Role

from . import events, replies
from .afloat import at_once, make
from .case import Case
from .committing import Refusal, commit
from .doing import doer_of, screen_of
from .orders import Draft, Order, TelephoneAnswer
from .owing import confirm_telephoned, review
from .replies import Said
from .room import ReferralRoom
from .rows import Referral
from .states import Event

__all__ = [
    "acknowledge",
    "answer_by_telephone",
    "carry_out",
    "confirm_telephoned",
    "create",
    "review",
]

EMERGENCIES = frozenset({Event.BREAK_GLASS, Event.WORSENED})


async def create(room: ReferralRoom, draft: Draft, *, by: Principal, request: str) -> Referral:
    """Make a referral and return it. Raises Problem, and CannotWrite unless it is an emergency."""
    return (await make(room, draft, by=by, request=request)).referral


async def carry_out(
    room: ReferralRoom, referral_id: str, order: Order, *, by: Principal, request: str
) -> Referral:
    """
    Bring one event about.

    Raises Problem: `no-such-referral`, `changed-meanwhile` (another version was seen), `not-now` (impossible
    in this state), `role-not-allowed`, `screen-unknown`; CannotWrite.
    """
    doer, offers = await doer_of(room, referral_id, by=by, request=request)
    screen = screen_of(room, referral_id, order)

    def move(case: Case) -> Refusal | None:
        refusal = events.refusal(case, order, screen) or events.nowhere(case, order, offers)
        if refusal is not None:
            return refusal
        return events.CARRY_OUT[order.event](events.Change(room.timing, case, order, offers, screen))

    if order.event not in EMERGENCIES:
        return (await commit(room, referral_id, doer, move)).referral
    return await at_once(room, referral_id, doer, move, order=order)


async def answer_by_telephone(
    room: ReferralRoom, referral_id: str, answer: TelephoneAnswer, *, by: Principal, request: str
) -> Referral:
    """
    Enter what a person at a hospital said; it counts as a system's answer does.

    Raises Problem as `carry_out`, `not-asked-there`, `not-your-hospital`; CannotWrite.
    """
    doer, offers = await doer_of(room, referral_id, by=by, request=request)
    said = Said(
        state=answer.state,
        channel=str(answer.channel),
        at=answer.at,
        code=answer.reason,
        by=answer.person,
        bed_held_until=answer.bed_held_until,
    )

    def move(case: Case) -> Refusal | None:
        if by.role is Role.PARTNER and by.partner != answer.hospital:
            return Refusal("not-your-hospital")
        ask = case.at_hospital(answer.hospital)
        if ask is None:
            return Refusal("not-asked-there")
        case.seen_to()
        replies.answered(case, ask, said, offers, room.timing)
        return None

    return (await commit(room, referral_id, doer, move)).referral


async def acknowledge(room: ReferralRoom, referral_id: str, *, by: Principal, request: str) -> Referral:
    """Take the alarm off the screen: a person has seen it."""
    doer, _ = await doer_of(room, referral_id, by=by, request=request)

    def move(case: Case) -> Refusal | None:
        if case.referral.alarm is None:
            return events.NOT_NOW
        case.tell("referral.alarm_seen", "seen", code=case.referral.alarm)
        case.note("alarm_seen", code=case.referral.alarm)
        case.seen_to()
        return None

    return (await commit(room, referral_id, doer, move)).referral
