"""
Whose turn it is: of each partner no more than it has places, the urgent first.

So one dead partner with thousands waiting is read as shortly as any other, and takes nobody's place. While
its breaker lets nobody through only what has outlived its use is picked: to end that takes no exchange.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from gateway.partners.breaker import Breaker
from gateway.partners.registry import NOTIFY, Partner, Registry
from gateway.turns import Due

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
_OUTLIVED = _FIRST.where(_its.expires_at_us <= bindparam("at"))

WITHOUT_A_PARTNER = 8  # of one that is not configured any more


class _Picked(NamedTuple):
    is_patient: bool
    due_at_us: int
    due: Due


def pick(connection: Connection, registry: Registry, at_us: int, limit: int) -> Sequence[Due]:
    """Return at most *limit* notifications whose next attempt is due, the urgent and longest due first."""
    found: list[_Picked] = []
    for name in _waiting(connection, at_us):
        found += _of_partner(connection, name, registry.partners.get(name), at_us)
    return [each.due for each in sorted(found)[:limit]]


def _waiting(connection: Connection, at_us: int) -> Sequence[str]:
    """Return the partners of whom anything is due."""
    return list(connection.scalars(_PARTNERS, {"at": at_us}))


def _of_partner(connection: Connection, name: str, partner: Partner | None, at_us: int) -> list[_Picked]:
    if partner is None:
        return _first(connection, name, at_us, WITHOUT_A_PARTNER)
    breaker = partner.breakers.get(NOTIFY)
    if breaker is None or breaker.would_admit():
        return _first(connection, name, at_us, _places(partner, breaker))
    return _first(connection, name, at_us, partner.limits.concurrency, outlived=True)


def _places(partner: Partner, breaker: Breaker | None) -> int:
    """Return how many may go now: one while it is being found out whether the partner is back."""
    is_closed = breaker is None or breaker.state == "closed"
    return partner.limits.concurrency if is_closed else 1


def _first(
    connection: Connection, partner: str, at_us: int, places: int, *, outlived: bool = False
) -> list[_Picked]:
    """Return the first that are due, urgent and then others; each half is a walk along the index."""
    found: list[_Picked] = []
    for urgent in (True, False):
        asked = {"partner": partner, "urgent": urgent, "at": at_us, "places": places - len(found)}
        rows = connection.execute(_OUTLIVED if outlived else _FIRST, asked)
        found += [_Picked(not urgent, row.due_at_us, Due(row.id, row.turn, partner)) for row in rows]
    return found
