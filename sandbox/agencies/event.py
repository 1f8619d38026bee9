"""Reads the body of a webhook: JSON with the attribute names of CloudEvents 1.0."""

import json
from typing import Any

from .message import Message, Unfit, moment, whole

_ENVIRONMENTS = ("live", "demo")


def read_event(body: bytes, *, message: str) -> Message:
    """Return what the body says; *message* is the id it was signed under. Raises Unfit."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise Unfit(400, "UNREADABLE") from None
    try:
        return _read(event, message)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unfit(422, "SCHEMA") from None


def _read(event: dict[str, Any], message: str) -> Message:
    data = event["data"]
    fits = (
        event["specversion"] == "1.0"
        and event["id"] == message
        and event["source"].startswith("urn:")
        and event["environment"] in _ENVIRONMENTS
        and isinstance(event["drill"], bool)
        and moment(event["time"]) < moment(event["expirytime"])
    )
    if not fits:
        raise ValueError("an attribute is wrong")
    return Message(
        id=message,
        number=whole(data["number"]),
        kind=str(data.get("kind") or f"{data['topic']}_changed"),
        about=data.get("about") or event.get("subject"),
        sequence=whole(event.get("sequence", 0)),
        reply_to=data.get("reply_to"),
        status="drill" if event["drill"] else event["environment"],
        body=event,
    )
