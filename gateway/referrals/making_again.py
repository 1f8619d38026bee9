"""
What went out unwritten is made again from what was kept: after a crash, or where somebody else was first.

The hospitals are the same ones, and each may have its copy already: it is looked for before anything is sent.
The entries of what happened went to the spool when it happened; here is only that it was written late.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection

from contracts import Entry
from contracts.audit import Scalar
from gateway.people import Person, about

from . import events, store
from .case import Case, Doer, load
from .committing import Written, save, told
from .creating import break_glass, held, known_as, person_of, row_of
from .doing import doer_of
from .events import Change
from .kept import Kept
from .orders import Draft, Order
from .room import ReferralRoom
from .states import PARTY_OF

# What the database was believed not to have taken may stand there by another moment of the same question.
SAME_QUESTION = timedelta(seconds=10)

log = structlog.get_logger(__name__)


async def make_again(room: ReferralRoom, kept: Kept) -> None:
    """Write down what *kept* tells of, unless it stands there. Raises CannotRead, CannotWrite."""
    if kept.draft is not None:
        await _make_new(room, kept, kept.draft)
    elif kept.order is not None:
        await _bring_about(room, kept, kept.order)
    told(room, kept.referral)


async def _make_new(room: ReferralRoom, kept: Kept, draft: Draft) -> None:
    person = await person_of(room, draft, kept.referral)
    room.remember(person)
    row = row_of(draft, kept.referral, person, kept.by, at=kept.at)
    doer = Doer(kept.by.actor, PARTY_OF[kept.role], kept.request, person)

    def change(connection: Connection) -> Written | None:
        if known_as(connection, draft, kept.referral) is not None:
            return None
        case = Case(connection, row, row, [], kept.at, doer)
        store.add(connection, row)
        break_glass(room, case, kept.asked)
        return _saved(room, case)

    await _write(room, kept, change, person, held(draft))


async def _bring_about(room: ReferralRoom, kept: Kept, order: Order) -> None:
    doer, _ = await doer_of(room, kept.referral, by=kept.by, request=kept.request or "")
    seen = replace(order, version=None, screen=None)  # what was on the screen stands in its entry

    def change(connection: Connection) -> Written | None:
        case = load(connection, kept.referral, at=kept.at, doer=doer)
        if case is None or _has_happened(connection, kept, order):
            return None
        refusal = events.refusal(case, seen, None)
        refusal = refusal or events.CARRY_OUT[seen.event](Change(room.timing, case, seen, kept.asked, None))
        return None if refusal else _saved(room, case)

    await _write(room, kept, change, doer.person, {})


async def _write(
    room: ReferralRoom,
    kept: Kept,
    change: Callable[[Connection], Written | None],
    person: Person | None,
    said: Mapping[str, Scalar],
) -> None:
    def entries(written: Written | None) -> list[Entry]:
        entry = written_late(kept.referral, "there_already" if written is None else written.referral.state)
        late = entry if person is None else about(entry, person, said)
        return [late, *(written.entries if written else ())]

    written = await room.database.write(change, entries=entries)
    if written is None:
        log.warning("referral.there_already", row=kept.referral)


def _has_happened(connection: Connection, kept: Kept, order: Order) -> bool:
    since = kept.at - SAME_QUESTION
    history = store.history_of(connection, kept.referral)
    return any(each.event == order.event and since <= each.at <= kept.at for each in history)


def _saved(room: ReferralRoom, case: Case) -> Written:
    """Save it, its asks as ones that may have arrived, and with all their time to be answered."""
    now = datetime.now(UTC)
    for ask in case.asks:
        if ask.id not in case.asks_before:
            answer_by = now + room.timing.answer(ask.urgency)
            due_at = answer_by if ask.telephone else now
            case.set_ask(ask, attempted=True, tried=ask.step, answer_by=answer_by, due_at=due_at)
    case.entries = []
    return save(room, case)


def written_late(referral: str, outcome: str) -> Entry:
    """Return the entry of an emergency that went out before it was written down."""
    return Entry("referral.written_late", str(outcome), object_type="referral", object_id=referral)
