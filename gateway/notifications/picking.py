"""
Whose turn it is: of each partner no more than it has places and its pace allows, the urgent first.

Of equally urgent ones those whose attempt was cut off come first, for nobody knows whether they have arrived.
So one dead partner with thousands waiting is read as shortly as any other, and takes nobody's place. While
its breaker lets nobody through only what has outlived its use is picked: to end that takes no exchange.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select

from gateway.partners.breaker import Breaker
from gateway.partners.registry import NOTIFY, Partner, Registry
from gateway.turns import Due

from . import pace
from .tables import notification

_its = notification.c
_DUE_SOME_TIME = _its.due_at_us.is_not(None)


def _partners() -> Select[Any]:
    """Return the question which partners anything is due of: from one to the next, thousands are skipped."""
    first = select(func.min(_its.partner).label("partner")).where(_DUE_SOME_TIME).cte(recursive=True)
    after = select(func.min(_its.partner)).where(_DUE_SOME_TIME, _its.partner > first.c.partner)
    each = first.union_all(select(after.scalar_subquery()).where(first.c.partner.is_not(None)))
    return select(each.c.partner).where(each.c.partner.is_not(None))


_PARTNERS = _partners()
_FIRST = (
    select(_its.id, _its.turn, _its.due_at_us)
    .where(_its.partner == bindparam("partner"), _its.urgent == bindparam("urgent"))
    .where(_its.due_at_us <= bindparam("at"))
    .order_by(_its.due_at_us)
    .limit(bindparam("places"))
)
_CUT_OFF = (
    select(_its.partner, _its.urgent, _its.id, _its.turn, _its.due_at_us)
    .where(_its.attempts != _its.failures, _its.due_at_us <= bindparam("at"))
    .order_by(_its.due_at_us)
    .limit(bindparam("most"))
)
_OUTLIVED = (
    select(_its.urgent, _its.id, _its.turn, _its.due_at_us)
    .where(_its.partner == bindparam("partner"), _its.expires_at_us <= bindparam("at"))
    .where(_its.due_at_us <= bindparam("at"))
    .order_by(_its.expires_at_us)
    .limit(bindparam("places"))
)

WITHOUT_A_PARTNER = 8  # of one that is not configured any more


class Pick(NamedTuple):
    """What is due, and the partners of whom as much was found as they have places: more may wait."""

    due: Sequence[Due]
    crowded: frozenset[str]


class _Picked(NamedTuple):
    is_patient: bool
    due_at_us: int
    due: Due


CutOff = Mapping[tuple[str, bool], Sequence[_Picked]]  # by partner, and whether it is urgent
NOTHING: CutOff = MappingProxyType({})


def pick(connection: Connection, registry: Registry, at_us: int, limit: int) -> Pick:
    """Return at most *limit* notifications whose next attempt is due, the urgent and longest due first."""
    found: list[_Picked] = []
    crowded: set[str] = set()
    cut_off = _cut_off(connection, at_us, limit)
    for name in list(connection.scalars(_PARTNERS)):
        places, its = _of_partner(connection, name, registry.partners.get(name), at_us, cut_off)
        found += its
        if len(its) >= places:
            crowded.add(name)
    return Pick([each.due for each in sorted(found)[:limit]], frozenset(crowded))


def _cut_off(connection: Connection, at_us: int, limit: int) -> CutOff:
    """Return those whose attempt began and nothing is known of it, the longest due first."""
    found: defaultdict[tuple[str, bool], list[_Picked]] = defaultdict(list)
    for row in connection.execute(_CUT_OFF, {"at": at_us, "most": limit}):
        due = Due(row.id, row.turn, row.partner)
        found[row.partner, row.urgent].append(_Picked(not row.urgent, row.due_at_us, due))
    return found


def _of_partner(
    connection: Connection, name: str, partner: Partner | None, at_us: int, cut_off: CutOff
) -> tuple[int, list[_Picked]]:
    """Return how many were asked for, and what was found."""
    if partner is None:
        return WITHOUT_A_PARTNER, _first(connection, name, at_us, WITHOUT_A_PARTNER)
    breaker = partner.breakers.get(NOTIFY)
    if breaker is not None and not breaker.would_admit():
        places = partner.limits.concurrency
        return places, _outlived(connection, name, at_us, places)
    places = pace.room(connection, name, partner.limits, at_us)
    places = places if _is_closed(breaker) else min(places, 1)
    return places, _first(connection, name, at_us, places, cut_off)


def _is_closed(breaker: Breaker | None) -> bool:
    """Say whether as many may go as there are places, not one to find out whether the partner is back."""
    return breaker is None or breaker.state == "closed"


def _first(
    connection: Connection,
    partner: str,
    at_us: int,
    places: int,
    cut_off: CutOff = NOTHING,
) -> list[_Picked]:
    """Return the first that are due, urgent and then others; each half is a walk along the index."""
    found: dict[Due, _Picked] = {}
    for urgent in (True, False):
        its = cut_off.get((partner, urgent), ())[: places - len(found)]
        found |= {each.due: each for each in its}
        asked = {"partner": partner, "urgent": urgent, "at": at_us, "places": places - len(found)}
        rows = connection.execute(_FIRST, asked)
        more = (_Picked(not urgent, row.due_at_us, Due(row.id, row.turn, partner)) for row in rows)
        found |= {each.due: each for each in more}
    return list(found.values())


def _outlived(connection: Connection, partner: str, at_us: int, places: int) -> list[_Picked]:
    rows = connection.execute(_OUTLIVED, {"partner": partner, "at": at_us, "places": places})
    return [_Picked(not row.urgent, row.due_at_us, Due(row.id, row.turn, partner)) for row in rows]
