"""A breach's scope (UU 27/2022 article 46): whose data, which fields, to whom, between these times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection, select, tuple_

from contracts.audit import Scalar
from gateway.access.guard import Principal
from gateway.audit.store import audit_entry
from gateway.people import Person

from . import entries, opened
from .opened import Told
from .room import InquiryRoom
from .search import text_of

Purpose = Literal["HCOMPL", "HLEGAL"]
_Place = tuple[str, str, int]

MOST_PEOPLE = 10_000
_PAGE = 500  # entries read and decoded in one go: some 5 ms of a reading thread, 1 ms of the event loop
_CHUNK = 500  # entries written in one go
_LOOKED_BACK = 3  # of the entries that hold a number, whatever else was written since
ASKED = "eligibility.asked"
_NUMBERS = ("nik", "nokartu")


class Disclosure(Struct, frozen=True):
    """What one receiver learnt about a person: which fields, how often, when first and last."""

    to: str
    fields: tuple[str, ...]
    times: int
    first: str
    last: str


class Affected(Struct, frozen=True):
    """One person, with the numbers to notify them by as far as they can still be opened."""

    subject: str
    numbers: dict[str, Scalar]
    disclosures: Sequence[Disclosure]


class BreachScope(Struct, frozen=True, kw_only=True):
    """
    Everybody affected.

    `complete` is false when there are more than can be listed at once, or when entries still wait in the
    spool for the database.
    """

    environment: str
    request: str
    since: datetime
    until: datetime
    people: Sequence[Affected]
    complete: bool


@dataclass(frozen=True, slots=True)
class BreachOrder:
    """The window, and the receiver in question: a partner, an access key's id, or anybody."""

    since: datetime
    until: datetime
    purpose: Purpose
    partner: str | None = None
    key: str | None = None

    def concerns(self, told: Told) -> bool:
        """Say whether *told* went to the receiver in question."""
        wanted = {each for each in (self.partner, self.key) if each is not None}
        return bool(told.fields) and (not wanted or told.to in wanted)


@dataclass(slots=True)
class _Seen:
    """What one receiver has learnt so far."""

    first: str
    last: str
    fields: set[str] = field(default_factory=set)
    times: int = 0


@dataclass(slots=True)
class _Case:
    """One person while the log is read: what each receiver learnt, and an entry that holds a number."""

    seen: dict[str, _Seen] = field(default_factory=dict)
    numbered: dict[str, Told] = field(default_factory=dict)

    def add(self, told: Told) -> None:
        seen = self.seen.setdefault(told.to, _Seen(told.ts, told.ts))
        seen.fields.update(told.fields)
        seen.last = told.ts
        seen.times += 1
        self.note_numbers(told)

    def note_numbers(self, told: Told) -> None:
        if told.pii is not None:
            self.numbered.update({name: told for name in _NUMBERS if name in told.fields})


async def scope(room: InquiryRoom, order: BreachOrder, *, by: Principal, request: str) -> BreachScope:
    """Return who is affected. Raises CannotWrite before anything is opened, or before it is told."""
    detail = {
        "from": text_of(order.since),
        "to": text_of(order.until),
        "partner": order.partner,
        "key": order.key,
    }
    asked = entries.Inquiry("breach_scope", by.actor, order.purpose, request)
    await room.database.record(asked.intent(None, detail=detail))
    cases, complete = await _cases(room, order)
    people = [await _affected(room, subject, case) for subject, case in cases.items()]
    await _record(room, asked, people)
    return BreachScope(
        environment=room.environment,
        request=request,
        since=order.since,
        until=order.until,
        people=people,
        complete=complete and room.knows_all,
    )


async def _record(room: InquiryRoom, asked: entries.Inquiry, people: Sequence[Affected]) -> None:
    """Leave an outcome for each person whose data was opened: that is a disclosure of its own."""
    told = [asked.outcome(each.subject, fields=tuple(sorted(each.numbers))) for each in people]
    told = told or [asked.outcome(None, fields=())]
    for start in range(0, len(told), _CHUNK):
        await room.database.record(*told[start : start + _CHUNK])


async def _cases(room: InquiryRoom, order: BreachOrder) -> tuple[dict[str, _Case], bool]:
    """Go through the log from the window's beginning, a page at a time, so that others may read between."""
    cases: dict[str, _Case] = {}
    place = (text_of(order.since), "", 0)
    while True:
        told, place = await room.database.read(partial(_rows, after=place, until=order.until))
        if not _gather(cases, told, order):
            return cases, False
        if len(told) < _PAGE:
            return cases, True


def _rows(connection: Connection, *, after: _Place, until: datetime) -> tuple[list[Told], _Place]:
    """Return the next entries about somebody, decoded here and not in the event loop, and where they end."""
    place = (audit_entry.c.ts, audit_entry.c.log, audit_entry.c.seq)
    somebodys = audit_entry.c.subj.is_not(None) & (audit_entry.c.ts < text_of(until))
    wanted = select(*place, audit_entry.c.record).where(somebodys & (tuple_(*place) > after))
    rows = connection.execute(wanted.order_by(*place).limit(_PAGE)).all()
    told = [opened.read(row.record) for row in rows]
    return told, (rows[-1].ts, rows[-1].log, rows[-1].seq) if rows else after


def _gather(cases: dict[str, _Case], told: Iterable[Told], order: BreachOrder) -> bool:
    """Put each entry to its person; say whether there was room for all."""
    for each in told:
        if each.subj is None or not order.concerns(each):
            continue
        if each.subj not in cases and len(cases) == MOST_PEOPLE:
            return False
        cases.setdefault(each.subj, _Case()).add(each)
    return True


async def _affected(room: InquiryRoom, subject: str, case: _Case) -> Affected:
    who = await room.people.with_pseudonym(subject)
    if who is not None and not case.numbered:
        for record in await room.database.read(partial(_newest, subject=subject)):
            case.note_numbers(opened.read(record))
    numbers = {} if who is None else _numbers(case, who)
    return Affected(subject, numbers, [_disclosure(to, seen) for to, seen in sorted(case.seen.items())])


def _newest(connection: Connection, *, subject: str) -> Sequence[str]:
    """Return what was last written about *subject*: one of these told a number to somebody."""
    its = (audit_entry.c.subj == subject) & (audit_entry.c.act == ASKED)
    newest = select(audit_entry.c.record).where(its).order_by(audit_entry.c.ts.desc())
    return connection.scalars(newest.limit(_LOOKED_BACK)).all()


def _numbers(case: _Case, who: Person) -> dict[str, Scalar]:
    said = {name: told.said(who) or {} for name, told in case.numbered.items()}
    return {name: values[name] for name, values in said.items() if name in values}


def _disclosure(to: str, seen: _Seen) -> Disclosure:
    return Disclosure(to, tuple(sorted(seen.fields)), seen.times, seen.first, seen.last)
