"""Reads what is handed over to the police: an envelope after EDXL-DE and one content, all of it strictly."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .message import Message, Unfit, moment, whole

SENDER = "id.jambi.112"

Read = tuple[str, str | None, int]  # kind, case, sequence

_ENVELOPE = frozenset(
    "distributionID senderID dateTimeSent dateTimeExpires distributionStatus distributionKind"
    " explicitAddress content".split()
)
_STATUSES, _KINDS = ("Actual", "Exercise", "Test"), ("Report", "Update", "Cancel")
_CASE = frozenset("caseId sequence status qualification priority".split())
_CASE_MAY = _CASE | frozenset(
    "outcome reportedAt location narrative cautions casualties caller callback supersedes"
    " delayed heldSince".split()
)
_SIXTEEN = re.compile(rb"(?<![0-9])[0-9]{16}(?![0-9])")


def read_envelope(body: bytes, *, message: str, recipient: str, now: datetime) -> Message:
    """Return what is handed over; *message* is the id it was signed under. Raises Unfit."""
    if _SIXTEEN.search(body):
        raise Unfit(422, "PERSONAL_DATA")  # a NIK has no place in a case
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        raise Unfit(400, "UNREADABLE") from None
    try:
        _check_envelope(envelope, message, recipient, now)
        return _message(envelope, message)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unfit(422, "SCHEMA") from None


def _check_envelope(envelope: dict[str, Any], message: str, recipient: str, now: datetime) -> None:
    if set(envelope) != _ENVELOPE or envelope["explicitAddress"]["scheme"] != "gerbang":
        raise ValueError("fields")
    if envelope["distributionStatus"] not in _STATUSES or envelope["distributionKind"] not in _KINDS:
        raise ValueError("codes")
    if envelope["senderID"] != SENDER or envelope["distributionID"] != f"{SENDER}_{message}":
        raise Unfit(422, "UNKNOWN_SENDER")
    if envelope["explicitAddress"]["value"] != recipient:
        raise Unfit(422, "NOT_FOR_US")
    if moment(envelope["dateTimeSent"]) >= moment(envelope["dateTimeExpires"]):
        raise ValueError("times")
    if moment(envelope["dateTimeExpires"]) <= now:
        raise Unfit(422, "EXPIRED")


def _message(envelope: dict[str, Any], message: str) -> Message:
    content = dict(envelope["content"])
    number, reply_to = whole(content.pop("number")), content.pop("replyTo", None)
    ((name, told),) = content.items()  # one content, and nothing beside it
    kind, about, sequence = _CONTENTS[name](told, envelope)
    return Message(message, number, kind, about, sequence, reply_to, envelope["distributionStatus"], envelope)


def _case(case: Any, envelope: dict[str, Any]) -> Read:
    if not _CASE <= set(case) <= _CASE_MAY or not re.fullmatch("P[0-3]", case["priority"]):
        raise ValueError("fields of the case")
    if not (
        isinstance(case["qualification"]["code"], str) and set(case["qualification"]["label"]) == {"id", "en"}
    ):
        raise ValueError("qualification")
    if case["status"] not in ("OPEN", "CLOSED", "CANCELLED"):
        raise ValueError("status of the case")
    if (case["status"] == "CANCELLED") != (envelope["distributionKind"] == "Cancel"):
        raise ValueError("a cancelled case is a Cancel")
    closed = "closed" if case["status"] == "CLOSED" else None
    return closed or envelope["distributionKind"].lower(), str(case["caseId"]), whole(case["sequence"])


def _digest(cases: Any, _: dict[str, Any]) -> Read:
    for case in cases:
        moment(case["closedAt"])
    return "digest", None, 0


def _link(link: Any, _: dict[str, Any]) -> Read:
    return {"TEST": "test", "HEARTBEAT": "heartbeat"}[link["kind"]], None, 0


_CONTENTS: dict[str, Callable[[Any, dict[str, Any]], Read]] = {
    "case": _case,
    "digest": _digest,
    "link": _link,
}
