"""
An emergency while nothing can be written: it goes out all the same, and is written down once that can be.

Nothing is spoken before it is written, but nothing here may hold back an ambulance, and that rule is above
the other. So a break-glass that the database does not take within a second is kept in memory, its entries go
to the fsynced spool, and the hospitals are told at once. Should the gateway die before the database is back,
the spool and the hospitals know of it, and the row is lost: the alarm asks for it to be put on paper.
"""

import asyncio
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

import structlog
from sqlalchemy import Connection

from contracts import Entry, ReferralAnswer, TakesReferrals
from gateway.access.guard import Principal
from gateway.audit.recorder import Recorded
from gateway.db import CannotRead, CannotWrite
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import perform
from gateway.people import Person, about
from gateway.problems import Problem

from . import candidates, entries, hearing, moves, offering, store
from .case import Case, Doer, load
from .committing import Move, Refusal, Written, commit, save, told
from .conveying import CONVEY, deadline_of, question_of, told_of
from .creating import created, held, id_of, known_as, row_of
from .orders import Draft, Then
from .room import ReferralRoom
from .rows import Ask, Referral
from .sealing import seal
from .states import PARTY_OF, Event
from .store import Overtaken

ALARM = "referral.afloat"
AGAIN_S = 1.0
AT_ONCE_S = 1.0  # how long an emergency waits for the database

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Afloat:
    """One emergency that is only in memory; *draft* is what a new one was made from."""

    case: Case
    draft: Draft | None = None


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


async def at_once(room: ReferralRoom, referral_id: str, doer: Doer, move: Move) -> Referral:
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
        return await _go_on_unwritten(room, referral_id, doer, move)


async def _go_on_unwritten(room: ReferralRoom, referral_id: str, doer: Doer, move: Move) -> Referral:
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
    await _go_out(room, Afloat(case))
    return case.referral


async def _send_unwritten(room: ReferralRoom, draft: Draft, *, by: Principal, request: str) -> Made:
    """Break the glass without the database."""
    person = Person(f"p-{secrets.token_hex(12)}", secrets.token_bytes(32))  # until the real one can be found
    row = row_of(draft, id_of(draft, by), person, by)
    doer = Doer(by.actor, PARTY_OF[by.role], request, person)
    case = Case(cast(Connection, None), row, row, [], row.created_at, doer)
    offers = candidates.offers(room.candidates(row, at=row.created_at))
    case.note("created")
    case.happen(Event.BREAK_GLASS, code=str(row.criteria[0]), told=draft.told.scalars())
    moves.break_glass(case)
    offering.go(case, offers, room.timing)
    recorded = await _go_out(room, Afloat(case, draft))
    return Made(case.referral, True, recorded)


async def _go_out(room: ReferralRoom, afloat: Afloat) -> Recorded:
    """Keep it, leave its entries where that can be, and tell the hospitals."""
    case = afloat.case
    recorded = await room.recorder.record(*case.entries)
    room.afloat.append(afloat)
    _alarm(room)
    await asyncio.gather(*(_convey(room, case, ask) for ask in case.asks if ask.owes_message))
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


async def write_down(room: ReferralRoom) -> None:
    """Write down what is afloat as soon as the database takes it, for as long as the gateway runs."""
    while True:
        for each in list(room.afloat):
            try:
                await _write(room, each)
            except (CannotRead, CannotWrite) as exc:
                log.debug("referral.still_afloat", reason=str(exc))
                break
            except Overtaken:
                log.warning("referral.written_by_another", row=each.case.referral.id)
            except Exception:  # a loop's edge: it stays on the alarm, and is tried again
                log.exception("referral.cannot_be_written", row=each.case.referral.id)
                break
            room.afloat.remove(each)
            _alarm(room)
        await asyncio.sleep(AGAIN_S)


async def _write(room: ReferralRoom, afloat: Afloat) -> None:
    if afloat.draft is not None:
        return await _write_new(room, afloat.case, afloat.draft)
    case = afloat.case

    def change(connection: Connection) -> Written:
        return save(room, replace(case, connection=connection, entries=[]))

    late = _late(case, case.referral.subject)
    await room.database.write(change, entries=lambda written: [late, *written.entries])
    return told(room, case.referral.id)


async def _write_new(room: ReferralRoom, case: Case, draft: Draft) -> None:
    number = draft.told.patient.nik or draft.told.patient.nokartu
    name = case.referral.id
    person = await (room.people.of_case(name) if number is None else room.people.of(number.reveal()))
    room.remember(person)
    sealed = seal(person, draft.told.scalars(), place=name)

    def change(connection: Connection) -> list[Entry]:
        if known_as(connection, draft, name) is not None:
            return []  # the write that took too long has happened
        return _add(room, connection, case, person.pseudonym, sealed)

    late = about(_late(case, person.pseudonym), person, held(draft))
    await room.database.write(change, entries=lambda followed: [late, *followed])
    told(room, name)


def _add(room: ReferralRoom, connection: Connection, case: Case, subject: str, sealed: str) -> list[Entry]:
    """Put the rows where they belong, under the patient's real key; the job may run twice."""
    first = replace(case.loaded, subject=subject, sealed=sealed)
    referral = replace(case.referral, subject=subject, sealed=sealed)
    kept = replace(case, connection=connection, loaded=first, referral=referral, entries=[])
    kept.happenings = [replace(each, sealed=None) for each in case.happenings]
    store.add(connection, first)
    return list(save(room, kept).entries)


def _late(case: Case, subject: str) -> Entry:
    return Entry(
        act="referral.written_late",
        outcome=str(case.referral.state),
        object_type="referral",
        object_id=case.referral.id,
        subject=subject,
    )


def _alarm(room: ReferralRoom) -> None:
    if room.afloat:
        names = ", ".join(each.case.referral.id for each in room.afloat)
        room.alarms.raise_(ALARM, f"Emergencies that are only in memory, put them on paper: {names}")
    else:
        room.alarms.clear(ALARM)
