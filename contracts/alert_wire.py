"""
An alert as JSON of ours: what a webhook carries and what the inbox shows, so that both say the same.

The envelope has the attribute names of CloudEvents 1.0 (core and the extensions `expirytime` and `sequence`),
`drill` and `environment` beside them; `data` has the fields of `Alert` that are known. What is unknown is
left out, never null, 0 or "". Times are UTC by RFC 3339.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from contracts.alert import Alert, Change

SOURCE = "urn:gerbang:112-jambi"
TYPE = "id.jambi.112.{kind}.v1"

_IN_THE_ENVELOPE = frozenset({"id", "sequence", "sent_at", "expires_at", "drill", "live"})
_IN_A_HEADER = frozenset({"anchor"})
_OF_A_CHANGE = ("number", "topic", "about", "source_system", "source_ticket")
_OF_AN_INCIDENT = frozenset({"category", "severity", "urgent"})
_ALERT_FIELDS = tuple(each.name for each in fields(Alert) if each.name not in _IN_THE_ENVELOPE | _IN_A_HEADER)
_UNKNOWN: tuple[Any, ...] = (None, "", [], {})


def wire(alert: Alert) -> dict[str, Any]:
    """Return *alert* ready for JSON."""
    data = _known(alert, _ALERT_FIELDS)
    meaningless = set() if alert.incident else set(_OF_AN_INCIDENT)
    for name in meaningless if alert.delayed else meaningless | {"delayed"}:
        del data[name]
    envelope = _envelope(alert, str(alert.kind), subject=alert.incident, sequence=alert.sequence)
    return envelope | {"data": data}


def wire_change(change: Change) -> dict[str, Any]:
    """Return *change* ready for JSON; the picture it carries stands under its topic."""
    data = _known(change, _OF_A_CHANGE) | {change.topic: plain(change.data)}
    return _envelope(change, f"{change.topic}_changed", subject=change.about) | {"data": data}


def plain(value: Any) -> Any:
    """Return *value* as JSON has it: dataclasses as objects of what is known, times as text."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return _known(value, [each.name for each in fields(value)])
    return value


def rfc3339(at: datetime) -> str:
    """Return an aware time as UTC text that ends in Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _known(value: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return those fields of a dataclass that say something."""
    said = {name: plain(getattr(value, name)) for name in names}
    return {name: each for name, each in said.items() if each not in _UNKNOWN}


def _envelope(
    message: Alert | Change, kind: str, *, subject: str | None, sequence: int = 0
) -> dict[str, Any]:
    known = {
        "specversion": "1.0",
        "id": message.id,
        "source": SOURCE,
        "type": TYPE.format(kind=kind),
        "subject": subject,
        "time": rfc3339(message.sent_at),
        "expirytime": rfc3339(message.expires_at),
        "sequence": sequence or None,
        "datacontenttype": "application/json",
        "drill": message.drill,
        "environment": "live" if message.live else "demo",
    }
    return {name: value for name, value in known.items() if value is not None}
