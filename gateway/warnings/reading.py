"""Warnings read for a screen or a program, with whose they are and how old."""

from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.access.guard import Principal
from gateway.partners.registry import Partner

from . import entries, store
from .answers import WarningFeed, WarningLine, WarningList, WarningQuestion
from .room import WarningRoom
from .rows import LIVING, KeptWarning

MOST = 200


async def listed(room: WarningRoom, question: WarningQuestion, *, by: Principal, request: str) -> WarningList:
    """Return the warnings asked for; that they were listed is written down. Raises CannotRead."""
    at = datetime.now(UTC)
    rows = await room.database.read(lambda c: (store.ended if question.ended else store.living)(c, MOST))
    fitting = [row for row in rows if _fits(row, question, at)]
    await room.recorder.record(entries.listed(len(fitting), by=by, request=request))
    return WarningList(
        environment=room.environment,
        request=request,
        feeds=feeds(room, at=at),
        warnings=lines(room, fitting, at=at),
    )


def feeds(room: WarningRoom, *, at: datetime) -> list[WarningFeed]:
    """Return how fresh each authority's list is."""
    return [_feed(room, partner, at) for partner in room.partners]


def lines(room: WarningRoom, rows: Sequence[KeptWarning], *, at: datetime) -> list[WarningLine]:
    """Return rows as they are shown at that time."""
    return [_line(room, row, at) for row in rows]


def _fits(row: KeptWarning, question: WarningQuestion, at: datetime) -> bool:
    counts = row.state_at(at) in LIVING
    return counts is not question.ended and (row.touches or not question.touching)


def _feed(room: WarningRoom, partner: Partner, at: datetime) -> WarningFeed:
    feed = room.feed(partner.id)
    return WarningFeed(
        partner=partner.id,
        name=partner.name,
        outcome=feed.outcome,
        reason=feed.reason,
        as_of=feed.as_of,
        age_s=None if feed.as_of is None else _seconds(feed.as_of, at),
        unread=feed.unread,
    )


def _line(room: WarningRoom, row: KeptWarning, at: datetime) -> WarningLine:
    names = (room.areas.name_of(code) for code in row.areas)
    return WarningLine(
        id=row.id,
        partner=row.partner,
        source=row.source,
        identifier=row.identifier,
        state=row.state_at(at),
        touches=row.touches,
        category=row.category,
        severity=row.severity,
        headline=row.headline,
        text=row.text,
        language=row.language,
        attribution=row.attribution,
        sent_at=row.sent_at,
        age_s=_seconds(row.sent_at, at),
        effective_at=row.effective_at,
        expires_at=row.expires_at,
        areas=list(row.areas),
        area_names=[name for name in names if name],
        seen_at=row.seen_at,
        seen_age_s=_seconds(row.seen_at, at),
        incident=row.incident,
    )


def _seconds(since: datetime, at: datetime) -> int:
    return max(0, int((at - since).total_seconds()))
