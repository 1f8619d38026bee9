"""What the conformance suite needs to speak to an SMS gateway; mail speaks no HTTP and is in test_mail."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from contracts import Wake

SETTINGS: dict[str, Any] = {
    "dialect": "http",
    "send_url": "https://sms.example/send",
    "token": "synthetic-gateway-token",
}
KEY = "w-abcdefghijklmnop"
WAKE = Wake(
    to="tel:+6281200000001",
    title="Keputusan diperlukan",
    text="Rujukan r-abcdefghij menunggu keputusan Anda.",
    link="https://gerbang.example/rujukan/r-abcdefghij",
    until=datetime(2026, 11, 24, 4, 0, tzinfo=UTC),
)

ASK: list[Callable[[Any], Awaitable[object]]] = [lambda way: way.wake(WAKE, key=KEY)]
