"""What the conformance suite needs to read BMKG: both feeds."""

from collections.abc import Awaitable, Callable
from typing import Any

SETTINGS: dict[str, Any] = {"feed": "nowcast", "base_url": "https://cuaca.example", "near": "Provinsi Contoh"}
MORE_SETTINGS: list[dict[str, Any]] = [
    {"feed": "nowcast", "base_url": "https://cuaca.example/", "languages": ["id", "en"]},
    {"feed": "quakes", "base_url": "https://gempa.example"},
]

ASK: list[Callable[[Any], Awaitable[object]]] = [lambda feed: feed.report_warnings()]
