"""Reading the log itself: pages of it as they lie there or as FHIR AuditEvents, and its newest checkpoint."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from msgspec import Struct

from gateway.access.guard import Principal
from gateway.audit.notes import read
from gateway.evidence import apart
from gateway.problems import Problem

from . import entries, search
from .room import InquiryRoom
from .search import AuditQuery, Page, text_of


class LogEntry(Struct, frozen=True):
    """One entry: its place, its seal, and its record to the byte."""

    log: str
    seq: int
    leaf: str
    record: dict[str, Any]


class LogPage(Struct, frozen=True, kw_only=True):
    """Entries, the newest first; `next` is the cursor of the following page, null at the end."""

    environment: str
    request: str
    entries: Sequence[LogEntry]
    next: str | None


async def read_page(room: InquiryRoom, wanted: AuditQuery, *, by: Principal, request: str) -> LogPage:
    """Return a page of the log. Raises CannotRead."""
    page = await room.database.read(lambda connection: search.page(connection, wanted))
    await _note(room, wanted, len(page.entries), by=by, request=request)
    return LogPage(environment=room.environment, request=request, entries=_entries(page), next=page.next)


async def export_page(
    room: InquiryRoom, wanted: AuditQuery, *, by: Principal, request: str
) -> tuple[bytes, str | None]:
    """Return a page as NDJSON of AuditEvents, and its next cursor. Raises CannotRead, Problem."""
    page = await room.database.read(lambda connection: search.page(connection, wanted))
    rows = ((each.log, each.seq, each.leaf, each.record) for each in page.entries)
    try:
        events = await apart.events(rows, site=room.site, places=room.renderings)
    except apart.CannotRender as wrong:
        detail = f"No AuditEvents can be made ({wrong}): verify the log."
        raise Problem("cannot-read", detail=detail) from None
    await _note(room, wanted, len(page.entries), by=by, request=request)
    return events, page.next


async def newest_checkpoint(room: InquiryRoom, *, by: Principal, request: str) -> str:
    """Return this replica's newest published note. Raises Problem `no-checkpoint`."""
    note = room.logbook.notary.newest
    size = None if note is None else read(note).size
    await room.recorder.record(
        entries.looked("audit.checkpoint_read", by=by.actor, request=request, detail={"size": size})
    )
    if note is None:
        raise Problem("no-checkpoint")
    return note


def _entries(page: Page) -> list[LogEntry]:
    # The record's text goes out untouched: whoever hashes it gets the leaf.
    raw = (cast(dict[str, Any], msgspec.Raw(each.record.encode())) for each in page.entries)
    return [
        LogEntry(each.log, each.seq, each.leaf, record)
        for each, record in zip(page.entries, raw, strict=True)
    ]


async def _note(room: InquiryRoom, wanted: AuditQuery, count: int, *, by: Principal, request: str) -> None:
    detail = {
        "from": None if wanted.from_ is None else text_of(wanted.from_),
        "to": None if wanted.to is None else text_of(wanted.to),
        "act": wanted.act,
        "partner": wanted.partner,
        "request": wanted.request,
        "format": wanted.format,
        "count": count,
    }
    given = {name: value for name, value in detail.items() if value is not None}
    await room.recorder.record(
        entries.looked("audit.read", by=by.actor, request=request, detail=given, subject=wanted.subject)
    )
