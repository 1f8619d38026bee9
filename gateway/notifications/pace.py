"""
How fast a partner may be told: so many attempts a minute, evenly, over all processes and over a restart.

The generic cell rate algorithm (ITU-T I.371, 2004): each attempt fills the minute by its share, and one more
may go while no more than AHEAD_US of it are filled. So a partner whose own gate counts fixed or sliding
minutes sees at most its rate and what comes in that second beyond.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, case, select, update

from gateway.db.values import microseconds
from gateway.partners.shape import Limits

from .tables import feed

MINUTE_US = 60_000_000
AHEAD_US = 1_000_000  # sweeps are half a second apart: with less a fast pace would not be reached

_until = feed.c.filled_until_us
_FILLED = select(_until).where(feed.c.partner == bindparam("its_partner"))
_FILL = (
    update(feed)
    .where(feed.c.partner == bindparam("its_partner"), _until <= bindparam("at") + AHEAD_US)
    .values(
        filled_until_us=case((_until > bindparam("at"), _until), else_=bindparam("at")) + bindparam("share")
    )
)


def room(connection: Connection, partner: str, limits: Limits, at_us: int) -> int:
    """Return how many attempts at *partner* may begin now: its places, or fewer where it has a pace."""
    if limits.per_minute is None:
        return limits.concurrency
    filled = (connection.scalar(_FILLED, {"its_partner": partner}) or 0) - at_us
    left = AHEAD_US - max(0, filled)
    return min(limits.concurrency, left // share_us(limits.per_minute) + 1) if left >= 0 else 0


def begin(connection: Connection, partner: str, limits: Limits, at: datetime) -> bool:
    """Count one attempt that begins now; False where it would be too soon."""
    if limits.per_minute is None:
        return True
    asked = {"its_partner": partner, "at": microseconds(at), "share": share_us(limits.per_minute)}
    return connection.execute(_FILL, asked).rowcount == 1


def share_us(per_minute: int) -> int:
    """Return how much of a minute one attempt fills."""
    return MINUTE_US // per_minute
