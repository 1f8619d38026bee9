"""Notifications whose alarm no person has taken yet: the operator is to ring somebody. Names nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select

from contracts import SENSITIVE, Category
from gateway.db.values import moment
from gateway.incidents.tables import incident
from gateway.notifications.tables import notification
from gateway.referrals.tables import referral

MOST: Final = 50
_ALARMED: Final = notification.c.alarm.is_not(None)
_REFERRALS: Final = (
    select(referral.c.id)
    .where(referral.c.alarm.is_not(None), referral.c.state.not_in(bindparam("but", expanding=True)))
    .order_by(referral.c.id)
    .limit(MOST)
)
_HOW_MANY: Final = select(func.count()).select_from(notification).where(_ALARMED)
_FIRST: Final = (
    select(notification, incident.c.id.label("incident"), incident.c.category.label("category"))
    .select_from(notification.outerjoin(incident, incident.c.id == notification.c.about))
    .where(_ALARMED)
    .order_by(
        notification.c.drill,
        notification.c.urgent.desc(),
        notification.c.alarm_at_us,
        notification.c.id,
    )
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Alarmed:
    """
    One of them; *why* is a code of the room of notifications, *incident* what it is about, if one.

    *category* is None where it is no incident, or a protected one: the whole desk sees the bar.
    """

    id: str
    why: str
    partner: str
    incident: str | None
    category: Category | None
    urgent: bool
    drill: bool
    since: datetime | None


def alarmed(connection: Connection) -> list[Alarmed]:
    """Return those to see to first: urgent before others, what waits longest before what has just come."""
    return [_line(row) for row in connection.execute(_FIRST)]


def how_many(connection: Connection) -> int:
    """Return how many there are."""
    return connection.scalar(_HOW_MANY) or 0


def referrals_alarmed(connection: Connection, but: Sequence[str]) -> list[str]:
    """Return the referrals with an alarm that nobody has taken, those in the states *but* left out."""
    return list(connection.scalars(_REFERRALS, {"but": list(but)}))


def _line(row: Row[Any]) -> Alarmed:
    category = None if row.category is None else Category(row.category)
    return Alarmed(
        id=row.id,
        why=row.alarm,
        partner=row.partner,
        incident=row.incident,
        category=None if category in SENSITIVE else category,
        urgent=bool(row.urgent),
        drill=bool(row.drill),
        since=None if row.alarm_at_us is None else moment(row.alarm_at_us),
    )
