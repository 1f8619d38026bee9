"""What a person must know now: raised once, shown until cleared, logged once up and once down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Alarm:
    """*name* is stable (`audit.spooling`); *text* is for people; *since* is when it was first raised, UTC."""

    name: str
    text: str
    since: datetime


def _now() -> datetime:
    return datetime.now(UTC)


class Alarms:
    """The alarms that stand, in memory; used from the event loop."""

    def __init__(self, *, now: Callable[[], datetime] = _now) -> None:
        """Take *now*, the clock."""
        self._now = now
        self._standing: dict[str, Alarm] = {}

    def raise_(self, name: str, text: str) -> None:
        """Raise *name*; when it stands already only its text is renewed."""
        standing = self._standing.get(name)
        since = standing.since if standing else self._now()
        self._standing[name] = Alarm(name, text, since)
        if standing is None:
            log.warning("alarm.raised", alarm=name, text=text)

    def clear(self, name: str) -> None:
        """Clear *name*; nothing happens when it does not stand."""
        alarm = self._standing.pop(name, None)
        if alarm is not None:
            stood_s = round((self._now() - alarm.since).total_seconds(), 1)
            log.info("alarm.cleared", alarm=name, stood_s=stood_s)

    def current(self) -> list[Alarm]:
        """Return the alarms that stand, the oldest first."""
        return sorted(self._standing.values(), key=lambda alarm: (alarm.since, alarm.name))
