"""Web Push: a browser that has subscribed is woken, also when the console is closed."""

from contracts import Adapter

from .client import WebPush
from .settings import Settings

ADAPTER = Adapter(title="Web Push (RFC 8030)", settings=Settings, connect=WebPush, answer_cap=100_000)

__all__ = ["ADAPTER"]
