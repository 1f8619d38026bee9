"""A change of one referral with everything that belongs to it, in one transaction; then screens are told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from contracts import Entry
from gateway.problems import Problem

from .case import Case, Doer, load
from .room import ReferralRoom
from .rows import Referral
from .store import Overtaken

TRIES = 4  # another replica may be first
WAKING = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change is not made: the name of a problem, and what it says."""

    problem: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was committed: the referral as it stands now, or why nothing was changed."""

    referral: Referral
    entries: Sequence[Entry]
    refusal: Refusal | None = None
    changed: bool = False


Move = Callable[[Case], Refusal | None]


async def commit(room: ReferralRoom, referral_id: str, doer: Doer, move: Move) -> Written:
    """
    Make *move* and commit it; a refusal leaves its entry and nothing else.

    Raises Problem `no-such-referral` or what was refused, CannotWrite.
    """
    written = await _written(room, referral_id, doer, move)
    if written.refusal is not None:
        raise Problem(written.refusal.problem, detail=written.refusal.detail)
    told(room, referral_id)
    return written


def told(room: ReferralRoom, referral_id: str) -> None:
    """Tell the screens, and have what may have come due looked for."""
    room.changes.tell(referral_id)
    room.turns.look()


async def _written(room: ReferralRoom, referral_id: str, doer: Doer, move: Move) -> Written:
    for attempt in range(1, TRIES + 1):
        try:
            return await room.database.write(
                lambda connection: _change(room, connection, referral_id, doer, move),
                entries=lambda written: written.entries,
            )
        except Overtaken:
            if attempt == TRIES:
                raise Problem("changed-meanwhile") from None
    raise AssertionError("the loop returns or raises")


def _change(room: ReferralRoom, connection: Connection, referral_id: str, doer: Doer, move: Move) -> Written:
    case = load(connection, referral_id, at=datetime.now(UTC), doer=doer)
    if case is None:
        raise Problem("no-such-referral")
    refusal = move(case)
    if refusal is not None:
        return Written(case.loaded, [_refused(case, refusal)], refusal)
    return save(room, case)


def save(room: ReferralRoom, case: Case) -> Written:
    """Write the case, whom it wakes and whom it is told to, in its own transaction."""
    case.save()
    _wake(room, case)
    return Written(case.referral, [*case.entries, *room.follows(case.connection, case)], changed=True)


def _wake(room: ReferralRoom, case: Case) -> None:
    """Plan whom to wake, and for what no more."""
    for why in case.called_off:
        room.wakes.call_off(case.connection, why, referral=case.referral.id, at=case.at)
    for waking in case.wakings:
        room.wakes.plan(
            case.connection,
            waking.who,
            waking.why,
            referral=case.referral.id,
            at=case.at,
            until=max(waking.until, case.at + WAKING),
            urgent=waking.urgent,
        )


def _refused(case: Case, refusal: Refusal) -> Entry:
    return Entry(
        act="referral.refused",
        outcome="refused",
        actor=case.doer.actor,
        object_type="referral",
        object_id=case.loaded.id,
        subject=case.loaded.subject,
        code=refusal.problem,
        request=case.doer.request,
    )
