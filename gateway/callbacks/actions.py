"""
A hospital's system says that something changed about what we asked it.

Nothing in its message is believed: it only makes us look now instead of some seconds later, by the same
exchange that looks anyway. So a forged, doubled or late message does no harm, and there is nothing to parse.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection

from contracts import Entry
from gateway.access.guard import Principal
from gateway.problems import Problem
from gateway.referrals import store
from gateway.referrals.room import ReferralRoom
from gateway.referrals.rows import Ask

DECLARED_SET = {
    "a hospital has news": ("callback.received",),
    "a hospital speaks for another": ("callback.refused",),
}


async def news(room: ReferralRoom, partner: str, *, by: Principal, request: str) -> int:
    """
    Look at everything *partner* was asked and may still answer; return how many asks that is.

    Raises Problem `not-your-hospital`, CannotWrite.
    """
    if by.partner != partner:
        named = partner if partner in room.registry.partners else None  # else it may be a person's number
        await room.recorder.record(_entry("callback.refused", "refused", named, by, request))
        raise Problem("not-your-hospital", detail="This key speaks for another partner.")
    at = datetime.now(UTC)

    def hasten(connection: Connection) -> int:
        asks = [ask for ask in store.open_at(connection, partner) if _looked_at(ask)]
        for ask in asks:
            store.change(connection, ask, {"due_at": at, "turn": ask.turn + 1})
        return len(asks)

    looked = await room.database.write(
        hasten, entries=lambda count: [_entry("callback.received", "received", partner, by, request, count)]
    )
    room.turns.look()
    return looked


def _looked_at(ask: Ask) -> bool:
    """Say whether its copy is looked at from time to time; what owes it a message is due anyway."""
    return not ask.telephone and ask.due_at is not None and not ask.owes_message


def _entry(
    act: str, outcome: str, partner: str | None, by: Principal, request: str, count: int | None = None
) -> Entry:
    detail = None if count is None else {"asks": count}
    return Entry(act, outcome, by.actor, partner=partner, request=request, detail=detail)
