"""Referrals read for a screen or a program: lists that name nobody; one whole referral, which is audited."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
from sqlalchemy import Connection

from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.accounts import store as accounts
from gateway.problems import Problem

from . import entries, lines, store, views
from .answers import ReferralLine, ReferralView
from .room import ReferralRoom
from .rows import Ask, AskState, Happening, Owed, Referral
from .states import ENDED, State

MOST = 500
CLOSED = frozenset({AskState.DECLINED, AskState.FAILED, AskState.WITHDRAWN})
OPEN = tuple(state for state in State if state not in ENDED)
_encode = msgspec.json.Encoder().encode


async def waiting(room: ReferralRoom, *, by: Principal, request: str) -> list[ReferralLine]:
    """Return what waits for a person: alarms, decisions, calls, reviews; the most urgent first."""
    found = [line for line in await _lines(room, _open) if lines.waits_for_somebody(line)]
    await room.recorder.record(entries.listed("waiting", len(found), by=by, request=request))
    return sorted(found, key=lines.by_urgency)


async def open_referrals(room: ReferralRoom, *, by: Principal, request: str) -> list[ReferralLine]:
    """Return everything that has neither arrived nor been cancelled, the last changed first."""
    found = await _lines(room, partial(store.in_states, states=OPEN, limit=MOST))
    await room.recorder.record(entries.listed("open", len(found), by=by, request=request))
    return found


async def search(room: ReferralRoom, text: str, *, by: Principal, request: str) -> list[ReferralLine]:
    """Return the referrals of that id or that ticket of a dispatch system; open or ended."""
    wanted = text.strip()
    found = await _lines(room, partial(store.named, name=wanted, limit=50)) if wanted else []
    await room.recorder.record(entries.listed("named", len(found), by=by, request=request))
    return found


async def line(room: ReferralRoom, referral: Referral) -> ReferralLine:
    """Return one referral as a list shows it."""
    found = await _lines(room, partial(store.with_ids, ids=[referral.id]))
    return found[0]


def is_afloat(room: ReferralRoom, referral_id: str) -> bool:
    """Say whether it is an emergency that has gone out and is not written down yet."""
    return any(each.referral == referral_id for each in room.afloat.values())


def unwritten_line(room: ReferralRoom, referral: Referral) -> ReferralLine:
    """Return the line of an emergency that is not written down yet."""
    afloat = [each.case for each in room.afloat.values() if each.referral == referral.id and each.case]
    asks = afloat[-1].asks if afloat else []
    run_out = timedelta(seconds=room.timing.run_out_s)
    at = datetime.now(UTC)
    return lines.line(referral, asks, [], registry=room.registry, run_out=run_out, at=at)


async def view(room: ReferralRoom, referral_id: str, *, by: Principal, request: str) -> ReferralView:
    """
    Return everything about one referral; that the patient was shown is written down first.

    Raises Problem `no-such-referral` or `not-written-down`, CannotRead, CannotWrite.
    """
    went_out = is_afloat(room, referral_id)  # asked first: it may be written down while it is being read
    found = await room.database.read(partial(_whole, referral_id=referral_id))
    if found is None:
        raise Problem("not-written-down" if went_out else "no-such-referral")
    referral, asks, history, owed, names = found
    _demand_own(by, asks)
    person = await room.person(referral.subject)
    at = datetime.now(UTC)
    candidates = room.candidates(referral, at=at)
    whole = views.whole(
        views.Seen(referral, asks, history, owed, names, person, candidates, by, request, at),
        room,
    )
    await room.database.record(entries.shown(referral, person, whole, by=by, request=request))
    screen = room.screens.show(referral.id, referral.version, _encode(whole).decode())
    return msgspec.structs.replace(whole, screen=screen)


def _demand_own(by: Principal, asks: Sequence[Ask]) -> None:
    """Let a hospital see only what it is asked itself, and as long as it is."""
    open_there = {ask.hospital for ask in asks if ask.state not in CLOSED}
    if by.role is Role.PARTNER and by.partner not in open_there:
        raise Problem("no-such-referral")


Whole = tuple[Referral, list[Ask], list[Happening], list[Owed], Mapping[str, str]]


def _whole(connection: Connection, *, referral_id: str) -> Whole | None:
    referral = store.get(connection, Referral, referral_id)
    if referral is None:
        return None
    names = {account.id: account.display_name for account in accounts.load_accounts(connection)}
    return (
        referral,
        store.asks_of(connection, referral_id),
        store.history_of(connection, referral_id),
        store.owed_for(connection, referral_id),
        names,
    )


def _open(connection: Connection) -> list[Referral]:
    """Return what may wait for somebody: what is open, or has ended and still owes a review or alarms."""
    found = store.urgent_first(connection, states=OPEN, limit=MOST)
    owing = {owed.referral for owed in store.all_owed(connection)} | set(store.alarmed(connection))
    return [*found, *store.with_ids(connection, sorted(owing - {each.id for each in found}))]


async def _lines(room: ReferralRoom, query: lines.Query) -> list[ReferralLine]:
    run_out = timedelta(seconds=room.timing.run_out_s)

    def read(connection: Connection) -> list[ReferralLine]:
        """Make the lines here too, in the reader's thread: some hundred would hold the event loop."""
        found = query(connection)
        ids = [each.id for each in found]
        asks, owed = store.asks_at(connection, ids), store.owed_at(connection, ids)
        return lines.lines(found, asks, owed, registry=room.registry, run_out=run_out, at=datetime.now(UTC))

    return await room.database.read(read)


async def reviews_owed(room: ReferralRoom) -> int:
    """Return how many reviews and confirmations are owed."""
    return len(await room.database.read(store.all_owed))
