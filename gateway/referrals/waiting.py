"""
The turns of people who are waited for: an approval with its reminder, deputy and end; reviews; confirmations.

A routine referral whose wait runs out goes back to the operator, with an alarm; nothing waits in silence.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection

from contracts.audit import SYSTEM

from . import store, tables
from .case import Case, Doer
from .committing import Refusal, commit
from .policy import Timing
from .room import ReferralRoom
from .rows import Owed, OwedWhat, Wait
from .states import Event, Party, State
from .store import Past

AGAIN = timedelta(hours=1)  # how often the head is reminded of what is overdue

_SYSTEM = Doer(SYSTEM, Party.GERBANG)


class WaitTurns:
    """The kind of row `referral`: an approval that is waited for."""

    name = "referral"

    def __init__(self, room: ReferralRoom) -> None:
        """Take the room."""
        self._room = room

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[tuple[str, int]]:
        """Return the referrals whose timer has run out."""
        return store.due(tables.referral, connection, at_us, limit)

    async def carry(self, row: str, turn: int) -> None:
        """Go to the next rung. Raises CannotWrite."""

        def rung(case: Case) -> Refusal | None:
            if case.referral.turn != turn or case.referral.state is not State.SUBMITTED:
                raise Past
            climb(case, self._room.timing)
            return None

        with suppress(Past):
            await commit(self._room, row, _SYSTEM, rung)


def climb(case: Case, timing: Timing) -> None:
    """Remind the head, then wake the deputy, then give it back to the operator."""
    wait, since = case.referral.wait, case.referral.submitted_at or case.at
    turn = case.referral.turn + 1
    if wait is Wait.REMINDER:
        due_at = since + timedelta(seconds=timing.deputy_s)
        case.set(wait=Wait.DEPUTY, due_at=due_at, turn=turn)
        _say(case, "reminder", "heads", "decision_wanted")
    elif wait is Wait.DEPUTY:
        due_at = since + timedelta(seconds=timing.run_out_s)
        case.set(wait=Wait.RUN_OUT, due_at=due_at, turn=turn)
        _say(case, "deputy", "deputies", "decision_wanted")
    else:
        case.set(wait=None, due_at=None, turn=turn)
        case.call_off("decision_wanted")
        case.happen(Event.RUN_OUT)
        case.alarm("approval_ran_out")


def _say(case: Case, what: str, who: str, why: str) -> None:
    case.tell("referral.reminded", what)
    case.note(what)
    case.wake(who, why, urgent=True)


class OwedTurns:
    """The kind of row `owed`: a review or a confirmation."""

    name = "owed"

    def __init__(self, room: ReferralRoom) -> None:
        """Take the room."""
        self._room = room

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[tuple[str, int]]:
        """Return what has to be reminded of."""
        return store.due(tables.owed, connection, at_us, limit)

    async def carry(self, row: str, turn: int) -> None:
        """Remind of it; once overdue, every hour. Raises CannotRead, CannotWrite."""
        owed = await self._room.database.read(lambda connection: store.get(connection, Owed, row))
        if owed is None or owed.turn != turn or owed.done_at is not None:
            return

        def remind(case: Case) -> Refusal | None:
            _remind(case, owed)
            return None

        with suppress(Past):
            await commit(self._room, owed.referral, _SYSTEM, remind)


def _remind(case: Case, owed: Owed) -> None:
    now = store.get(case.connection, Owed, owed.id)
    if now is None or now.turn != owed.turn:
        raise Past
    overdue = case.at >= owed.deadline
    due_at = case.at + AGAIN if overdue else owed.deadline
    store.change(case.connection, owed, {"due_at": due_at, "turn": owed.turn + 1})
    _say(case, f"{owed.what}_{'overdue' if overdue else 'reminder'}", "heads", _why(owed))
    if overdue:
        case.wake("deputies", _why(owed), urgent=True)


def _why(owed: Owed) -> str:
    return "review_owed" if owed.what is OwedWhat.REVIEW else "decision_overdue"


def overdue(owed: Owed, *, at: datetime) -> bool:
    """Say whether it should have been done by now."""
    return owed.done_at is None and at >= owed.deadline
