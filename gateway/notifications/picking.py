"""
Whose turn it is: of each partner no more than it has places and its pace allows, the urgent first.

Of equally urgent ones those whose attempt was cut off come first, for nobody knows whether they have arrived.
So one dead partner with thousands waiting is read as shortly as any other, and takes nobody's place. While
its breaker lets nobody through only what has outlived its use is picked: to end that takes no exchange.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from gateway.partners.breaker import Breaker
from gateway.partners.registry import NOTIFY, Partner, Registry
from gateway.turns import Due

from . import pace
from .tables import notification

_its = notification.c
_PARTNERS = (
    select(_its.partner)
    .where(_its.due_at_us.is_not(None))
    .group_by(_its.partner)
    .having(func.min(_its.due_at_us) <= bindparam("at"))
)
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
_OUTLIVED = _FIRST.where(_its.expires_at_us <= bindparam("at"))

WITHOUT_A_PARTNER = 8  # of one that is not configured any more


class _Picked(NamedTuple):
    is_patient: bool
    due_at_us: int
    due: Due


CutOff = Mapping[tuple[str, bool], Sequence[_Picked]]  # by partner, and whether it is urgent
NOTHING: CutOff = MappingProxyType({})


def pick(connection: Connection, registry: Registry, at_us: int, limit: int) -> Sequence[Due]:
    """Return at most *limit* notifications whose next attempt is due, the urgent and longest due first."""
    found: list[_Picked] = []
    cut_off = _cut_off(connection, at_us, limit)
    for name in _waiting(connection, at_us):
        found += _of_partner(connection, name, registry.partners.get(name), at_us, cut_off)
    return [each.due for each in sorted(found)[:limit]]


def _waiting(connection: Connection, at_us: int) -> Sequence[str]:
    """Return the partners of whom anything is due."""
    return list(connection.scalars(_PARTNERS, {"at": at_us}))


def _cut_off(connection: Connection, at_us: int, limit: int) -> CutOff:
    """Return those whose attempt began and nothing is known of it, the longest due first."""
    found: defaultdict[tuple[str, bool], list[_Picked]] = defaultdict(list)
    for row in connection.execute(_CUT_OFF, {"at": at_us, "most": limit}):
        due = Due(row.id, row.turn, row.partner)
        found[row.partner, row.urgent].append(_Picked(not row.urgent, row.due_at_us, due))
    return found


def _of_partner(
    connection: Connection, name: str, partner: Partner | None, at_us: int, cut_off: CutOff
) -> list[_Picked]:
    if partner is None:
        return _first(connection, name, at_us, WITHOUT_A_PARTNER)
    breaker = partner.breakers.get(NOTIFY)
    if breaker is None or breaker.would_admit():
        places = pace.room(connection, name, partner.limits, at_us)
        return _first(connection, name, at_us, places if _is_closed(breaker) else min(places, 1), cut_off)
    return _first(connection, name, at_us, partner.limits.concurrency, outlived=True)


def _is_closed(breaker: Breaker | None) -> bool:
    """Say whether as many may go as there are places, not one to find out whether the partner is back."""
    return breaker is None or breaker.state == "closed"


def _first(
    connection: Connection,
    partner: str,
    at_us: int,
    places: int,
    cut_off: CutOff = NOTHING,
    *,
    outlived: bool = False,
) -> list[_Picked]:
    """Return the first that are due, urgent and then others; each half is a walk along the index."""
    found: dict[Due, _Picked] = {}
    for urgent in (True, False):
        its = cut_off.get((partner, urgent), ())[: places - len(found)]
        found |= {each.due: each for each in its}
        asked = {"partner": partner, "urgent": urgent, "at": at_us, "places": places - len(found)}
        rows = connection.execute(_OUTLIVED if outlived else _FIRST, asked)
        more = (_Picked(not urgent, row.due_at_us, Due(row.id, row.turn, partner)) for row in rows)
        found |= {each.due: each for each in more}
    return list(found.values())
