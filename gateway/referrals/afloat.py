"""
An emergency while nothing can be written: it goes out all the same, and is written down once that can be.

Nothing is spoken before it is written, but nothing here may hold back an ambulance, and that rule is above
the other. So a break-glass that the database does not take within a second is kept in memory and sealed on
the shelf, its entries go to the fsynced spool, and the hospitals are told at once. Should the gateway die
before the database is back, the next start makes it again from the shelf, with the same hospitals. Where the
disk refuses that as well, a crash loses the row: the spool and the hospitals know of it, and the alarm asks
for it to be put on paper.
"""

import asyncio
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection

from contracts import ReferralAnswer, TakesReferrals
from gateway.access.guard import Principal
from gateway.audit.recorder import Recorded
from gateway.db import CannotRead, CannotWrite
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import perform
from gateway.people import Person
from gateway.problems import Problem

from . import candidates, entries, hearing, moves
from .case import Case, Doer, load
from .committing import Move, Refusal, commit
from .conveying import CONVEY, deadline_of, question_of, told_of
from .creating import break_glass, created, id_of, row_of
from .kept import Kept
from .orders import Draft, Order, Then
from .room import ReferralRoom
from .rows import Ask, Referral
from .states import PARTY_OF

ALARM = "referral.afloat"
AT_ONCE_S = 1.0  # how long an emergency waits for the database


@dataclass(slots=True)
class Afloat:
    """One emergency that is not written down: all that makes it again, and its case; None after a start."""

    kept: Kept
    case: Case | None = None

    @property
    def referral(self) -> str:
        """Its referral's id."""
        return self.kept.referral


@dataclass(frozen=True, slots=True)
class Made:
    """A referral, whether it is a new one, and how far its entries came."""

    referral: Referral
    new: bool
    audit: Recorded


async def make(room: ReferralRoom, draft: Draft, *, by: Principal, request: str) -> Made:
    """Create a referral; an emergency goes out even if nothing can be written. Raises as `created`."""
    if draft.then is not Then.BREAK_GLASS:
        referral, new = await created(room, draft, by=by, request=request)
        return Made(referral, new, Recorded.DURABLE)
    draft = replace(draft, repeat=draft.repeat or secrets.token_hex(16))  # one id, whichever way it goes
    gone_out = asyncio.Event()
    try:
        async with asyncio.timeout(AT_ONCE_S):
            referral, new = await created(room, draft, by=by, request=request, gone_out=gone_out.is_set)
    except (CannotRead, CannotWrite, TimeoutError):
        gone_out.set()
        return await _send_unwritten(room, draft, by=by, request=request)
    return Made(referral, new, Recorded.DURABLE)


async def at_once(room: ReferralRoom, referral_id: str, doer: Doer, move: Move, *, order: Order) -> Referral:
    """Commit an emergency; where that takes more than a second, let it go out all the same."""
    gone_out = asyncio.Event()

    def unless_gone(case: Case) -> Refusal | None:
        if gone_out.is_set():
            raise CannotWrite("it has gone out unwritten")
        return move(case)

    try:
        async with asyncio.timeout(AT_ONCE_S):
            return (await commit(room, referral_id, doer, unless_gone)).referral
    except (CannotWrite, TimeoutError):
        gone_out.set()
        return await _go_on_unwritten(room, referral_id, doer, move, order)


async def _go_on_unwritten(
    room: ReferralRoom, referral_id: str, doer: Doer, move: Move, order: Order
) -> Referral:
    """
    Make an emergency of a referral that can be read and not be written; it goes out at once.

    Raises Problem as `commit`, CannotRead.
    """
    at = datetime.now(UTC)
    case = await room.database.read(lambda connection: load(connection, referral_id, at=at, doer=doer))
    if case is None:
        raise Problem("no-such-referral")
    refusal = move(case)
    if refusal is not None:
        raise Problem(refusal.problem, detail=refusal.detail)
    await _go_out(room, case, Kept.of(case, order=order))
    return case.referral


async def _send_unwritten(room: ReferralRoom, draft: Draft, *, by: Principal, request: str) -> Made:
    """Break the glass without the database; what went out before is not sent a second time."""
    known = room.afloat.get(id_of(draft, by))
    if known is not None and known.case is not None:
        return Made(known.case.referral, False, room.recorder.recording)
    case = _new(room, draft, known, by=by, request=request)
    recorded = await _go_out(room, case, Kept.of(case, draft=draft))
    return Made(case.referral, known is None, recorded)


def _new(room: ReferralRoom, draft: Draft, known: Afloat | None, *, by: Principal, request: str) -> Case:
    """Return the case; one that is *known* from before a start is put to the same hospitals."""
    person = Person(f"p-{secrets.token_hex(12)}", secrets.token_bytes(32))  # until the real one can be found
    row = row_of(draft, id_of(draft, by), person, by)
    doer = Doer(by.actor, PARTY_OF[by.role], request, person)
    case = Case(cast(Connection, None), row, row, [], row.created_at, doer)
    found = candidates.offers(room.candidates(row, at=row.created_at)) if known is None else known.kept.asked
    break_glass(room, case, found, told=draft.told.scalars())
    for ask in case.asks if known else ():
        case.set_ask(ask, attempted=True)
    return case


async def _go_out(room: ReferralRoom, case: Case, kept: Kept) -> Recorded:
    """Leave its entries where that can be, tell the hospitals, and keep it meanwhile."""
    recorded = await room.recorder.record(*case.entries)
    room.afloat[kept.name] = Afloat(kept, case)
    tell_alarm(room)
    telling = (_convey(room, case, ask) for ask in case.asks if ask.owes_message)
    await asyncio.gather(room.shelf.put(kept.name, kept), *telling)
    room.changes.tell(case.referral.id)
    return recorded


async def _convey(room: ReferralRoom, case: Case, ask: Ask) -> None:
    partner = room.registry.partners[ask.hospital]
    port = cast(TakesReferrals, partner.port)
    question = question_of(ask, case.referral, told_of(case.doer.person, case.referral))
    sent = 0

    async def attempt() -> ReferralAnswer:
        nonlocal sent
        sent += 1
        again = replace(question, sent_before=question.sent_before or sent > 1)
        return await port.convey_referral(again, key=f"{ask.id}:{ask.mark}")

    witness = _Spooled(room, case, ask)
    outcome = await perform(partner, CONVEY, attempt, deadline=deadline_of(ask), witness=witness)
    _take_in(case, ask, outcome)


def _take_in(case: Case, ask: Ask, outcome: Outcome[ReferralAnswer]) -> None:
    """Note what came of it; an answer that is already there is heard by the first turn after the writing."""
    now = case.set_ask(ask, attempted=outcome.attempts > 0, tried=ask.step, due_at=case.at)
    if outcome.result is None:
        hearing.failed(case, now, outcome)
        return
    now = case.set_ask(now, conveyed=ask.mark, place=outcome.result.place)
    moves.taken(case, now)


class _Spooled:
    """Writes one exchange down wherever that is possible, and never stands in its way."""

    def __init__(self, room: ReferralRoom, case: Case, ask: Ask) -> None:
        self._room = room
        self._case = case
        self._ask = ask

    async def intent(self) -> None:
        case, person = self._case, self._case.doer.person
        patient = told_of(person, case.referral)
        entry = entries.conveying(self._ask, case.referral, person, patient, at=case.at)
        await self._room.recorder.record(entry)

    async def outcome(self, outcome: Outcome[ReferralAnswer]) -> None:
        entry = entries.conveyed_unwritten(self._ask, self._case.referral, outcome)
        await self._room.recorder.record(entry)


def tell_alarm(room: ReferralRoom) -> None:
    """Let the alarm name what is afloat."""
    if room.afloat:
        names = ", ".join(dict.fromkeys(each.referral for each in room.afloat.values()))
        room.alarms.raise_(ALARM, f"Emergencies that are not written down yet, put them on paper: {names}")
    else:
        room.alarms.clear(ALARM)
