"""Finding entries: by time, act, person, partner and request, the newest first, a page at a time."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct
from sqlalchemy import Connection, Select, select, tuple_

from gateway.audit.canonical import instant
from gateway.audit.store import audit_entry
from gateway.problems import Problem

MOST = 500

Moment = Annotated[datetime, Meta(tz=True)]
Act = Annotated[str, Meta(pattern="^[a-z_.]{1,64}$")]
Pseudonym = Annotated[str, Meta(pattern="^p-[0-9a-f]{24}$")]
# At most five digits: what is asked for stands in the log, and no number of a person belongs there.
PARTNER_ID = "^(?!(?:[^0-9]*[0-9]){6})[a-z0-9-]{1,64}$"
PartnerId = Annotated[str, Meta(pattern=PARTNER_ID)]
RequestId = Annotated[str, Meta(pattern="^[a-p]{32}$")]
Cursor = Annotated[str, Meta(max_length=300)]


class AuditQuery(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Which entries are wanted; what is not given does not narrow."""

    from_: Annotated[Moment | None, Meta(description="Not before this time.")] = None
    to: Annotated[Moment | None, Meta(description="Before this time.")] = None
    act: Annotated[Act | None, Meta(description="What was done.")] = None
    subject: Annotated[Pseudonym | None, Meta(description="Whom it was about, by pseudonym.")] = None
    partner: Annotated[PartnerId | None, Meta(description="With whom.")] = None
    request: Annotated[RequestId | None, Meta(description="Gerbang-Request-Id of an answer.")] = None
    cursor: Annotated[Cursor | None, Meta(description="`next` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=MOST, description="Entries a page.")] = 100
    format: Annotated[
        Literal["record", "fhir"], Meta(description="`fhir`: AuditEvents of FHIR R4 as NDJSON.")
    ] = "record"


@dataclass(frozen=True, slots=True)
class Found:
    """One entry as it lies in the log."""

    ts: str
    log: str
    seq: int
    leaf: str
    record: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first, and the cursor of the next page if there are more."""

    entries: Sequence[Found]
    next: str | None


_PLACE_TEXT = re.compile(r"([0-9TZ:.-]{27}) ([a-z0-9/-]{1,64}) ([0-9]{1,15})", re.ASCII)
_PLACE = (audit_entry.c.ts, audit_entry.c.log, audit_entry.c.seq)


def page(connection: Connection, wanted: AuditQuery, *, cursor_in: str = "query.cursor") -> Page:
    """Return the page of *wanted*. Raises Problem for a cursor that is none, naming the field it came in."""
    narrowed = _narrowed(wanted)
    if wanted.cursor is not None:
        narrowed = narrowed.where(tuple_(*_PLACE) < _place(wanted.cursor, cursor_in))
    rows = connection.execute(narrowed.limit(wanted.limit + 1)).all()
    entries = [Found(row.ts, row.log, row.seq, row.leaf, row.record) for row in rows[: wanted.limit]]
    return Page(entries, _cursor(entries[-1]) if len(rows) > wanted.limit else None)


def _narrowed(wanted: AuditQuery) -> Select[tuple[str, str, int, str, str]]:
    columns = select(*_PLACE, audit_entry.c.leaf, audit_entry.c.record)
    same = {"act": "act", "subj": "subject", "partner": "partner", "req": "request"}
    for column, name in same.items():
        value = getattr(wanted, name)
        if value is not None:
            columns = columns.where(audit_entry.c[column] == value)
    if wanted.from_ is not None:
        columns = columns.where(audit_entry.c.ts >= text_of(wanted.from_))
    if wanted.to is not None:
        columns = columns.where(audit_entry.c.ts < text_of(wanted.to))
    return columns.order_by(*(column.desc() for column in _PLACE))


def text_of(moment: datetime) -> str:
    """Return *moment* as entries carry it; at the ends of the calendar its zone may lead out of it."""
    try:
        return instant(moment.astimezone(UTC))
    except OverflowError:
        return instant(moment.replace(tzinfo=UTC))


def _cursor(last: Found) -> str:
    return base64.urlsafe_b64encode(f"{last.ts} {last.log} {last.seq}".encode()).decode().rstrip("=")


def demand_cursor(cursor: str | None, field: str) -> None:
    """Raise Problem, naming the *field*, for a cursor that is none."""
    if cursor is not None:
        _place(cursor, field)


def _place(cursor: str, field: str) -> tuple[str, str, int]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        text = ""
    place = _PLACE_TEXT.fullmatch(text)
    if place is None:
        wrong = (field, "not_a_cursor", "Must be `next` of a page.")
        raise Problem("wrong-input", errors=[wrong])
    return place[1], place[2], int(place[3])
