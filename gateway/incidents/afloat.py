"""
Taking an incident up while nothing can be written: it is answered all the same, and written down later.

Nothing here may hold back an ambulance. What the database does not take within two seconds goes sealed into
the fsynced spool, is answered with its id, and is written again and again under that id until it stands. No
partner can be told meanwhile: the answer says whom to ring, and an alarm asks for it to be put on paper.
Before it is answered it lies sealed on the `shelf`, too: should the gateway die before the database is back,
the next start takes it up from there, and it becomes the row it would have been. Where the disk refuses
that as well, it is answered all the same; then a crash loses the row, and the audit log still has all of it,
unless the key database was away, too: then what the log says of people can be opened by nobody.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog

from contracts import AlertKind
from gateway import shelf
from gateway.access.guard import Principal
from gateway.audit.recorder import Recorded
from gateway.db import CannotRead, CannotWrite
from gateway.notifications.answers import LadderLine
from gateway.partners.registry import Partner
from gateway.people import Person

from .doing import Doer
from .ids import id_of
from .kept import Kept
from .opening import entry_of, fresh, open_incident
from .orders import Draft
from .room import IncidentRoom
from .rows import Incident
from .telling import Matter, hearers

ALARM = "incident.afloat"
UNREADABLE = "incident.unreadable"
AT_ONCE_S = 2.0  # how long an intake waits for the database
MOST = 10_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Afloat:
    """One incident that is no row yet: what it was answered as, and what it is written down from."""

    incident: Incident
    kept: Kept


@dataclass(frozen=True, slots=True)
class Taken:
    """An incident, whether it is a new one, who is told, and how far it came: *afloat* is nowhere yet."""

    incident: Incident
    new: bool
    audit: Recorded = Recorded.DURABLE
    afloat: bool = False
    ladders: Sequence[LadderLine] = ()


async def take(room: IncidentRoom, draft: Draft, *, by: Principal, request: str) -> Taken:
    """Open an incident, whatever the databases do. Raises CannotWrite where ten thousand are afloat."""
    draft = replace(draft, repeat=draft.repeat or secrets.token_hex(16))  # one id, whichever way it goes
    try:
        async with asyncio.timeout(AT_ONCE_S):
            opened = await open_incident(room, draft, by=by, request=request)
            return Taken(opened.incident, opened.new, ladders=opened.ladders)
    except (CannotRead, CannotWrite, TimeoutError):
        if len(room.afloat) >= MOST:
            raise CannotWrite("too many incidents are afloat") from None
    return await _keep_afloat(room, draft, by=by, request=request)


async def _keep_afloat(room: IncidentRoom, draft: Draft, *, by: Principal, request: str) -> Taken:
    known = room.afloat.get(id_of(draft, by.key_id))
    if known is not None:
        await _shelve(room, known)  # the first may still wait for the disk
        return Taken(known.incident, new=False, audit=room.recorder.recording, afloat=True)
    new = fresh(room, draft, await _person(room, draft, by), Doer.of(by, request))
    each = Afloat(new.incident, Kept.of(draft, by, request, at=new.at))
    room.afloat[new.incident.id] = each
    _alarm(room)
    await _shelve(room, each)
    recorded = await room.recorder.record(entry_of(new, "incident.opened", "afloat"))
    return Taken(new.incident, new=True, audit=recorded, afloat=True)


async def _person(room: IncidentRoom, draft: Draft, by: Principal) -> Person:
    """Return whom it is sealed for; a key of this moment where there is no other in time."""
    try:
        async with asyncio.timeout(AT_ONCE_S):
            return await room.known.of_case(id_of(draft, by.key_id))
    except (CannotWrite, TimeoutError):
        return _of_this_moment()


def _of_this_moment() -> Person:
    return Person(f"p-{secrets.token_hex(12)}", secrets.token_bytes(32))


async def _shelve(room: IncidentRoom, each: Afloat) -> None:
    await room.shelf.put(each.incident.id, each.kept)


async def take_up(room: IncidentRoom) -> None:
    """Have afloat again what was when the gateway last ended; what cannot be read stays, with an alarm."""
    found, unreadable = await asyncio.to_thread(room.shelf.read)
    for name, kept in found.items():
        try:
            room.afloat[name] = Afloat(_again(room, kept), kept)
        except Exception:  # a start's edge: one that this version cannot take holds back no other
            log.exception("incident.cannot_be_taken_up", row=name)
            unreadable.append(name)
    _alarm(room)
    if unreadable:
        names = ", ".join(unreadable)
        room.alarms.raise_(UNREADABLE, f"Answered and not written down, and cannot be read: {names}")


def _again(room: IncidentRoom, kept: Kept) -> Incident:
    """Return the incident as it was answered; whom it is sealed for is asked when it is written down."""
    doer = Doer.of(kept.by, kept.request)
    return fresh(room, kept.draft, _of_this_moment(), doer, at=kept.at).incident


def ring(room: IncidentRoom, incident: Incident) -> tuple[Partner, ...]:
    """Return the partners it concerns, to be rung where nobody knows what they were told."""
    matter = Matter(incident.category, incident.severity, incident.area_code)
    told = hearers(room.tellings, matter, AlertKind.ALERT, by_hand=(), before={})
    return tuple(room.registry.partners[name] for name in told)


async def write_down(room: IncidentRoom) -> None:
    """Write down what is afloat as soon as the database takes it, for as long as the gateway runs."""
    await shelf.write_down(
        room.afloat, partial(_write, room), partial(_alarm, room), shelf=room.shelf, of="incident"
    )


async def _write(room: IncidentRoom, each: Afloat) -> None:
    kept = each.kept
    await open_incident(room, kept.draft, by=kept.by, request=kept.request, at=kept.at)


def _alarm(room: IncidentRoom) -> None:
    if room.afloat:
        names = ", ".join(room.afloat)
        room.alarms.raise_(ALARM, f"Incidents not written down; ring partners, put them on paper: {names}")
    else:
        room.alarms.clear(ALARM)
