"""
One notification's receipts taken in, inside the change at hand: kept, entered, and what they mean set.

Only a named person or duty post ends the person's clock; the same again changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from contracts import Actor, Entry, Progress, Receipt
from contracts.audit import Scalar, Sealed
from gateway.people import CannotUnseal, Person, about
from gateway.people.person import ALGORITHM

from . import confirming, entries, lanes, store
from .alarming import alarm
from .room import NotificationRoom
from .rows import Heard, Notification

SEALED_AS = "notification_receipt"

People = Mapping[str, Person]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who hands receipts in: by which *channel* and *proof*, and who acts as the log has it."""

    channel: str
    proof: str
    actor: Actor
    request: str | None = None


def take(
    room: NotificationRoom,
    connection: Connection,
    row: Notification,
    receipts: Sequence[Receipt],
    speaker: Speaker,
    people: People,
    *,
    at: datetime,
) -> tuple[Notification, list[Entry]]:
    """
    Take in what is said of one *row* that this transaction has locked; return it as it is then, and entries.

    For use inside a change.
    """
    if not receipts:
        return row, []
    person = people.get(row.subject or "")
    known = store.receipts_of(connection, [row.id])
    said: list[Entry] = []
    now = row
    for receipt in receipts:
        if is_known(receipt, known, person):
            continue
        heard = _heard(now, receipt, len(known) + 1, speaker, person, at=at)
        now, more = _apply(room, connection, now, receipt, known, speaker, at=at)
        known.append(heard)
        store.add(connection, [heard])
        said += [_entry(now, heard, receipt, speaker, person), *more]
    if now.due_at is None and row.due_at is not None:
        lanes.advance(connection, room.registry, row.partner, [row.about], at=at)
    return now, said


def is_known(receipt: Receipt, known: Sequence[Heard], person: Person | None) -> bool:
    """Say whether the same was heard before."""
    names = None if person is None else {each.number: _name(each, person) for each in known}
    return confirming.is_known(receipt, known, names)


def _apply(
    room: NotificationRoom,
    connection: Connection,
    row: Notification,
    receipt: Receipt,
    known: Sequence[Heard],
    speaker: Speaker,
    *,
    at: datetime,
) -> tuple[Notification, list[Entry]]:
    refusals = [each.at or each.heard_at for each in known if each.progress is Progress.REFUSED]
    changes = confirming.confirmed(
        row,
        receipt,
        channel=speaker.channel,
        rungs=room.rungs(row.partner),
        at=at,
        refused_at=max(refusals, default=None),
    )
    said: list[Entry] = []
    now = replace(row, **changes)
    if confirming.refuses(row, changes, receipt):
        changes |= {"reason": receipt.reason}
        raised = alarm(room, connection, now, "refused", at=at, actor=speaker.actor, request=speaker.request)
        changes |= raised.changes
        said += raised.entries
    elif now.human and not row.human:
        room.wakes.call_off(connection, about=row.id, at=at)
    store.put(connection, [row.id], changes)
    return replace(row, **changes), said


def _heard(
    row: Notification,
    receipt: Receipt,
    number: int,
    speaker: Speaker,
    person: Person | None,
    *,
    at: datetime,
) -> Heard:
    sealed = None
    if receipt.by and person is not None:
        sealed = person.seal({"by": receipt.by}, act=SEALED_AS, key=row.id).ct
    return Heard(
        notification=row.id,
        number=number,
        progress=receipt.progress,
        heard_at=at,
        at=receipt.at,
        channel=speaker.channel,
        proof=speaker.proof,
        actor=speaker.actor.id,
        sealed=sealed,
        post=receipt.post,
        reference=receipt.reference,
        reason=receipt.reason,
    )


def _name(heard: Heard, person: Person) -> str | None:
    """Return who said it, None where nobody was named or it cannot be opened."""
    if heard.sealed is None:
        return None
    sealed = Sealed(ALGORITHM, person.pseudonym, heard.sealed)
    try:
        return str(person.unseal(sealed, act=SEALED_AS, key=heard.notification)["by"])
    except CannotUnseal:
        return None


def _entry(
    row: Notification, heard: Heard, receipt: Receipt, speaker: Speaker, person: Person | None
) -> Entry:
    entry = entries.heard(row, heard, actor=speaker.actor, request=speaker.request)
    told_us: dict[str, Scalar] = {
        name: getattr(receipt, name)
        for name in ("by", "post", "reference", "reason")
        if getattr(receipt, name) is not None
    }
    return about(entry, person, told_us) if person is not None and told_us else entry
