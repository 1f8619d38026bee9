"""What went out unwritten is written down: as soon as the database takes it, also after a start."""

import asyncio
from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy import Connection

from contracts import Entry
from gateway import shelf
from gateway.people import about

from . import store
from .afloat import Afloat, tell_alarm
from .case import Case
from .committing import Written, save, told
from .creating import held, known_as, person_of
from .making_again import make_again, written_late
from .orders import Draft
from .room import ReferralRoom
from .sealing import seal
from .store import Overtaken

UNREADABLE = "referral.unreadable"

log = structlog.get_logger(__name__)


async def take_up(room: ReferralRoom) -> None:
    """Have afloat again what was when the gateway last ended; what cannot be read stays, with an alarm."""
    found, unreadable = await asyncio.to_thread(room.shelf.read)
    room.afloat.update({name: Afloat(kept) for name, kept in found.items()})
    tell_alarm(room)
    if unreadable:
        names = ", ".join(unreadable)
        room.alarms.raise_(UNREADABLE, f"Went out and is not written down, and cannot be read: {names}")


async def write_down(room: ReferralRoom) -> None:
    """Write down what is afloat as soon as the database takes it, for as long as the gateway runs."""
    await shelf.write_down(
        room.afloat, partial(_write, room), partial(tell_alarm, room), shelf=room.shelf, of="referral"
    )


async def _write(room: ReferralRoom, afloat: Afloat) -> None:
    """Write it as it is known here, or make it again: after a start, and where somebody else was first."""
    kept, case = afloat.kept, afloat.case
    try:
        if case is None:
            await make_again(room, kept)
        elif kept.draft is not None:
            await _write_new(room, case, kept.draft)
        else:
            await _write_change(room, case)
    except Overtaken:
        log.warning("referral.changed_meanwhile", row=kept.referral)
        await make_again(room, kept)


async def _write_change(room: ReferralRoom, case: Case) -> None:
    def change(connection: Connection) -> Written:
        return save(room, replace(case, connection=connection, entries=[]))

    late = replace(written_late(case.referral.id, case.referral.state), subject=case.referral.subject)
    await room.database.write(change, entries=lambda written: [late, *written.entries])
    told(room, case.referral.id)


async def _write_new(room: ReferralRoom, case: Case, draft: Draft) -> None:
    name = case.referral.id
    person = await person_of(room, draft, name)
    room.remember(person)
    sealed = seal(person, draft.told.scalars(), place=name)

    def change(connection: Connection) -> list[Entry]:
        if known_as(connection, draft, name) is not None:
            return []  # the write that took too long has happened
        return _add(room, connection, case, person.pseudonym, sealed)

    late = about(written_late(name, case.referral.state), person, held(draft))
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
