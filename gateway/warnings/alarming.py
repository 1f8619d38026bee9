"""Alarms for what nobody can see: a list, or a warning on it, unread for a quarter of an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.partners.registry import Partner

from .room import WarningRoom

TOO_LONG = timedelta(minutes=15)
BLIND = "warnings.unread"
GARBLED = "warnings.garbled"
MINUTES = int(TOO_LONG.total_seconds() // 60)


def look(room: WarningRoom, *, since: datetime, at: datetime) -> None:
    """Let the alarms stand for what is so now; *since* is when this process began to read."""
    asked = [partner for partner in room.partners if room.feed(partner.id).reason != "standing"]
    blind = [each for each in asked if at - (room.feed(each.id).as_of or since) >= TOO_LONG]
    _stand(room, BLIND, "Warnings of {} unread for over {} minutes: look at the source.", blind)
    garbled = [each for each in asked if at - (room.feed(each.id).unread_since or at) >= TOO_LONG]
    text = "{} lists warnings that could not be read for over {} minutes: look at the source, and tell."
    _stand(room, GARBLED, text, garbled)


def _stand(room: WarningRoom, name: str, text: str, about: Sequence[Partner]) -> None:
    if about:
        room.alarms.raise_(name, text.format(", ".join(each.name for each in about), MINUTES))
    else:
        room.alarms.clear(name)
