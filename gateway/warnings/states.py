"""
What a report changes, by pure rules.

Gone from the list is stale and not cancelled; listed but unreadable is as before; a failed reading says
nothing. Only the end a warning names itself counts without a word from its authority.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts import Warned, WarningReport

from .rows import LIVING, KeptWarning, State

FORGOTTEN_AFTER = timedelta(hours=24)  # what names no end and is on no list any more

Areas = Mapping[str, tuple[str, ...]]  # by identifier: the areas of ours that it touches

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_SIGNS = 13


@dataclass(frozen=True, slots=True)
class News:
    """
    One warning as it is to be kept; *act* is what happened, None where it was only seen again.

    *warned* is what the authority says now, None where it says nothing; *before* is how a known one stood.
    """

    row: KeptWarning
    act: str | None
    warned: Warned | None = None
    before: KeptWarning | None = None

    @property
    def says_other(self) -> bool:
        """Whether what an operator was asked about is not what it says now."""
        if self.warned is None or self.before is None:
            return False
        return any(getattr(self.row, name) != getattr(self.before, name) for name in _ASKED)


_ASKED = ("category", "severity", "headline", "text", "areas")


def id_of(source: str, identifier: str) -> str:
    """Return the id of a warning: the same for every replica and every time."""
    number = int.from_bytes(hashlib.sha256(f"{source}\n{identifier}".encode()).digest())
    signs = []
    for _ in range(_SIGNS):
        number, place = divmod(number, len(_ALPHABET))
        signs.append(_ALPHABET[place])
    return "w-" + "".join(signs)


def news(
    partner: str, known: Sequence[KeptWarning], report: WarningReport, areas: Areas, *, at: datetime
) -> list[News]:
    """Return what *report* of *partner* makes of the warnings *known* of it."""
    rows = {row.id: row for row in known}
    meant = [warned for warned in report.warnings if not warned.is_test]
    listed = [each for each in meant if not each.is_cancel]
    found = {each.row.id: each for each in _listed(partner, rows, listed, areas, at)}
    absent = [row for row in known if row.id not in found and row.identifier not in report.unread]
    found |= {each.row.id: each for each in _absent(absent, at)}
    found |= {each.row.id: each for each in _voided(rows, found, meant)}
    return list(found.values())


def passed(known: Sequence[KeptWarning], *, at: datetime) -> list[News]:
    """Return what is over by its own word, whatever the authority says or does not say."""
    return [_ended(row, State.OVER) for row in known if row.state_at(at) is not row.state]


def _listed(
    partner: str, rows: Mapping[str, KeptWarning], listed: Sequence[Warned], areas: Areas, at: datetime
) -> Iterator[News]:
    for warned in listed:
        row = rows.get(id_of(warned.source, warned.identifier))
        fresh = _row(partner, warned, areas.get(warned.identifier, ()), at)
        if row is None and fresh.state is State.IN_FORCE:
            yield News(fresh, "heard", warned)
        elif row is not None:
            yield _again(row, fresh, warned)


def _again(row: KeptWarning, fresh: KeptWarning, warned: Warned) -> News:
    """Return what becomes of a known one; what is void or over comes back only by a newer word."""
    now = replace(fresh, incident=row.incident)
    if row.state not in LIVING and fresh.sent_at <= row.sent_at:
        return News(replace(row, seen_at=fresh.seen_at), None)
    if now == replace(row, seen_at=fresh.seen_at):
        return News(now, None, warned)
    return News(now, "over" if now.state is State.OVER else "changed", warned, before=row)


def _absent(rows: Sequence[KeptWarning], at: datetime) -> Iterator[News]:
    for row in rows:
        if row.state_at(at) is not row.state:
            yield _ended(row, State.OVER)
        elif row.state is State.IN_FORCE:
            yield _ended(row, State.STALE)
        elif row.state is State.STALE and row.expires_at is None and row.seen_at + FORGOTTEN_AFTER <= at:
            yield _ended(row, State.OVER)


def _voided(
    rows: Mapping[str, KeptWarning], found: Mapping[str, News], meant: Sequence[Warned]
) -> Iterator[News]:
    """Go through what others cancel or take the place of, also where both stand on one list."""
    for warned in meant:
        for identifier in warned.cancels:
            name = id_of(warned.source, identifier)
            row = found[name].row if name in found else rows.get(name)
            if row is not None and row.state in LIVING:
                yield _ended(row, State.CANCELLED if warned.is_cancel else State.OVER)


def _ended(row: KeptWarning, state: State) -> News:
    return News(replace(row, state=state), str(state))


def _row(partner: str, warned: Warned, areas: tuple[str, ...], at: datetime) -> KeptWarning:
    ended = warned.expires_at is not None and warned.expires_at <= at
    return KeptWarning(
        id=id_of(warned.source, warned.identifier),
        partner=partner,
        source=warned.source,
        identifier=warned.identifier,
        state=State.OVER if ended else State.IN_FORCE,
        touches=bool(areas),
        category=warned.category,
        severity=warned.severity,
        headline=warned.headline,
        text=warned.text,
        language=warned.language,
        attribution=warned.attribution,
        sent_at=warned.sent_at,
        effective_at=warned.effective_at,
        expires_at=warned.expires_at,
        areas=areas,
        seen_at=at,
    )
