"""A new referral: its patient gets a key, its row is written, and it goes at once where it is to go."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from contracts import Criterion, Entry, Urgency
from contracts.audit import Scalar
from gateway.access.guard import Principal
from gateway.db import CannotWrite
from gateway.people import Person
from gateway.problems import Problem

from . import candidates, moves, offering, store
from .case import Case, Doer, new_id
from .committing import Written, save, told
from .offering import Offer
from .orders import Draft, Then
from .room import ReferralRoom
from .rows import Clearance, Referral
from .sealing import seal
from .states import PARTY_OF, Event, State


async def created(
    room: ReferralRoom,
    draft: Draft,
    *,
    by: Principal,
    request: str,
    gone_out: Callable[[], bool] = lambda: False,
) -> tuple[Referral, bool]:
    """
    Write a new referral down, and submit it or break the glass at once where that is asked for.

    The same source or Idempotency-Key again returns what it made before, and False. What *gone_out* unwritten
    meanwhile is not written when its turn comes at last. Raises Problem, CannotWrite.
    """
    demand_sense(room, draft)
    referral_id = id_of(draft, by)
    before = await _made_before(room, draft, referral_id, by=by, request=request)
    if before is not None:
        return before, False
    person = await person_of(room, draft, referral_id)
    room.remember(person)
    row = row_of(draft, referral_id, person, by)
    offers = candidates.offers(room.candidates(row, at=row.created_at))
    doer = Doer(by.actor, PARTY_OF[by.role], request, person)

    def change(connection: Connection) -> Written:
        if gone_out():
            raise CannotWrite("it has gone out unwritten")
        known = known_as(connection, draft, referral_id)
        if known is not None:
            return Written(known, [_repeated(known, doer)])
        return _made(room, Case(connection, row, row, [], row.created_at, doer), draft, offers)

    written = await room.database.write(change, entries=lambda made: made.entries)
    told(room, written.referral.id)
    return written.referral, bool(written.changed)


async def _made_before(
    room: ReferralRoom, draft: Draft, referral_id: str, *, by: Principal, request: str
) -> Referral | None:
    """Return what the same question made: then nobody needs a new key."""
    if draft.source_ticket is None and draft.repeat is None:
        return None
    known = await room.database.read(lambda connection: known_as(connection, draft, referral_id))
    if known is not None:
        doer = Doer(by.actor, PARTY_OF[by.role], request)
        await room.database.record(_repeated(known, doer))
    return known


def _made(room: ReferralRoom, case: Case, draft: Draft, offers: Sequence[Offer]) -> Written:
    store.add(case.connection, case.loaded)
    case.tell("referral.created", "created", told=held(draft), detail=moves.summary(case))
    if draft.then is Then.BREAK_GLASS:
        break_glass(room, case, offers)
    else:
        case.note("created")
    if draft.then is Then.SUBMIT:
        case.happen(Event.SUBMIT)
        moves.submit(case, room.timing)
    return save(room, case)


def break_glass(
    room: ReferralRoom, case: Case, offers: Sequence[Offer], *, told: Mapping[str, Scalar] | None = None
) -> None:
    """Make a new case an emergency that goes out at once; *told* is sealed in its entry."""
    case.note("created")
    case.happen(Event.BREAK_GLASS, code=str(case.referral.criteria[0]), told=told)
    moves.break_glass(case)
    offering.go(case, offers, room.timing)


def held(draft: Draft) -> dict[str, Scalar]:
    """Return all that is kept of the patient from now on; an entry has no floats."""
    place = {"latitude": draft.latitude, "longitude": draft.longitude}
    return draft.told.scalars() | {
        name: str(degrees) for name, degrees in place.items() if degrees is not None
    }


def demand_sense(room: ReferralRoom, draft: Draft) -> None:
    """Raise Problem `wrong-input` for what no model can see: unknown hospitals, an emergency without why."""
    unknown = [name for name in draft.hospitals if name not in {place.id for place in room.boards.places}]
    if unknown:
        raise Problem("wrong-input", errors=[("body.hospitals", "unknown", "No hospital has this id.")])
    if draft.then is Then.BREAK_GLASS and not draft.criteria:
        raise Problem("wrong-input", errors=[("body.criteria", "missing", "An emergency has a criterion.")])


async def person_of(room: ReferralRoom, draft: Draft, referral_id: str) -> Person:
    """Return whose it is: the patient, or nobody but this case where no number is known."""
    number = draft.told.patient.nik or draft.told.patient.nokartu
    if number is None:
        return await room.people.of_case(referral_id)
    return await room.people.of(number.reveal())


def id_of(draft: Draft, by: Principal) -> str:
    """Return a new id, the same one for the same key's repeated question."""
    if draft.repeat is None:
        return new_id("r")
    digest = hashlib.sha256(f"{by.key_id}\n{draft.repeat}".encode()).digest()
    return "r-" + base64.b32encode(digest).decode().lower()[:13]


def row_of(
    draft: Draft, referral_id: str, person: Person, by: Principal, *, at: datetime | None = None
) -> Referral:
    """Return the row of a new referral of *at* or now, a draft until more happens."""
    at = at or datetime.now(UTC)
    number = draft.told.patient.nik or draft.told.patient.nokartu
    return Referral(
        id=referral_id,
        version=1,
        state=State.DRAFT,
        urgency=Urgency.EMERGENCY if draft.criteria else Urgency.ROUTINE,
        clearance=Clearance.NONE,
        rule=draft.rule,
        need=draft.need,
        kelas=draft.kelas,
        criteria=tuple(dict.fromkeys(draft.criteria)),
        wished=tuple(dict.fromkeys(draft.hospitals)),
        subject=person.pseudonym,
        sealed=seal(person, draft.told.scalars(), place=referral_id),
        latitude=_about(draft.latitude),
        longitude=_about(draft.longitude),
        source_system=draft.source_system,
        source_ticket=draft.source_ticket,
        drill=draft.drill,
        created_by=by.key_id,
        created_at=at,
        changed_at=at,
        coverage_due_at=None if number is None else at,
    )


def _about(degrees: float | None) -> float | None:
    """Return a place to some kilometre: the order of hospitals needs no more, and it stands in the clear."""
    return None if degrees is None else round(degrees, 2)


def known_as(connection: Connection, draft: Draft, referral_id: str) -> Referral | None:
    """Return what the same source or the same key made before."""
    if draft.source_system is not None and draft.source_ticket is not None:
        found = store.with_source(connection, draft.source_system, draft.source_ticket)
        if found is not None:
            return found
    return store.get(connection, Referral, referral_id)


def _repeated(known: Referral, doer: Doer) -> Entry:
    return Entry(
        act="referral.created",
        outcome="repeated",
        actor=doer.actor,
        object_type="referral",
        object_id=known.id,
        subject=known.subject,
        request=doer.request,
    )


def ticked(criteria: Sequence[Criterion]) -> str | None:
    """Return the criterion that stands as the reason, the first that was ticked."""
    return str(criteria[0]) if criteria else None
