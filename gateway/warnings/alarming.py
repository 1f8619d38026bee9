"""An alarm for what nobody can see: a list of warnings that has not been read for a quarter of an hour."""

from datetime import datetime, timedelta

from .room import WarningRoom

TOO_LONG = timedelta(minutes=15)
BLIND = "warnings.unread"


def look(room: WarningRoom, *, since: datetime, at: datetime) -> None:
    """Let the alarm stand for what is so now; *since* is when this process began to read."""
    blind = [
        partner.name
        for partner in room.partners
        if room.feed(partner.id).reason != "standing"
        and at - (room.feed(partner.id).as_of or since) >= TOO_LONG
    ]
    if blind:
        minutes = int(TOO_LONG.total_seconds() // 60)
        names = ", ".join(blind)
        room.alarms.raise_(
            BLIND, f"Warnings of {names} unread for over {minutes} minutes: look at the source."
        )
    else:
        room.alarms.clear(BLIND)
