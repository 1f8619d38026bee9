"""What the conformance suite needs to speak to a push service: settings, and the one way to ask."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from contracts import Wake

from .browser import Browser

SETTINGS: dict[str, Any] = {
    "vapid_key": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "contact": "mailto:112@jambi.example",
}
KEY = "w-abcdefghijklmnop"
BROWSER = Browser()
WAKE = Wake(
    to=BROWSER.address(),
    title="Keputusan diperlukan",
    text="Rujukan r-abcdefghij menunggu keputusan Anda.",
    link="https://gerbang.example/rujukan/r-abcdefghij",
    until=datetime(2026, 11, 24, 4, 0, tzinfo=UTC),
    urgent=True,
)

ASK: list[Callable[[Any], Awaitable[object]]] = [lambda way: way.wake(WAKE, key=KEY)]
