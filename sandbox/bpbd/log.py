"""Everything BPBD was sent: each message once, however often it came, and what its rules say of the next."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from .cap import Message, Unfit


@dataclass(slots=True)
class Arrival:
    """One message, the hash of its bytes, and how often it came."""

    message: Message
    digest: str
    first_at: datetime
    last_at: datetime
    attempts: int = 1

    def as_json(self) -> dict[str, Any]:
        """Return it for the door."""
        message = self.message
        return {
            "id": message.name.identifier,
            "kind": message.kind,
            "status": message.status,
            "incident": message.incident,
            "number": message.number,
            "sequence": message.sequence,
            "headline": message.headline,
            "references": [each.identifier for each in message.references],
            "parameters": message.parameters,
            "attempts": self.attempts,
            "first_at": self.first_at.isoformat(),
            "last_at": self.last_at.isoformat(),
        }


class Log:
    """The messages in the order of their coming."""

    def __init__(self) -> None:
        self._arrivals: dict[str, Arrival] = {}
        self._newest: dict[str, int] = {}
        self._refused: Counter[str] = Counter()

    def had(self, message: Message, body: bytes, at: datetime) -> bool:
        """Say whether this very message came before. Raises Unfit where another one has its identifier."""
        known = self._arrivals.get(message.name.identifier)
        if known is None:
            return False
        if known.digest != _digest(body):
            raise Unfit(409, "id_reused", "another message has this identifier")
        known.attempts, known.last_at = known.attempts + 1, at
        return True

    def take(self, message: Message, body: bytes, at: datetime) -> None:
        """Keep a message that was never here. Raises Unfit where it does not follow from those that were."""
        self._check_references(message)
        if message.incident is not None:
            if message.sequence <= self._newest.get(message.incident, 0):
                raise Unfit(409, "out_of_order", "a newer picture of this incident is here")
            self._newest[message.incident] = message.sequence
        self._arrivals[message.name.identifier] = Arrival(message, _digest(body), at, at)

    def find(self, identifier: str) -> Message | None:
        """Return a message that came, None if it never did."""
        known = self._arrivals.get(identifier)
        return known.message if known else None

    def refused(self, code: str) -> None:
        """Count a message that was not taken."""
        self._refused[code] += 1

    def as_json(self) -> dict[str, Any]:
        """Return all of it; *gaps* are the numbers between the lowest and the highest that never came."""
        numbers = {arrival.message.number for arrival in self._arrivals.values()}
        gaps = sorted(set(range(min(numbers), max(numbers))) - numbers) if numbers else []
        return {
            "messages": [arrival.as_json() for arrival in self._arrivals.values()],
            "gaps": gaps,
            "refused": dict(self._refused),
        }

    def _check_references(self, message: Message) -> None:
        for reference in message.references:
            known = self.find(reference.identifier)
            if known is None or known.name != reference:
                raise Unfit(422, "unknown_reference", "it refers to a message that never came")
            if known.incident != message.incident:
                raise Unfit(422, "unknown_reference", "it refers to another incident's message")


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()
