"""Everything that was sent to people, for tests to look at; there are no people behind it."""

from datetime import datetime
from typing import Any

Message = dict[str, Any]


class Outbox:
    """The messages in the order of their coming."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    def add(self, channel: str, at: datetime, **content: Any) -> Message:
        """Keep a message and return it."""
        message = {"id": str(len(self._messages) + 1), "channel": channel, "at": at.isoformat(), **content}
        self._messages.append(message)
        return message

    def by_reference(self, reference: str) -> Message | None:
        """Return the message with the sender's *reference*, None if there is none."""
        found = (message for message in self._messages if message.get("reference") == reference)
        return next(found, None)

    def all(self) -> list[Message]:
        """Return every message."""
        return list(self._messages)

    def clear(self) -> None:
        """Forget them."""
        self._messages.clear()
