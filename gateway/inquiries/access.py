"""A person's right of access (UU 27/2022 article 7): everything that is held and was told about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from contracts.audit import Scalar
from gateway.access.guard import Principal
from gateway.people import Person

from . import entries, opened, search
from .room import InquiryRoom
from .whom import Whom, person

Purpose = Literal["PATRQT", "HLEGAL", "HCOMPL"]


class Happening(Struct, frozen=True):
    """One thing that was done about the person; `said` is what it told, opened for this answer."""

    at: str
    act: str
    outcome: str
    by: str
    role: str
    partner: str | None
    purpose: str | None
    request: str | None
    fields: tuple[str, ...]
    said: Mapping[str, Scalar] | None


class SubjectAccess(Struct, frozen=True, kw_only=True):
    """
    What is held about a person, the newest first; `next` continues where there is more.

    `complete` is false while entries wait in the spool for the database.
    """

    environment: str
    request: str
    subject: str | None
    held: bool
    complete: bool
    happenings: Sequence[Happening]
    next: str | None


@dataclass(frozen=True, slots=True)
class AccessOrder:
    """Whose data, why, and from which page on."""

    whom: Whom
    purpose: Purpose
    cursor: str | None = None


async def open_all(room: InquiryRoom, order: AccessOrder, *, by: Principal, request: str) -> SubjectAccess:
    """Return a page of everything about a person. Raises CannotWrite before anything is opened or told."""
    search.demand_cursor(order.cursor, "body.cursor")
    who = await person(room.people, order.whom)
    subject = None if who is None else who.pseudonym
    asked = entries.Inquiry("subject_access", by.actor, order.purpose, request)
    await room.database.record(asked.intent(subject))
    page = await _page(room, subject, order.cursor)
    happenings = [] if who is None else [_happening(who, found.record) for found in page.entries]
    shown = {field for each in happenings for field in each.said or ()}
    await room.database.record(asked.outcome(subject, fields=tuple(sorted(shown))))
    return SubjectAccess(
        environment=room.environment,
        request=request,
        subject=subject,
        held=who is not None,
        complete=room.knows_all,
        happenings=happenings,
        next=page.next,
    )


async def _page(room: InquiryRoom, subject: str | None, cursor: str | None) -> search.Page:
    if subject is None:
        return search.Page((), None)
    wanted = search.AuditQuery(subject=subject, cursor=cursor, limit=search.MOST)
    return await room.database.read(
        lambda connection: search.page(connection, wanted, cursor_in="body.cursor")
    )


def _happening(who: Person, record: str) -> Happening:
    told = opened.read(record)
    return Happening(
        at=told.ts,
        act=told.act,
        outcome=told.outcome,
        by=told.actor.id,
        role=told.actor.role,
        partner=told.partner,
        purpose=told.purpose,
        request=told.req,
        fields=told.fields,
        said=told.said(who),
    )
