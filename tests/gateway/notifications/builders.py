"""A notification made by hand, for rules that need no database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.notifications.rows import Delivery, Notification

START = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """Return that many seconds after everything began."""
    return START + timedelta(seconds=seconds)


def row(**changes: Any) -> Notification:
    """Return an urgent alert to the police, just accepted."""
    usual: dict[str, Any] = {
        "id": "n-aaaaaaaaaaaaa",
        "partner": "polresta",
        "number": 1,
        "topic": "incident",
        "about": "i-aaaaaaaaaaaaa",
        "sequence": 1,
        "kind": "alert",
        "urgent": True,
        "drill": False,
        "subject": None,
        "delivery": Delivery.QUEUED,
        "accepted_at": START,
        "expires_at": after(3600),
        "due_at": START,
    }
    return Notification(**(usual | changes))
