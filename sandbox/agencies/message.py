"""What was sent to an agency, as far as both wires say the same, and why something was not taken."""

from datetime import datetime
from typing import Any, NamedTuple


class Message(NamedTuple):
    """One message; *about* is the case it belongs to, None for what is none (a test, a digest)."""

    id: str
    number: int
    kind: str
    about: str | None
    sequence: int
    reply_to: str | None
    status: str
    body: dict[str, Any]


class Unfit(Exception):
    """The message is not taken; *code* says why, *status* is that of HTTP."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def moment(value: object) -> datetime:
    """Read an RFC 3339 time. Raises ValueError."""
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        raise ValueError("no offset")
    return found


def whole(value: object) -> int:
    """Read a whole number from 0 on. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("no whole number")
    return value
