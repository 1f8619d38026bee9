"""Everything one agency was sent: each message once, however often it came."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .message import Message


@dataclass(slots=True)
class Arrival:
    """One message; *late*: a newer picture of the same case was here before."""

    message: Message
    first_at: datetime
    last_at: datetime
    late: bool
    attempts: int = 1

    def as_json(self) -> dict[str, Any]:
        """Return it for the door."""
        message = self.message._asdict()
        return {
            **{name: message[name] for name in ("id", "number", "kind", "about", "sequence", "status")},
            "attempts": self.attempts,
            "late": self.late,
            "first_at": self.first_at.isoformat(),
            "last_at": self.last_at.isoformat(),
            "body": message["body"],
        }


class Ledger:
    """The messages in the order of their coming."""

    def __init__(self) -> None:
        self._arrivals: dict[str, Arrival] = {}
        self._newest: dict[str, int] = {}
        self._refused: Counter[str] = Counter()

    def had(self, message: str, at: datetime) -> bool:
        """Say whether this one came before; count it if so."""
        arrival = self._arrivals.get(message)
        if arrival is not None:
            arrival.attempts, arrival.last_at = arrival.attempts + 1, at
        return arrival is not None

    def newest(self, about: str | None) -> int:
        """Return the newest picture known of a case, 0 if none is."""
        return self._newest.get(about or "", 0)

    def take(self, message: Message, at: datetime) -> None:
        """Keep a message that was never here."""
        late = message.about is not None and message.sequence < self.newest(message.about)
        self._arrivals[message.id] = Arrival(message, at, at, late)
        if message.about is not None:
            self._newest[message.about] = max(message.sequence, self.newest(message.about))

    def find(self, message: str) -> Message | None:
        """Return a message that came, None if it never did."""
        arrival = self._arrivals.get(message)
        return arrival.message if arrival else None

    def refused(self, code: str) -> None:
        """Count a message that was not taken."""
        self._refused[code] += 1

    def as_json(self) -> dict[str, Any]:
        """Return all of it; *gaps* are the numbers between the lowest and the highest that never came."""
        arrivals = list(self._arrivals.values())
        numbers = {each.message.number for each in arrivals if each.message.kind not in ("heartbeat", "test")}
        return {
            "received": [each.as_json() for each in arrivals],
            "duplicates": sum(each.attempts - 1 for each in arrivals),
            "gaps": sorted(set(range(min(numbers), max(numbers))) - numbers) if numbers else [],
            "refused": dict(self._refused),
        }
