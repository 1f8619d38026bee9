"""Who acts on a referral, and what was on their screen."""

from dataclasses import replace
from datetime import UTC, datetime

from gateway.access.guard import Principal

from . import candidates, store
from .case import Doer
from .offering import Offer
from .orders import Order
from .room import ReferralRoom
from .rows import Referral
from .screens import Screen
from .states import PARTY_OF


async def doer_of(
    room: ReferralRoom, referral_id: str, *, by: Principal, request: str
) -> tuple[Doer, list[Offer]]:
    """Return who acts, with the patient's key to seal notes with, and whom could be asked now."""
    doer = Doer(by.actor, PARTY_OF[by.role], request)
    referral = await room.database.read(lambda connection: store.get(connection, Referral, referral_id))
    if referral is None:
        return doer, []
    person = await room.person(referral.subject)
    return replace(doer, person=person), candidates.offers(room.candidates(referral, at=datetime.now(UTC)))


def screen_of(room: ReferralRoom, referral_id: str, order: Order) -> Screen | None:
    """Return the screen that was decided on, None where none is named or it is too old."""
    return None if order.screen is None else room.screens.get(order.screen, referral=referral_id)
