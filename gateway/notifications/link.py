"""Messages about the link to a partner itself: tests and heartbeats. They are no rows and have no numbers."""

from datetime import UTC, datetime, timedelta

from contracts import Alert, AlertKind
from gateway.partners.registry import Partner

from .beginning import LINK, Listener, Wanted, new_id
from .room import NotificationRoom

LASTS = timedelta(minutes=10)


def message(
    room: NotificationRoom, partner: Partner, kind: AlertKind, *, newest: int = 0, drill: bool = False
) -> Alert:
    """Return a fresh one; *newest* is the number the partner's numbers have come to."""
    now = datetime.now(UTC)
    said = Wanted("link", LINK, 0, str(kind), urgent=False, drill=drill, subject=None)
    return Alert(
        id=new_id(said, Listener(partner.id, partner, partner.standing, str(kind), newest)),
        number=newest,
        kind=kind,
        sent_at=now,
        expires_at=now + LASTS,
        drill=drill,
        live=room.live,
        callback=room.callback_phone,
        anchor=room.anchor(),
    )
